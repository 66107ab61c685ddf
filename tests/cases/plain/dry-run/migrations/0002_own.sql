BEGIN;
CREATE TABLE public.a (id int);
COMMIT;
BEGIN;
CREATE TABLE public.b (id int);
INSERT INTO public.schema_migrations (version) VALUES ('0002');
COMMIT;
