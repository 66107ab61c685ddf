CREATE TABLE public.b (id int);

CREATE TABLE public.c (
	id bigint PRIMRY KEY
);
