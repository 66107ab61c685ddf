CREATE TABLE public.t2 (id int);
