CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users (id), name text, bio text);
ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON profiles TO authenticated USING (auth.uid() = id) WITH CHECK (auth.uid() = id);
CREATE POLICY files ON storage.objects FOR SELECT TO authenticated USING (owner = auth.uid());
CREATE FUNCTION on_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER fresh_user AFTER INSERT OR UPDATE ON auth.users FOR EACH ROW EXECUTE FUNCTION on_user();
REVOKE ALL ON profiles FROM anon;
