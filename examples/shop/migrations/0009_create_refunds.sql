CREATE TABLE public.refunds (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	order_id uuid NOT NULL UNIQUE REFERENCES public.orders (id),
	reason text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE public.refunds ENABLE ROW LEVEL SECURITY;
CREATE POLICY "customers see their own refunds" ON public.refunds
	FOR SELECT TO authenticated
	USING (EXISTS (SELECT FROM public.orders o WHERE o.id = order_id AND o.customer_id = auth.uid()));

CREATE INDEX orders_refunded_idx ON public.orders (placed_at) WHERE status = 'refunded';

CREATE FUNCTION public.refund_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	UPDATE public.orders SET status = 'refunded' WHERE id = NEW.order_id AND status IN ('paid', 'shipped');
	IF NOT FOUND THEN
		RAISE EXCEPTION 'order % cannot be refunded', NEW.order_id USING ERRCODE = 'check_violation';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER refund_order AFTER INSERT ON public.refunds FOR EACH ROW EXECUTE FUNCTION public.refund_order();
