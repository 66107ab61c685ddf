CREATE TABLE public.t3 (id int);
