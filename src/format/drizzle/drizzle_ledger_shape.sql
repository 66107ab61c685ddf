-- The ledger $1.$2: its columns, and what this role and the roles of the API may do with it.  No row: there is no such table.
SELECT c.relkind,
       has_table_privilege(c.oid, 'SELECT') AS readable,
       has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'DELETE') AS writable,
       NOT c.relrowsecurity AND EXISTS (
         SELECT FROM (VALUES (to_regrole('anon')), (to_regrole('authenticated'))) AS r (oid)
         WHERE r.oid IS NOT NULL
           AND has_schema_privilege(r.oid, n.oid, 'USAGE')
           AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')) AS exposed,
       a.names @> ARRAY['id', 'hash', 'created_at'] AS usable,
       'name' = ANY (a.names) AS has_name,
       'applied_at' = ANY (a.names) AS has_applied_at,
       a.required
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(a.attname::text), '{}') AS names,
         string_agg(a.attname, ', ' ORDER BY a.attnum) FILTER (
           WHERE a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
             AND a.attname NOT IN ('hash', 'created_at', 'name')) AS required
  FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) a
WHERE n.nspname = $1 AND c.relname = $2
