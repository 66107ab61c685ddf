-- Indexes that no constraint owns.  One that came with the index of a partitioned table is that one's, but stays when the partition is detached.
SELECT 'index' AS kind, i.tableoid AS class, i.oid AS object, 0 AS sub, c.tableoid AS pclass, c.oid AS pobject,
	format('%I.%I', n.nspname, c.relname) AS parent, format('%I.%I', n.nspname, i.relname) AS ident, n.nspname AS schema, i.relname AS name,
	CASE i.relkind WHEN 'I' THEN regexp_replace(pg_get_indexdef(i.oid), ' ON ONLY ', ' ON ') ELSE pg_get_indexdef(i.oid) END AS definition,
	CASE WHEN NOT x.indisvalid AND i.relkind = 'i' THEN 't' END AS invalid,
	CASE WHEN i.reltablespace <> 0 THEN (SELECT quote_ident(s.spcname) FROM pg_tablespace s WHERE s.oid = i.reltablespace) END AS tablespace,
	-- Columns of an index that are no expressions have none.
	CASE WHEN x.indexprs IS NOT NULL THEN (SELECT string_agg(format('ALTER COLUMN %s SET STATISTICS %s', a.attnum, a.attstattarget), ', ' ORDER BY a.attnum)
		FROM pg_attribute a WHERE a.attrelid = i.oid AND a.attstattarget >= 0) END AS statistics,
	CASE WHEN x.indisclustered THEN 't' END AS clustered,
	CASE WHEN x.indisreplident THEN 't' END AS replica_identity,
	CASE WHEN i.relispartition THEN 't' END AS _inherited,
	CASE i.relkind WHEN 'I' THEN 't' END AS _partitioned,
	-- The name that PostgreSQL gives by itself is made of the table's and the columns'.
	CASE WHEN i.relispartition AND NOT (i.relname ~ '_(idx|key|pkey|excl)\d*$' AND starts_with(i.relname, left(c.relname || '_' ||
		(SELECT string_agg(a.attname, '_' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = i.oid), 50))) THEN 't' END AS _named,
	CASE WHEN i.relispartition THEN (SELECT format('%I.%I', wn.nspname, w.relname) FROM pg_inherits h JOIN pg_class w ON w.oid = h.inhparent
		JOIN pg_namespace wn ON wn.oid = w.relnamespace WHERE h.inhrelid = i.oid) END AS attached_to,
	CASE WHEN x.indisunique THEN 't' END AS _unique,
	quote_ident(i.relname) AS _bare
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
WHERE c.oid >= 16384
AND c.oid = ANY ($oids) AND x.indrelid = ANY ($oids) --only
AND x.indexrelid >= 16384 AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
AND n.nspname NOT LIKE ALL ($1::text[]) AND n.nspname || '.' || c.relname <> ALL ($2::text[])
AND i.oid NOT IN (SELECT k.conindid FROM pg_constraint k WHERE k.contype IN ('p', 'u', 'x'))
AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e')
AND i.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e')
