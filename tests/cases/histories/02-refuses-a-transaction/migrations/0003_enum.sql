CREATE TYPE public.mood AS ENUM ('ok');
CREATE TABLE public.moods (mood public.mood);
