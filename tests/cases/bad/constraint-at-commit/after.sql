SELECT version FROM public.schema_migrations;
SELECT to_regclass('public.child'), to_regclass('public.later');
