BEGIN;
CREATE TABLE public.never (id int);
ROLLBACK;
CREATE TABLE public.d (id int);
