CREATE TABLE public.a (id int);
SELECT 'never ends;
