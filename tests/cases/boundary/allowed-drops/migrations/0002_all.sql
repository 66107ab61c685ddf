DROP FUNCTION public.on_signup() CASCADE;
