ALTER TYPE public.mood ADD VALUE 'fine';
DO $$ BEGIN EXECUTE 'CREATE TABLE public.moods (mood public.mood DEFAULT ''fi' || 'ne'')'; END $$;
