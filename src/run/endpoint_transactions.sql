-- Transactions that have been open for more than a minute, prepared ones at once: each may hold a lock that a migration needs.
SELECT true,
       p.owner::text,
       'prepared transaction "' || p.gid || '"',
       extract(epoch FROM now() - p.prepared)::bigint
FROM pg_catalog.pg_prepared_xacts p
WHERE p.database = current_database()
UNION ALL
SELECT false,
       a.usename::text,
       concat_ws(', ', 'pid ' || a.pid, nullif(a.application_name, ''), a.state) || coalesce(': ' || left(regexp_replace(a.query, '\s+', ' ', 'g'), 80), ''),
       extract(epoch FROM now() - a.xact_start)::bigint
FROM pg_catalog.pg_stat_activity a
WHERE a.datname = current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.xact_start < now() - interval '1 minute'
ORDER BY 4 DESC
LIMIT 20
