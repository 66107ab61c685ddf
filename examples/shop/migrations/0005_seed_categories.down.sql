DELETE FROM public.categories WHERE slug IN ('coffee', 'tea', 'pots', 'books');
