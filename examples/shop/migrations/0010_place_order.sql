-- Written the way the platform documents it: a transaction and a ledger row of its own.
BEGIN;

CREATE FUNCTION public.place_order(order_id uuid) RETURNS public.orders
LANGUAGE plpgsql
SECURITY INVOKER
SET search_path = ''
AS $$
DECLARE
	placed public.orders;
BEGIN
	UPDATE public.products p SET stock = p.stock - i.quantity
	FROM public.order_items i WHERE i.order_id = place_order.order_id AND p.id = i.product_id;
	UPDATE public.orders o SET status = 'placed', placed_at = pg_catalog.now()
	WHERE o.id = place_order.order_id AND o.status = 'cart'
	RETURNING o.* INTO STRICT placed;
	RETURN placed;
EXCEPTION
	WHEN no_data_found THEN
		RAISE EXCEPTION $msg$there is no cart "%"; was it placed already?$msg$, order_id;
END
$$;

COMMENT ON FUNCTION public.place_order(uuid) IS $$Takes the items from stock; fails when there aren't enough.$$;

INSERT INTO public.schema_migrations (version) VALUES ('0010');

COMMIT;
