SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = 'public.t'::regclass;
SELECT version FROM public.schema_migrations ORDER BY 1;
