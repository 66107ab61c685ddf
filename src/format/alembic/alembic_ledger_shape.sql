-- The ledger $1.$2 (no schema: the first one on the search path that has it): always one row, with the schema where it is or would be made, and
-- NULLs behind it where there is no such table.
SELECT coalesce(n.nspname, $1, current_schema()) AS schema,
       c.relkind,
       has_table_privilege(c.oid, 'SELECT') AS readable,
       has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'DELETE') AS writable,
       NOT c.relrowsecurity AND EXISTS (
         SELECT FROM (VALUES (to_regrole('anon')), (to_regrole('authenticated'))) AS r (oid)
         WHERE r.oid IS NOT NULL
           AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')) AS exposed,
       EXISTS (SELECT FROM pg_catalog.pg_attribute a
               WHERE a.attrelid = c.oid AND a.attname = 'version_num' AND NOT a.attisdropped) AS fits,
       (SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'version_num'
          AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = '') AS required
FROM (SELECT 1) AS one
LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(
  coalesce(pg_catalog.quote_ident($1) || '.', '') || pg_catalog.quote_ident($2)) AND c.relkind IN ('r', 'p')
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
