CREATE TABLE public.t2 (id int PRIMARY KEY REFERENCES public.t1);
