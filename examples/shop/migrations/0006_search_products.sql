ALTER TABLE public.products ADD COLUMN search tsvector
	GENERATED ALWAYS AS (
		setweight(to_tsvector('simple'::regconfig, title), 'A') ||
		setweight(to_tsvector('simple'::regconfig, description), 'B')
	) STORED;
CREATE INDEX products_search_idx ON public.products USING gin (search);

CREATE FUNCTION public.search_products(term text) RETURNS SETOF public.products
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT p.* FROM public.products p WHERE p.search @@ websearch_to_tsquery('simple'::regconfig, term)
	ORDER BY ts_rank(p.search, websearch_to_tsquery('simple'::regconfig, term)) DESC;
END;
