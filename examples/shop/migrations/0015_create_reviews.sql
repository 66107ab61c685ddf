CREATE TABLE public.reviews (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	product_id bigint NOT NULL REFERENCES public.products (id) ON DELETE CASCADE,
	author_id uuid NOT NULL DEFAULT auth.uid() REFERENCES public.profiles (id) ON DELETE CASCADE,
	stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
	body text,
	created_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (product_id, author_id)
);

DO $$
DECLARE
	command text;
BEGIN
	-- The same three policies for reading and writing: built rather than repeated.
	EXECUTE 'ALTER TABLE public.reviews ENABLE ROW LEVEL SECURITY';
	EXECUTE 'CREATE POLICY "reviews are public" ON public.reviews FOR SELECT USING (true)';
	FOREACH command IN ARRAY ARRAY['UPDATE', 'DELETE'] LOOP
		EXECUTE format('CREATE POLICY %I ON public.reviews FOR %s TO authenticated USING (author_id = auth.uid())',
			'authors ' || lower(command) || ' their own reviews', command);
	END LOOP;
	EXECUTE 'CREATE POLICY "authors write reviews" ON public.reviews FOR INSERT TO authenticated WITH CHECK (author_id = auth.uid())';
END
$$;
