-- Publications, and what is in them as objects of their own.
SELECT 'publication' AS kind, p.tableoid AS class, p.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	quote_ident(p.pubname) AS ident, NULL AS schema, p.pubname AS name, pg_get_userbyid(p.pubowner) AS owner,
	CASE WHEN p.puballtables THEN 't' END AS all_tables,
	format('publish = %L, publish_via_partition_root = %s', concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
		CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END), p.pubviaroot::text)
		|| ', publish_generated_columns = ' || CASE to_jsonb(p) ->> 'pubgencols' WHEN 's' THEN 'stored' ELSE 'none' END --v18+
		AS publish,
	NULL AS definition
FROM pg_publication p WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = p.tableoid AND d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT 'publication table', r.tableoid, r.oid, 0, p.tableoid, p.oid, quote_ident(p.pubname), format('%I.%I', n.nspname, c.relname), n.nspname, c.relname, NULL, NULL, NULL,
	format('%I.%I%s%s', n.nspname, c.relname, --v15+
		(SELECT format(' (%s)', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname)) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs) HAVING count(*) > 0), --v15+
		' WHERE (' || pg_get_expr(r.prqual, c.oid) || ')') --v15+
	format('%I.%I', n.nspname, c.relname) --v<15
FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
UNION ALL --v15+
SELECT 'publication schema', r.tableoid, r.oid, 0, p.tableoid, p.oid, quote_ident(p.pubname), quote_ident(n.nspname), n.nspname, n.nspname, NULL, NULL, NULL, quote_ident(n.nspname) --v15+
FROM pg_publication_namespace r JOIN pg_publication p ON p.oid = r.pnpubid JOIN pg_namespace n ON n.oid = r.pnnspid --v15+
