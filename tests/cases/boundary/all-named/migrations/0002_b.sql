CREATE TABLE public.others ();
