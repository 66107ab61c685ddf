-- A table c that is to be a ledger: what this role and the roles of the API may do with it, and its columns, each as name, type and whether a row must be
-- given a value for it, joined by chr(1).  Where it is looked for stands in shape.c.
SELECT c.relkind,
       has_table_privilege(c.oid, 'SELECT') AS reads,
       has_table_privilege(c.oid, 'INSERT') AS inserts,
       has_table_privilege(c.oid, 'UPDATE') AS updates,
       has_table_privilege(c.oid, 'DELETE') AS deletes,
       NOT c.relrowsecurity AND EXISTS (
         SELECT FROM (VALUES (to_regrole('anon')), (to_regrole('authenticated'))) AS r (oid)
         WHERE r.oid IS NOT NULL
           AND has_schema_privilege(r.oid, c.relnamespace, 'USAGE')
           AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')) AS exposed,
       array_to_string(ARRAY(
         SELECT attname || chr(1) || format_type(atttypid, NULL) || chr(1) || (attnotnull AND NOT atthasdef AND attidentity = '')
         FROM pg_catalog.pg_attribute
         WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
         ORDER BY attnum), chr(1)) AS columns
