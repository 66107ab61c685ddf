SELECT CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind,
	c.tableoid AS class, c.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	format('%I.%I', n.nspname, c.relname) AS ident, n.nspname AS schema, c.relname AS name,
	pg_get_userbyid(c.relowner) AS owner,
	rtrim(pg_get_viewdef(c.oid), ';') AS definition,
	(SELECT string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
		CASE WHEN a.attcollation <> 0 THEN ' ' || a.attcollation::regcollation END), ', ' ORDER BY a.attnum) FROM pg_attribute a
		WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
	(SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(c.reloptions) o) AS options,
	CASE WHEN c.relkind = 'm' AND am.amname <> 'heap' THEN quote_ident(am.amname) END AS access_method,
	CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN 't' END AS _no_data
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am am ON am.oid = c.relam
WHERE c.oid >= 16384 AND c.relkind IN ('v', 'm') AND c.relpersistence <> 't' AND n.nspname NOT LIKE ALL ($1::text[])
AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e')
