CREATE MATERIALIZED VIEW public.sales_by_day AS
	SELECT date_trunc('day', o.placed_at) AS day, i.product_id, sum(i.quantity) AS sold, sum(i.quantity * i.price_cents) AS cents
	FROM public.orders o JOIN public.order_items i ON i.order_id = o.id
	WHERE o.status IN ('paid', 'shipped')
	GROUP BY 1, 2;

-- What REFRESH MATERIALIZED VIEW CONCURRENTLY needs.
CREATE UNIQUE INDEX sales_by_day_idx ON public.sales_by_day (day, product_id);

-- A materialized view has no row level security: it is not for the API.
REVOKE ALL ON public.sales_by_day FROM anon, authenticated;
