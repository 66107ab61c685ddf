SELECT version FROM public.schema_migrations ORDER BY 1;
SELECT mood, count(*) FROM public.moods GROUP BY 1 ORDER BY 1;
