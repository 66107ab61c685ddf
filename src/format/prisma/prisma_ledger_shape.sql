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
        WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                          WHERE a.attrelid = c.oid AND a.attname = needed AND NOT a.attisdropped)) AS lacking,
       (SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attname NOT IN ('id', 'checksum', 'migration_name')
          AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = '') AS required
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2
