SELECT to_regclass('public.t'), count(*) FROM public.schema_migrations;
