CREATE FUNCTION public.touch_updated_at() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $function$
BEGIN
	-- A semicolon in a body ends nothing; neither does a $$ in here.
	NEW.updated_at := pg_catalog.now();
	RETURN NEW;
END;
$function$;

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.profiles
	FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.products
	FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
