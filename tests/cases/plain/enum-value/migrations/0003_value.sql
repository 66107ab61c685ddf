ALTER TYPE public.mood ADD VALUE IF NOT EXISTS 'merry' BEFORE 'happy';
