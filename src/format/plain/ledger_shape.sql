-- The ledger $1.$2: which columns it has, and what this role and the roles of the API may do with it.
-- No row: there is no such table.
SELECT c.relkind,
       has_table_privilege(c.oid, 'SELECT') AS readable,
       has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'DELETE') AS writable,
       NOT c.relrowsecurity AND EXISTS (
         SELECT FROM (VALUES (to_regrole('anon')), (to_regrole('authenticated'))) AS r (oid)
         WHERE r.oid IS NOT NULL
           AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')) AS exposed,
       a.version_type, a.has_applied_at, a.required
FROM pg_catalog.pg_class c
CROSS JOIN LATERAL (
  SELECT max(format_type(atttypid, NULL)) FILTER (WHERE attname = 'version') AS version_type,
         count(*) FILTER (WHERE attname = 'applied_at') > 0 AS has_applied_at,
         string_agg(attname, ', ') FILTER (
           WHERE attnotnull AND NOT atthasdef AND attidentity = '' AND attname NOT IN ('version', 'applied_at')) AS required
  FROM pg_catalog.pg_attribute
  WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) a
WHERE c.relnamespace = to_regnamespace(quote_ident($1)) AND c.relname = $2
