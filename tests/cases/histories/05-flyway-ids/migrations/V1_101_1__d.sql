CREATE TABLE public.d (id int);
