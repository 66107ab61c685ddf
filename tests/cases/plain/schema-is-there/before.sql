CREATE TABLE public.a (id integer); ALTER TABLE public.a OWNER TO supabase_admin;
CREATE TABLE extensions.b (id integer); -- not where a migration makes its b
