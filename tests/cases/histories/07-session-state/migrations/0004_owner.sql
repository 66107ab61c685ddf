CREATE TABLE public.whose AS SELECT current_user::text AS owner, current_setting('row_security') AS row_security;
