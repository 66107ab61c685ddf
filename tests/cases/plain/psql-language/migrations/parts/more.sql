CREATE TABLE public.more (id int);
