CREATE TABLE public.t (id int, body text);
COPY public.t FROM stdin;
1	one; two
2	\N
3	$$ ' -- /*
\.

COPY public.t (id, body) FROM STDIN WITH (FORMAT csv);
4,"a ""b"" c"
\.
INSERT INTO public.t VALUES (5, NULL);
