DO $$ BEGIN CREATE ROLE history_reader NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT USAGE ON SCHEMA public TO history_reader;
