SELECT version FROM public.schema_migrations ORDER BY version;
