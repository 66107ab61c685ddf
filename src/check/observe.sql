-- Tables that were there before ($1 oids, $2 scans of them, $3 files) and are locked against reading or writing by this transaction, which
-- has also read or rewritten them: it would have kept others waiting for as long as the table is large.
SELECT c.oid::pg_catalog.regclass::text, pg_catalog.min(l.mode)
FROM unnest($1::oid[], $2::bigint[], $3::oid[]) AS b (oid, scans, file)
JOIN pg_catalog.pg_class c ON c.oid = b.oid
JOIN pg_catalog.pg_locks l ON l.relation = c.oid AND l.pid = pg_catalog.pg_backend_pid() AND l.granted
  AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
WHERE COALESCE(pg_catalog.pg_stat_get_xact_numscans(c.oid), 0) > b.scans OR c.relfilenode <> b.file
GROUP BY c.oid
ORDER BY 1
