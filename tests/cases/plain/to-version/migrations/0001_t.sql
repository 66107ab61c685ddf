CREATE TABLE public.t1 (id int);
