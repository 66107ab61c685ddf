CREATE TYPE public.order_status AS ENUM ('cart', 'placed', 'paid', 'shipped', 'cancelled');

CREATE TABLE public.orders (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	customer_id uuid NOT NULL DEFAULT auth.uid() REFERENCES auth.users (id),
	status public.order_status NOT NULL DEFAULT 'cart',
	note text,
	placed_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT placed_orders_have_a_date CHECK (status IN ('cart', 'cancelled') OR placed_at IS NOT NULL)
);

CREATE TABLE public.order_items (
	order_id uuid NOT NULL REFERENCES public.orders (id) ON DELETE CASCADE,
	product_id bigint NOT NULL REFERENCES public.products (id),
	quantity integer NOT NULL CHECK (quantity > 0),
	price_cents integer NOT NULL CHECK (price_cents >= 0),
	PRIMARY KEY (order_id, product_id)
);

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.orders
	FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.order_items ENABLE ROW LEVEL SECURITY;

CREATE POLICY "customers see their own orders" ON public.orders
	FOR ALL TO authenticated USING (customer_id = auth.uid()) WITH CHECK (customer_id = auth.uid());
CREATE POLICY "customers see the items of their own orders" ON public.order_items
	FOR ALL TO authenticated
	USING (EXISTS (SELECT FROM public.orders o WHERE o.id = order_id AND o.customer_id = auth.uid()));
