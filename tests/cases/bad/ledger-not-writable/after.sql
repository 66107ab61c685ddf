SELECT to_regclass('public.users'), count(*) FROM public.schema_migrations;
