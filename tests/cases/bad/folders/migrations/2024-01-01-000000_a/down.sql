DROP TABLE public.a;
