CREATE EXTENSION postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'far.example');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'visitor', password 'none');
CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user 'owner', password 'new');
CREATE SERVER near FOREIGN DATA WRAPPER postgres_fdw;
CREATE LANGUAGE plsample HANDLER plpgsql_call_handler VALIDATOR plpgsql_validator;
CREATE TRANSFORM FOR integer LANGUAGE plsample (FROM SQL WITH FUNCTION pg_catalog.prsd_lextype(internal));
CREATE DEFAULT CONVERSION public.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
