CREATE TABLE public.later ();
