SELECT * FROM public.whose;
SELECT to_regclass($$public.b$$);
