CREATE TABLE public.notes (id bigint PRIMARY KEY, owner uuid DEFAULT auth.uid() REFERENCES auth.users, body text);
ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON public.notes TO authenticated USING (owner = auth.uid());
GRANT SELECT ON public.notes TO anon, service_role;
CREATE POLICY read ON storage.objects FOR SELECT TO anon USING (bucket_id = 'notes');
CREATE TABLE public.secrets (id uuid DEFAULT gen_random_uuid());
