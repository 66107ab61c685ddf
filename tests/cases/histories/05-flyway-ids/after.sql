SELECT version FROM public.schema_migrations ORDER BY applied_at, version;
