-- no-transaction
VACUUM public.users;
CALL public.p();
