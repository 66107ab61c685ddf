CREATE TABLE public.schema_migrations (version text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
INSERT INTO public.schema_migrations VALUES ('0001_create_users.sql');
CREATE TABLE public.users (id bigint PRIMARY KEY);
