BEGIN;
CREATE TABLE public.b (id int);
COMMIT;
