-- Orders are written all day long: this index must not lock them.
CREATE INDEX CONCURRENTLY orders_customer_id_placed_at_idx ON public.orders (customer_id, placed_at DESC);
