SELECT * FROM public.t1, public.t2, public.t3;
SELECT version FROM public.schema_migrations ORDER BY 1;
