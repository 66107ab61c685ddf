SELECT * FROM public.ledger_copy ORDER BY 1;
