CREATE TABLE public.a (id int);
CREATE TABLE {{ index .Options "Namespace" }}.b (id int);
