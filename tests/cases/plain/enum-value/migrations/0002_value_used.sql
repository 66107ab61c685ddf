ALTER TYPE public.mood ADD VALUE 'happy';
ALTER TABLE public.people ALTER COLUMN mood SET DEFAULT 'happy';
INSERT INTO public.people (name) VALUES ('Ada');
