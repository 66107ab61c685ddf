SELECT pg_catalog.set_config('search_path', '', false);
SET row_security = off;
CREATE TABLE public.a (id int);
