INSERT INTO public.products (category_id, title, description, price_cents, stock, tags, details, published_at)
SELECT c.id, p.title, p.description, p.price_cents, p.stock, p.tags, p.details, now()
FROM (VALUES
	('coffee', 'Yirgacheffe', E'Floral; notes of\tbergamot', 1450, 40, ARRAY['filter', 'light'], '{"weight_g": 250}'::jsonb),
	('coffee', 'Café crème', 'For the "moka"; it''s dark -- really', 1190, 80, '{espresso}', '{"weight_g": 500}'),
	('tea', '煎茶 Sencha', $$Steamed, $1 a cup$$, 990, 25, '{green}', '{}'),
	('pots', 'Kettle', 'Holds 1.2 l /* with the lid on */', 5900, 6, '{}', '{"colour": "matt\\black"}')
) AS p (category, title, description, price_cents, stock, tags, details)
JOIN public.categories c ON c.slug = p.category;
