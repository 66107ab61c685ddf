CREATE TABLE public.mine (id int);
ALTER TABLE auth.users ADD COLUMN vip boolean;
DELETE FROM storage.objects;
