-- What this end of the wire is: one row, asked before anything else.
SELECT current_database(),
       current_user,
       pg_is_in_recovery(),
       current_setting('transaction_read_only') = 'on',
       current_setting('default_transaction_isolation'),
       (SELECT obj_description(n.oid, 'pg_namespace') FROM pg_catalog.pg_namespace n WHERE n.nspname = 'brant'),
       EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'brant'),
       has_database_privilege(current_database(), 'CREATE'),
       EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'authenticator'),
       array_to_string(current_schemas(false), chr(1)),
       (SELECT string_agg(nspname, chr(1)) FROM pg_catalog.pg_namespace
        WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'),
       pg_backend_pid(),
       current_setting('lock_timeout'),
       current_setting('statement_timeout'),
       (SELECT string_agg(DISTINCT n.nspname, chr(1)) FROM pg_catalog.pg_event_trigger e
        JOIN pg_catalog.pg_proc p ON p.oid = e.evtfoid JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE e.evtenabled <> 'D')
