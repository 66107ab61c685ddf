DROP TRIGGER touch_updated_at ON public.products;
DROP TRIGGER touch_updated_at ON public.profiles;
DROP FUNCTION public.touch_updated_at();
