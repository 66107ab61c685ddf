-- Defaults stand for themselves: they depend on functions and sequences that their table does not need.
-- A default that a partition or a child table has from its parent is its parent's.
SELECT 'default' AS kind, d.tableoid AS class, d.oid AS object, 0 AS sub, c.tableoid AS pclass, c.oid AS pobject,
	format('%I.%I', n.nspname, c.relname) AS parent, quote_ident(a.attname) AS ident, n.nspname AS schema, a.attname AS name,
	pg_get_expr(d.adbin, d.adrelid) AS expression
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attrdef d ON d.adrelid = c.oid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
WHERE c.oid >= 16384 AND d.oid >= 16384 AND a.attgenerated = '' AND c.relkind IN ('r', 'p', 'f', 'v') AND n.nspname NOT LIKE ALL ($1::text[]) AND c.relpersistence <> 't'
AND n.nspname || '.' || c.relname <> ALL ($2::text[])
AND c.oid = ANY ($oids) --only
AND NOT (a.attinhcount > 0 AND NOT a.attislocal AND EXISTS (SELECT FROM pg_inherits h JOIN pg_attribute pa ON pa.attrelid = h.inhparent AND pa.attname = a.attname
	JOIN pg_attrdef pd ON pd.adrelid = h.inhparent AND pd.adnum = pa.attnum
	WHERE h.inhrelid = c.oid AND pg_get_expr(pd.adbin, pd.adrelid) = pg_get_expr(d.adbin, d.adrelid)))
AND c.oid NOT IN (SELECT e.objid FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.deptype = 'e')
UNION ALL
-- And one that has none where the parent has.
SELECT 'default', 'pg_attribute'::regclass, c.oid, a.attnum, c.tableoid, c.oid, format('%I.%I', n.nspname, c.relname), quote_ident(a.attname), n.nspname, a.attname, 'NULL'
FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
JOIN pg_attribute pa ON pa.attrelid = h.inhparent AND pa.attname = a.attname AND pa.atthasdef AND pa.attgenerated = ''
WHERE c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attislocal AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = ''
AND n.nspname NOT LIKE ALL ($1::text[]) AND c.relpersistence <> 't' AND n.nspname || '.' || c.relname <> ALL ($2::text[])
AND c.oid = ANY ($oids) --only
AND h.inhseqno = (SELECT min(g.inhseqno) FROM pg_inherits g JOIN pg_attribute ga ON ga.attrelid = g.inhparent AND ga.attname = a.attname WHERE g.inhrelid = c.oid)
AND c.oid NOT IN (SELECT e.objid FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.deptype = 'e')
