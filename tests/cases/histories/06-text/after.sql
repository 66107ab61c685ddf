SELECT t FROM public.a;
SELECT version FROM public.schema_migrations;
