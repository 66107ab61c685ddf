SELECT id, coalesce(body, 'NULL') FROM public.t ORDER BY 1;
SELECT version FROM public.schema_migrations;
