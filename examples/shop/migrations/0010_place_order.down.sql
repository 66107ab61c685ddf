DROP FUNCTION public.place_order(uuid);
