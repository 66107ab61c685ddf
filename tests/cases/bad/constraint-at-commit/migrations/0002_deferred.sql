CREATE TABLE public.child (user_id bigint REFERENCES public.users (id) DEFERRABLE INITIALLY DEFERRED);
INSERT INTO public.child VALUES (42);
