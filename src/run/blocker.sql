-- Who holds locks on the relations $1 (an array of names), the oldest transaction first.
SELECT a.pid,
       COALESCE(NULLIF(a.application_name, ''), a.backend_type),
       a.usename,
       COALESCE(a.state, 'unknown'),
       EXTRACT(epoch FROM clock_timestamp() - COALESCE(a.xact_start, a.query_start))::bigint,
       regexp_replace(left(COALESCE(a.query, ''), 120), '\s+', ' ', 'g'),
       min(l.relation::regclass::text)
FROM pg_catalog.pg_locks l
JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.granted AND l.locktype = 'relation' AND a.pid <> pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND l.relation = ANY (ARRAY(SELECT to_regclass(name)::oid FROM unnest($1::text[]) AS name))
GROUP BY a.pid, a.application_name, a.backend_type, a.usename, a.state, a.xact_start, a.query_start, a.query
ORDER BY a.xact_start NULLS LAST
LIMIT 3
