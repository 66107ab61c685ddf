-- As pg_dump writes data: everything up to \. belongs to COPY.
COPY public.categories (slug, title) FROM stdin;
coffee	Coffee
tea	Tea; loose and in bags
pots	Pots & cups
books	Books \\ magazines
\.

SELECT pg_catalog.setval(pg_get_serial_sequence('public.categories', 'id'), (SELECT max(id) FROM public.categories));
