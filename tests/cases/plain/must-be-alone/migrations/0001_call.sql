CREATE TABLE public.t (id int);
CREATE PROCEDURE public.fill() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.t VALUES (1); COMMIT; END $$;
CALL public.fill();
