BEGIN;
CREATE TABLE public.users (id bigint PRIMARY KEY);
INSERT INTO public.schema_migrations (version) VALUES ('0001');
COMMIT;
