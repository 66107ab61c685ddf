-- Columns of tables, attributes of composite types, and columns of views that carry a comment or a grant.
-- An inherited column is its parent's; only what it has of its own is told.
SELECT CASE WHEN c.relkind = 'c' THEN 'attribute' WHEN c.relkind IN ('v', 'm') THEN 'view column' ELSE 'column' END AS kind,
	c.tableoid AS class, c.oid AS object, a.attnum AS sub,
	CASE c.relkind WHEN 'c' THEN 'pg_type'::regclass::oid ELSE c.tableoid END AS pclass, CASE c.relkind WHEN 'c' THEN c.reltype ELSE c.oid END AS pobject,
	format('%I.%I', n.nspname, c.relname) AS parent,
	quote_ident(a.attname) AS ident, n.nspname AS schema, a.attname AS name,
	a.attnum AS _position,
	-- pg_depend has the columns of a partition key, those of its expressions too, as parts of their table.
	CASE WHEN c.relkind = 'p' AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = a.attnum
		AND d.refclassid = d.classid AND d.refobjid = c.oid AND d.refobjsubid = 0 AND d.deptype = 'i') THEN 't' END AS _partition_key,
	CASE WHEN c.relkind NOT IN ('v', 'm') THEN format_type(a.atttypid, a.atttypmod) END AS type,
	CASE WHEN a.attcollation <> t.typcollation AND c.relkind NOT IN ('v', 'm') THEN
		(SELECT format('%I.%I', cn.nspname, co.collname) FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
		WHERE co.oid = a.attcollation) END AS collation,
	CASE WHEN a.attnotnull AND (a.attislocal OR NOT EXISTS (SELECT FROM pg_inherits h JOIN pg_attribute p ON p.attrelid = h.inhparent
		WHERE h.inhrelid = c.oid AND p.attname = a.attname AND p.attnotnull)) THEN 't' END AS not_null,
	CASE WHEN a.attgenerated <> '' AND a.attislocal AND (a.attinhcount = 0 OR NOT EXISTS (SELECT FROM pg_inherits h
		JOIN pg_attribute pa ON pa.attrelid = h.inhparent AND pa.attname = a.attname JOIN pg_attrdef pd ON pd.adrelid = pa.attrelid AND pd.adnum = pa.attnum
		WHERE h.inhrelid = c.oid AND pg_get_expr(pd.adbin, pd.adrelid) = pg_get_expr(ad.adbin, ad.adrelid))) THEN format('(%s)%s', pg_get_expr(ad.adbin, ad.adrelid),
		CASE a.attgenerated WHEN 's' THEN ' STORED' ELSE ' VIRTUAL' END) END AS generated,
	CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END AS identity,
	s.options AS identity_options, concat_ws(' ', CASE WHEN s.named THEN 'SEQUENCE NAME ' || s.sequence END, nullif(s.short, '')) AS _identity_short, s.sequence AS _identity_sequence,
	CASE WHEN s.named THEN s.bare END AS identity_name, s.bare AS _identity_bare,
	CASE WHEN s.persistence <> c.relpersistence THEN CASE s.persistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END END AS identity_persistence,
	CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END AS _persistence,
	CASE WHEN NOT a.attislocal AND a.attinhcount > 0 THEN 't' END AS inherited, CASE WHEN a.attislocal AND a.attinhcount > 0 THEN 't' END AS _merged,
	CASE WHEN a.attstorage <> t.typstorage AND c.relkind IN ('r', 'p', 'm', 'f') AND a.attislocal THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'm' THEN 'MAIN'
		WHEN 'e' THEN 'EXTERNAL' ELSE 'EXTENDED' END END AS storage,
	CASE t.typstorage WHEN 'p' THEN 'PLAIN' WHEN 'm' THEN 'MAIN' WHEN 'e' THEN 'EXTERNAL' ELSE 'EXTENDED' END AS _default_storage,
	CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression, --v14+
	CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END AS statistics,
	CASE WHEN a.attoptions IS NOT NULL THEN (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attoptions) o
		WHERE o NOT LIKE 'pg\_%') END AS options, -- names that begin with pg_ are kept by the server itself
	CASE WHEN a.attfdwoptions IS NOT NULL THEN
		(SELECT string_agg(format('%I %L', o.option_name, o.option_value), ', ' ORDER BY o.option_name) FROM pg_options_to_table(a.attfdwoptions) o) END AS server_options
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef ad ON a.attgenerated <> '' AND ad.adrelid = c.oid AND ad.adnum = a.attnum
LEFT JOIN (SELECT d.refobjid, d.refobjsubid,
		format('INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s %s', q.seqincrement, q.seqmin, q.seqmax, q.seqstart, q.seqcache,
			CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END) AS options,
		concat_ws(' ', CASE WHEN q.seqincrement <> 1 THEN 'INCREMENT BY ' || q.seqincrement END,
			CASE WHEN q.seqmin <> CASE WHEN q.seqincrement > 0 THEN 1 ELSE lim.low END THEN 'MINVALUE ' || q.seqmin END,
			CASE WHEN q.seqmax <> CASE WHEN q.seqincrement > 0 THEN lim.high ELSE -1 END THEN 'MAXVALUE ' || q.seqmax END,
			CASE WHEN q.seqstart <> CASE WHEN q.seqincrement > 0 THEN q.seqmin ELSE q.seqmax END THEN 'START WITH ' || q.seqstart END,
			CASE WHEN q.seqcache <> 1 THEN 'CACHE ' || q.seqcache END, CASE WHEN q.seqcycle THEN 'CYCLE' END) AS short,
		format('%I.%I', sn.nspname, sc.relname) AS sequence, quote_ident(sc.relname) AS bare, sc.relpersistence AS persistence,
		-- "t_c_seq", "t_c_seq1" are the names that PostgreSQL gives by itself, shortened where they get too long.
		sc.relname !~ '_seq\d*$' OR length(ic.relname || '_' || ia.attname) <= 58 AND NOT starts_with(sc.relname, ic.relname || '_' || ia.attname || '_seq') AS named
	FROM pg_depend d JOIN pg_sequence q ON q.seqrelid = d.objid
	JOIN pg_class sc ON sc.oid = d.objid JOIN pg_namespace sn ON sn.oid = sc.relnamespace
	JOIN pg_class ic ON ic.oid = d.refobjid JOIN pg_attribute ia ON ia.attrelid = d.refobjid AND ia.attnum = d.refobjsubid
	CROSS JOIN LATERAL (SELECT CASE q.seqtypid WHEN 21 THEN 32767 WHEN 23 THEN 2147483647 ELSE 9223372036854775807 END AS high,
		CASE q.seqtypid WHEN 21 THEN -32768 WHEN 23 THEN -2147483648 ELSE -9223372036854775808 END AS low) lim
	WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'
	AND d.refobjid = ANY ($oids) --only
	) s
	ON s.refobjid = c.oid AND s.refobjsubid = a.attnum AND a.attidentity <> ''
WHERE c.oid >= 16384
AND c.oid = ANY ($oids) AND a.attrelid = ANY ($oids) --only
AND a.attrelid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname NOT LIKE ALL ($1::text[]) AND c.relpersistence <> 't'
AND n.nspname || '.' || c.relname <> ALL ($2::text[])
AND (c.relkind IN ('r', 'p', 'f', 'c') OR c.relkind IN ('v', 'm') AND (a.attacl IS NOT NULL OR a.attstattarget >= 0
	OR a.attcompression <> '' --v14+
	OR c.relkind = 'm' AND a.attstorage <> t.typstorage OR EXISTS (SELECT FROM pg_description d
	WHERE d.classoid = c.tableoid AND d.objoid = c.oid AND d.objsubid = a.attnum)))
AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e')
