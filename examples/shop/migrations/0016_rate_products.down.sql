DROP TRIGGER count_stars ON public.reviews;
DROP FUNCTION public.count_stars();
ALTER TABLE public.products DROP COLUMN stars_sum, DROP COLUMN stars_count;
