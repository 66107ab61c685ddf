SELECT version, applied_at BETWEEN now() - interval '1 minute' AND now() FROM public.schema_migrations ORDER BY 1;
SELECT relrowsecurity FROM pg_class WHERE oid = 'public.schema_migrations'::regclass;
SELECT grantee FROM information_schema.role_table_grants WHERE table_name = 'schema_migrations' AND grantee IN ('anon', 'authenticated', 'PUBLIC');
SELECT attname FROM pg_attribute WHERE attrelid = 'public.users'::regclass AND attnum > 0 ORDER BY attnum;
SELECT rolname, has_schema_privilege(rolname, 'brant', 'USAGE') FROM pg_roles WHERE rolname IN ('anon', 'authenticated') ORDER BY 1;
