DROP POLICY "people upload into their own folder" ON storage.objects;
DROP POLICY "product images are public" ON storage.objects;
