DROP TABLE public.products;
DROP TABLE public.categories;
