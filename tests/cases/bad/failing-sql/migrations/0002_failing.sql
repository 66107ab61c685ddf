INSERT INTO public.users VALUES (1, 'ada@example.com'), (2, 'ada@example.com');
