\restrict abc
CREATE TABLE public.dumped (id int);
\unrestrict abc
