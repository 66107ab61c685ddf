SELECT version FROM public.schema_migrations;
