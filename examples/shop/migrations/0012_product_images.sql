-- Policies on storage.objects are ours to write; its table and rows are the platform's.
CREATE POLICY "product images are public" ON storage.objects
	FOR SELECT USING (bucket_id = 'product-images');
CREATE POLICY "people upload into their own folder" ON storage.objects
	FOR INSERT TO authenticated
	WITH CHECK (bucket_id = 'avatars' AND (storage.foldername(name))[1] = auth.uid()::text);
