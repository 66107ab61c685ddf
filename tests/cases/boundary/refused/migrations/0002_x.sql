CREATE TABLE public.b (id int);
ALTER TABLE auth.users ADD COLUMN vip boolean;
