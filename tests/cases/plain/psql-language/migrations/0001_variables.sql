\set tablename people
\set who 'O''Brien'
\echo making :tablename
CREATE TABLE public.:"tablename" (name text DEFAULT :'who', at timestamptz, ratio numeric);
INSERT INTO public.:tablename (ratio) VALUES (1.5::numeric), ('2'::text::numeric);
SELECT ':who', $$:who$$, (ARRAY[1, 2, 3])[1:2];
\ir parts/more.sql
\i migrations/parts/again.sql
