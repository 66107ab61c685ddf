SELECT version FROM public.schema_migrations;
SELECT to_regclass('public.b'), to_regclass('public.never');
