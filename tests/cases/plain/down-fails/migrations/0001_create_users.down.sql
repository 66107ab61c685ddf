DROP TABLE public.nobody;
