SELECT enum_range(NULL::public.mood);
SELECT * FROM public.people;
SELECT version FROM public.schema_migrations ORDER BY 1;
