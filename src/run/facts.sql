-- What this end of the wire is: one row, asked before anything else.
--
-- On a connection that is new nothing is in the server's caches yet, and each catalog that a question opens costs more than the answer: what a function
-- can tell from the system caches (to_regrole, to_regnamespace, pg_identify_object, whose schemas are quoted where they need it) is not joined.
SELECT current_database(),
       current_user,
       pg_is_in_recovery(),
       current_setting('transaction_read_only') = 'on',
       current_setting('default_transaction_isolation'),
       to_regnamespace('brant') IS NOT NULL,
       has_database_privilege(current_database(), 'CREATE'),
       to_regrole('authenticator') IS NOT NULL,
       array_to_string(current_schemas(false), chr(1)),
       array_to_string(ARRAY(SELECT nspname FROM pg_catalog.pg_namespace
                             WHERE left(nspname, 3) <> 'pg_' AND nspname <> 'information_schema'), chr(1)),
       pg_backend_pid(),
       current_setting('lock_timeout'),
       current_setting('statement_timeout'),
       array_to_string(ARRAY(SELECT (pg_identify_object('pg_catalog.pg_proc'::regclass, evtfoid, 0)).schema
                             FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D'), chr(1))
