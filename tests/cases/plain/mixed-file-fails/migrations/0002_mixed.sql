ALTER TABLE public.users ADD COLUMN city text;
CREATE INDEX CONCURRENTLY users_city_idx ON public.users (city);
ALTER TABLE public.users ADD COLUMN city text;
