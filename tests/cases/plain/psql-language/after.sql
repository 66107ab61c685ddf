SELECT version FROM public.schema_migrations ORDER BY 1;
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1;
SELECT name, ratio FROM public.people ORDER BY 2;
