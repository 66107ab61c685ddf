SELECT to_regclass('public.users'), to_regclass('public.schema_migrations');
