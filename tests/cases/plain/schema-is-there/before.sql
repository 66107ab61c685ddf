CREATE TABLE public.a (id integer); ALTER TABLE public.a OWNER TO supabase_admin;
