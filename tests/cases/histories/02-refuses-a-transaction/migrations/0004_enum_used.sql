ALTER TYPE public.mood ADD VALUE 'fine';
INSERT INTO public.moods VALUES ('fine');
