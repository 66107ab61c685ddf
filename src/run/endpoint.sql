-- The server, the role, and what is in force on this connection: one row.
-- pg_settings tells timeouts in milliseconds, current_setting() as text; transaction_timeout came with 17.  Connections are counted by
-- datname, since backend_type is hidden from roles that may not see others' activity.
SELECT current_setting('server_version'),
       current_database(),
       current_user,
       session_user,
       current_setting('search_path'),
       current_setting('transaction_isolation'),
       r.rolsuper,
       r.rolcreaterole,
       r.rolbypassrls,
       EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'public'),
       coalesce((SELECT pg_catalog.has_schema_privilege(oid, 'CREATE') FROM pg_catalog.pg_namespace WHERE nspname = 'public'), false),
       pg_catalog.has_database_privilege(current_database(), 'CREATE'),
       pg_catalog.pg_is_in_recovery(),
       current_setting('transaction_read_only') = 'on',
       EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'authenticator'),
       r.rolsuper OR pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),
       (SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'),
       (SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'statement_timeout'),
       (SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'idle_in_transaction_session_timeout'),
       coalesce((SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout'), 0),
       (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname IS NOT NULL),
       (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = current_database()),
       current_setting('max_connections')::bigint,
       pg_catalog.pg_backend_pid()
FROM pg_catalog.pg_roles r
WHERE r.rolname = current_user
