ALTER TABLE public.products
	ADD COLUMN stars_sum integer NOT NULL DEFAULT 0,
	ADD COLUMN stars_count integer NOT NULL DEFAULT 0;

CREATE OR REPLACE FUNCTION public.count_stars() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $body$
BEGIN
	IF TG_OP IN ('UPDATE', 'DELETE') THEN
		UPDATE public.products SET stars_sum = stars_sum - OLD.stars, stars_count = stars_count - 1 WHERE id = OLD.product_id;
	END IF;
	IF TG_OP IN ('INSERT', 'UPDATE') THEN
		UPDATE public.products SET stars_sum = stars_sum + NEW.stars, stars_count = stars_count + 1 WHERE id = NEW.product_id;
	END IF;
	RETURN NULL;
END
$body$;
CREATE TRIGGER count_stars AFTER INSERT OR UPDATE OF stars OR DELETE ON public.reviews
	FOR EACH ROW EXECUTE FUNCTION public.count_stars();
REVOKE EXECUTE ON FUNCTION public.count_stars() FROM PUBLIC, anon, authenticated;
