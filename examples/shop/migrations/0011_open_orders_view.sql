-- security_invoker: the policies of the reader hold, not those of the view's owner.
CREATE VIEW public.open_orders WITH (security_invoker = true) AS
	SELECT o.id, o.customer_id, p.handle, o.status, o.placed_at, sum(i.quantity * i.price_cents) AS total_cents
	FROM public.orders o
	JOIN public.order_items i ON i.order_id = o.id
	LEFT JOIN public.profiles p ON p.id = o.customer_id
	WHERE o.status IN ('placed', 'paid')
	GROUP BY o.id, p.handle;
