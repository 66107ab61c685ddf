DELETE FROM public.products WHERE title IN ('Yirgacheffe', 'Café crème', '煎茶 Sencha', 'Kettle');
