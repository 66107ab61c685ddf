-- Tables, partitioned tables and foreign tables.  $2: the ledgers, as schema.table.
SELECT CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind,
	c.tableoid AS class, c.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	format('%I.%I', n.nspname, c.relname) AS ident, n.nspname AS schema, c.relname AS name,
	pg_get_userbyid(c.relowner) AS owner,
	CASE c.relpersistence WHEN 'u' THEN 't' END AS unlogged,
	CASE WHEN am.amname <> 'heap' THEN quote_ident(am.amname) END AS access_method,
	CASE WHEN c.reltablespace <> 0 THEN (SELECT quote_ident(s.spcname) FROM pg_tablespace s WHERE s.oid = c.reltablespace) END AS tablespace,
	pg_get_partkeydef(c.oid) AS partition_key,
	CASE WHEN c.relispartition THEN i.parents END AS partition_of,
	pg_get_expr(c.relpartbound, c.oid) AS partition_bound,
	CASE WHEN NOT c.relispartition THEN i.parents END AS inherits,
	CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type,
	CASE WHEN coalesce(c.reloptions, t.reloptions) IS NOT NULL THEN (SELECT string_agg(format('%s=%s', split_part(o, '=', 1), CASE WHEN substr(o, strpos(o, '=') + 1) ~ '^[a-z0-9_.]+$'
		THEN substr(o, strpos(o, '=') + 1) ELSE quote_literal(substr(o, strpos(o, '=') + 1)) END), ', ' ORDER BY o)
		FROM (SELECT unnest(c.reloptions) UNION ALL SELECT 'toast.' || unnest(t.reloptions)) AS u(o)) END AS options,
	CASE WHEN c.relrowsecurity THEN 't' END AS row_security,
	CASE WHEN c.relforcerowsecurity THEN 't' END AS force_row_security,
	CASE c.relreplident WHEN 'n' THEN 'NOTHING' WHEN 'f' THEN 'FULL' END AS replica_identity,
	quote_ident(fs.srvname) AS server,
	CASE WHEN ft.ftoptions IS NOT NULL THEN
		(SELECT string_agg(format('%I %L', o.option_name, o.option_value), ', ' ORDER BY o.option_name) FROM pg_options_to_table(ft.ftoptions) o) END AS server_options
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid AND t.reloptions IS NOT NULL
LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver
LEFT JOIN (SELECT h.inhrelid, string_agg(format('%I.%I', pn.nspname, p.relname), ', ' ORDER BY h.inhseqno) AS parents
	FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace GROUP BY 1) i ON i.inhrelid = c.oid
WHERE c.oid >= 16384
AND c.oid = ANY ($oids) --only
AND c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND n.nspname NOT LIKE ALL ($1::text[])
AND n.nspname || '.' || c.relname <> ALL ($2::text[])
AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e')
