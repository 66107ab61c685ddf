SELECT 'rule' AS kind, r.tableoid AS class, r.oid AS object, 0 AS sub, c.tableoid AS pclass, c.oid AS pobject,
	format('%I.%I', n.nspname, c.relname) AS parent, quote_ident(r.rulename) AS ident, n.nspname AS schema, r.rulename AS name,
	rtrim(pg_get_ruledef(r.oid), ';') AS definition,
	CASE r.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' END AS enabled
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.oid >= 16384 AND r.rulename <> '_RETURN' AND n.nspname NOT LIKE ALL ($1::text[])
AND c.oid = ANY ($oids) --only
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = r.tableoid AND d.objid = r.oid AND d.deptype = 'e')
AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e')
