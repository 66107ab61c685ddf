CREATE TABLE public.again (id int);
