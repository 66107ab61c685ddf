-- Everybody who signs up has one profile.  The platform owns auth.users; we only point at it.
CREATE TABLE public.profiles (
	id uuid PRIMARY KEY REFERENCES auth.users (id) ON DELETE CASCADE,
	handle text NOT NULL UNIQUE CHECK (handle ~ '^[a-z0-9_]{3,30}$'),
	full_name text,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);

-- New tables are open to the API until row level security is on: it belongs in the same migration.
ALTER TABLE public.profiles ENABLE ROW LEVEL SECURITY;

CREATE POLICY "profiles are public" ON public.profiles
	FOR SELECT USING (true);
CREATE POLICY "people edit their own profile" ON public.profiles
	FOR UPDATE TO authenticated USING (auth.uid() = id) WITH CHECK (auth.uid() = id);
CREATE POLICY "people make their own profile" ON public.profiles
	FOR INSERT TO authenticated WITH CHECK (auth.uid() = id);
