SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = 'public.users'::regclass ORDER BY 1::text;
SELECT version FROM public.schema_migrations ORDER BY 1;
SELECT count(*) FROM brant.step;
