SELECT to_regclass('public.a') IS NULL;
