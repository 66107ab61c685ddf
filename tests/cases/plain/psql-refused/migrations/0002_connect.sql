CREATE TABLE public.b (id int);
\connect other
