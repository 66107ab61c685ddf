ALTER TABLE public.users ADD COLUMN city text;
CREATE INDEX CONCURRENTLY users_city_idx ON public.users (city);
ALTER TABLE public.users ADD COLUMN zip text;
CREATE UNIQUE INDEX CONCURRENTLY users_zip_idx ON public.users (zip);
VACUUM public.users;
REINDEX INDEX CONCURRENTLY public.users_city_idx;
DROP INDEX CONCURRENTLY public.users_zip_idx;
COMMENT ON COLUMN public.users.city IS 'where';
