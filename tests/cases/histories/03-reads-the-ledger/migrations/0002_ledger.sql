DO $$ BEGIN
	IF NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '0001') THEN
		RAISE EXCEPTION 'apply 0001 first';
	END IF;
END $$;
CREATE TABLE public.ledger_copy AS SELECT version FROM public.schema_migrations;
