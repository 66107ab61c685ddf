DROP TABLE public.refunds;
DROP FUNCTION public.refund_order();
DROP INDEX public.orders_refunded_idx;
