-- Constraints of tables and domains.  NOT NULL is an attribute of its column; what a partition or a child has from its parent is its
-- parent's, and loaded because it stays when they leave.
SELECT CASE WHEN k.contypid <> 0 THEN 'domain constraint' WHEN k.contype = 'f' THEN 'foreign key' ELSE 'constraint' END AS kind,
	k.tableoid AS class, k.oid AS object, 0 AS sub,
	CASE WHEN k.contypid <> 0 THEN 'pg_type'::regclass::oid ELSE 'pg_class'::regclass::oid END AS pclass,
	CASE WHEN k.contypid <> 0 THEN k.contypid ELSE k.conrelid END AS pobject,
	format('%I.%I', n.nspname, coalesce(c.relname, t.typname)) AS parent, quote_ident(k.conname) AS ident, n.nspname AS schema, k.conname AS name,
	CASE WHEN k.convalidated THEN pg_get_constraintdef(k.oid) ELSE regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '') END AS definition,
	CASE WHEN k.contype IN ('c', 'f') AND NOT k.convalidated AND pg_get_constraintdef(k.oid) LIKE '% NOT VALID' THEN 't' END AS not_valid,
	CASE WHEN x.reloptions IS NOT NULL THEN (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(x.reloptions) o) END AS index_options,
	CASE WHEN ix.indisclustered THEN 't' END AS clustered,
	CASE WHEN ix.indisreplident THEN 't' END AS replica_identity,
	CASE WHEN x.oid IS NOT NULL THEN
		(SELECT d.description FROM pg_description d WHERE d.classoid = 'pg_class'::regclass AND d.objoid = x.oid AND d.objsubid = 0) END AS index_comment,
	CASE WHEN k.conparentid <> 0 OR k.contype = 'c' AND k.contypid = 0 AND (NOT k.conislocal OR k.coninhcount > 0 AND c.relispartition) THEN 't' END AS _inherited, CASE WHEN k.contype = 'c' AND k.conislocal AND k.coninhcount > 0 THEN 't' END AS _merged,
	k.contype AS _type,
	CASE WHEN x.oid IS NOT NULL THEN format('%I.%I', n.nspname, x.relname) END AS _index,
	CASE WHEN x.relispartition THEN (SELECT format('%I.%I', wn.nspname, w.relname) FROM pg_inherits h JOIN pg_class w ON w.oid = h.inhparent
		JOIN pg_namespace wn ON wn.oid = w.relnamespace WHERE h.inhrelid = x.oid) END AS attached_to,
	CASE WHEN c.relkind = 'p' THEN 't' END AS _partitioned,
	CASE WHEN k.contype IN ('u', 'p') THEN (SELECT am.amname FROM pg_am am WHERE am.oid = x.relam) END AS _method,
	CASE WHEN k.contype = 'c' AND k.conkey IS NOT NULL THEN (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1]) END AS _column
FROM pg_constraint k LEFT JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_type t ON t.oid = k.contypid
JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, t.typnamespace)
LEFT JOIN pg_class x ON x.oid = k.conindid AND k.contype IN ('p', 'u', 'x') LEFT JOIN pg_index ix ON ix.indexrelid = x.oid
WHERE k.oid >= 16384
AND k.conrelid = ANY ($oids) --only
AND k.contype IN ('c', 'p', 'u', 'x', 'f') AND (k.conparentid <> 0 AND k.contype <> 'f' OR k.conparentid = 0 AND (k.conislocal OR k.contypid <> 0 OR k.contype = 'c'))
AND n.nspname NOT LIKE ALL ($1::text[])
AND (c.oid IS NULL OR c.relpersistence <> 't' AND n.nspname || '.' || c.relname <> ALL ($2::text[]))
AND coalesce(c.oid, t.oid) NOT IN (SELECT d.objid FROM pg_depend d WHERE d.deptype = 'e' AND d.classid IN ('pg_class'::regclass, 'pg_type'::regclass))
