CREATE TYPE public.mood AS ENUM ('sad', 'ok');
CREATE TABLE public.people (name text, mood public.mood DEFAULT 'ok');
