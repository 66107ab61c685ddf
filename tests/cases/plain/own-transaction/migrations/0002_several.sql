BEGIN;
CREATE TABLE public.a (id int);
COMMIT;

CREATE TABLE public.between (id int);

START TRANSACTION;
CREATE TABLE public.b (id int);
INSERT INTO public.schema_migrations VALUES ('0002') ON CONFLICT DO NOTHING;
END;
