DROP TABLE public.order_items;
DROP TABLE public.orders;
DROP TYPE public.order_status;
