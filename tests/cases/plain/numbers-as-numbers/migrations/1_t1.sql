CREATE TABLE public.t1 (id int PRIMARY KEY);
