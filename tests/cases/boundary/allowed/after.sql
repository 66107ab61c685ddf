SELECT version FROM public.schema_migrations ORDER BY 1;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'auth.users'::regclass AND NOT tgisinternal AND tgname = 'on_signup';
