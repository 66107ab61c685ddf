CREATE TABLE public.profiles (id uuid PRIMARY KEY REFERENCES auth.users (id) ON DELETE CASCADE);
CREATE POLICY "anyone" ON storage.objects FOR SELECT USING (bucket_id = 'public' OR auth.uid() = owner);
CREATE VIEW public.emails AS SELECT id, email FROM auth.users;
CREATE FUNCTION public.on_signup() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.profiles VALUES (NEW.id); RETURN NEW; END $$;
