-- What of a table may have a name that is made of its name: $1 the table.  Its kind, the name, and the columns.
WITH t AS (SELECT c.oid FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1))
SELECT 'CONSTRAINT', k.conname,
       (SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(1) ORDER BY x.o) FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY x (n, o)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.n)
FROM t JOIN pg_catalog.pg_constraint k ON k.conrelid = t.oid AND k.contype IN ('p', 'u', 'c', 'f', 'x') AND k.conislocal
UNION ALL
SELECT 'INDEX', c.relname,
       (SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(1) ORDER BY x.o) FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY x (n, o)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.n)
FROM t JOIN pg_catalog.pg_index i ON i.indrelid = t.oid JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 'SEQUENCE', c.relname, a.attname
FROM t JOIN pg_catalog.pg_depend d ON d.refobjid = t.oid AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S' JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
ORDER BY 1, 2
