SELECT tgname FROM pg_trigger WHERE tgfoid = $$public.on_signup$$::regproc ORDER BY 1;
