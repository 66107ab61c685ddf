CREATE FUNCTION public.g() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
