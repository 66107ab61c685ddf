DROP TRIGGER one ON auth.users;
DO $$ BEGIN DROP TRIGGER two ON auth.users; END $$;
