-- +goose NO TRANSACTION
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON public.users (email);
