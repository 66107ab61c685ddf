-- The ledger $1._prisma_migrations ($2): what is wrong with it, and what this role and the roles of the API may do with it.
-- No row: there is no such table.
SELECT c.relkind,
       has_table_privilege(c.oid, 'SELECT') AS readable,
       has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE') AS writable,
       NOT c.relrowsecurity AND EXISTS (
         SELECT FROM (VALUES (to_regrole('anon')), (to_regrole('authenticated'))) AS r (oid)
         WHERE r.oid IS NOT NULL
           AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')) AS exposed,
       (SELECT string_agg(needed, ', ')
        FROM unnest(ARRAY['id', 'checksum', 'finished_at', 'migration_name', 'logs', 'rolled_back_at', 'started_at',
                          'applied_steps_count']) AS needed
        WHERE needed <> ALL (a.names)) AS lacking,
       a.required
FROM pg_catalog.pg_class c
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(attname::text), '{}') AS names,
         string_agg(attname, ', ') FILTER (
           WHERE attnotnull AND NOT atthasdef AND attidentity = '' AND attname NOT IN ('id', 'checksum', 'migration_name')) AS required
  FROM pg_catalog.pg_attribute
  WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) a
WHERE c.relnamespace = to_regnamespace(quote_ident($1)) AND c.relname = $2
