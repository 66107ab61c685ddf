CREATE TABLE public.b (id int);
DO $$ BEGIN
	EXECUTE 'ALTER TABLE au' || 'th.users ADD COLUMN vip boolean';
END $$;
