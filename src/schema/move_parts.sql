-- Indexes and constraints of a column, as they read now that it has its new name: $1 the table, $2 the new name.  A child is the index of a
-- partition under that of the whole table.  A foreign key comes with the partitions of its table: leaves, and all of them.  Last come the
-- table's columns of each, in order.
WITH col AS (
  SELECT c.oid, a.attnum FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $2
  WHERE c.oid = pg_catalog.to_regclass($1)
), idx AS (
  SELECT i.indexrelid, ic.relname, i.indisunique,
         pg_catalog.substr(pg_catalog.pg_get_indexdef(i.indexrelid),
           pg_catalog.length(pg_catalog.format('CREATE %sINDEX %I ON ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, ic.relname)) + 1) AS tail
  FROM col JOIN pg_catalog.pg_index i ON i.indrelid = col.oid JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
  WHERE col.attnum = ANY (i.indkey)
     OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
                AND d.refobjid = col.oid AND d.refobjsubid = col.attnum)
), parts AS (
  SELECT c.oid, pg_catalog.string_agg(p.relid::pg_catalog.regclass::text, pg_catalog.chr(1) ORDER BY p.relid) FILTER (WHERE p.isleaf) AS leaves,
         pg_catalog.string_agg(p.relid::pg_catalog.regclass::text, pg_catalog.chr(1) ORDER BY p.relid) AS names
  FROM pg_catalog.pg_class c CROSS JOIN pg_catalog.pg_partition_tree(c.oid) p WHERE c.relkind = 'p' AND p.level > 0 GROUP BY c.oid
)
SELECT 'index', idx.relname, idx.indisunique, idx.tail, NULL, NULL, idx.relname, NULL, NULL,
       (SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(1) ORDER BY x.o) FROM pg_catalog.pg_index i CROSS JOIN pg_catalog.unnest(i.indkey) WITH ORDINALITY x (n, o)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = x.n WHERE i.indexrelid = idx.indexrelid)
FROM idx WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = idx.indexrelid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT k.contype::text, k.conname, true, idx.tail, pg_catalog.pg_get_constraintdef(k.oid),
       CASE WHEN k.condeferrable THEN ' DEFERRABLE' || CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END ELSE '' END, idx.relname,
       parts.leaves, parts.names,
       (SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(1) ORDER BY x.o) FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY x (n, o)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = col.oid AND a.attnum = x.n)
FROM col JOIN pg_catalog.pg_constraint k ON k.conrelid = col.oid AND col.attnum = ANY (k.conkey) AND k.contype IN ('p', 'u', 'x', 'c', 'f')
  AND NOT (k.contype = 'f' AND k.confrelid = col.oid AND col.attnum = ANY (k.confkey)) -- inbound, since it waits for its key
LEFT JOIN idx ON idx.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN parts ON parts.oid = k.conrelid AND k.contype = 'f'
UNION ALL
SELECT 'inbound', k.conname, false, k.conrelid::pg_catalog.regclass::text, pg_catalog.pg_get_constraintdef(k.oid), NULL, NULL,
       parts.leaves, parts.names,
       (SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(1) ORDER BY x.o) FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY x (n, o)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = col.oid AND a.attnum = x.n)
FROM col JOIN pg_catalog.pg_constraint k ON k.confrelid = col.oid AND col.attnum = ANY (k.confkey) AND k.contype = 'f' AND k.conparentid = 0
LEFT JOIN parts ON parts.oid = k.conrelid
UNION ALL
SELECT 'child', ic.relname, i.indisunique,
       pg_catalog.substr(pg_catalog.pg_get_indexdef(i.indexrelid),
         pg_catalog.length(pg_catalog.format('CREATE %sINDEX %I ON ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, ic.relname)) + 1),
       pg_catalog.format('%I.%I', tn.nspname, t.relname), pg_catalog.quote_ident(n.nspname), idx.relname, NULL, NULL, NULL
FROM idx JOIN pg_catalog.pg_inherits h ON h.inhparent = idx.indexrelid JOIN pg_catalog.pg_index i ON i.indexrelid = h.inhrelid
JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = ic.relnamespace
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
ORDER BY 1, 2
