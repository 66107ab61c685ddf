CREATE TABLE public.u (id int REFERENCES public.t (idd));
