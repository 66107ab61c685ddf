BEGIN;
CREATE TABLE public.a (id int);
COMMIT;
BEGIN;
CREATE TABLE public.b (id int);
SELECT 1 / 0;
INSERT INTO public.schema_migrations (version) VALUES ('0002');
COMMIT;
