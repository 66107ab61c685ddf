CREATE TABLE public.a (t text);;
INSERT INTO public.a VALUES (':name'), ('a''b;'), (E'\';'), (U&'\00e9');;
SELECT 1 AS "a;b" -- ; not here
, 2 /* ; nor /* here; */ */
