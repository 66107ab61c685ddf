-- atlas:txmode none
CREATE PROCEDURE public.p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.moods VALUES ('ok'); COMMIT; END $$;
CALL public.p();
