CREATE TABLE public.t (id int, body text);
COPY public.t FROM stdin;
1	one
two	two
\.
