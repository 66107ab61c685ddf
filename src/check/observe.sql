-- Tables that were there before ($1 oids, $2 scans of them, $3 files) and are locked against reading or writing by this transaction ($4: since before the
-- statement; $5: the modes that do), and which the statement has read or rewritten: it would have kept others waiting for as long as the table is large.
SELECT c.oid::pg_catalog.regclass::text, b.oid = ANY ($4::oid[]) AS earlier
FROM unnest($1::oid[], $2::bigint[], $3::oid[]) AS b (oid, scans, file)
JOIN pg_catalog.pg_class c ON c.oid = b.oid
WHERE EXISTS (
    SELECT FROM pg_catalog.pg_locks l
    WHERE l.relation = c.oid AND l.pid = pg_catalog.pg_backend_pid() AND l.granted
      AND l.mode = ANY ($5::text[]))
  AND (COALESCE(pg_catalog.pg_stat_get_xact_numscans(c.oid), 0) > b.scans OR c.relfilenode <> b.file)
ORDER BY earlier, 1
