SELECT version FROM public.schema_migrations;
SELECT to_regclass('public.b'), to_regprocedure('public.f()');
SELECT count(*) FROM storage.buckets WHERE id = 'x';
