CREATE TABLE public.t9 (id int PRIMARY KEY REFERENCES public.t2);
