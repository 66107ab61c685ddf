SELECT version FROM public.schema_migrations ORDER BY 1;
SELECT to_regclass('public.bom');
