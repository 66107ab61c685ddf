-- The version is not compared: it is the server's, not the project's.  What was granted on a member, beyond what the extension says itself,
-- is the project's, but for a platform, which grants on extensions of its own accord ($1 has its schemas): sub is -2, as in load_grants.sql,
-- since the member itself stands for its extension.  OFFSET 0: what the catalogs are thought to have of extensions is one row, which made the
-- planner read all rights again for each of a thousand members.
SELECT 'extension' AS kind, e.tableoid AS class, e.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	quote_ident(e.extname) AS ident, n.nspname AS schema, e.extname AS name,
	quote_ident(n.nspname) AS schema_name,
	CASE WHEN e.extrelocatable THEN 't' END AS _relocatable, 
	coalesce((SELECT quote_literal(a.comment) FROM pg_available_extensions() a WHERE a.name = e.extname AND cardinality($1::text[]) = 3), 'NULL') AS _comment
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE n.nspname NOT LIKE ALL ($1::text[]) OR e.extname <> 'plpgsql' AND n.nspname = 'pg_catalog'
UNION ALL
SELECT 'extension member', m.class, m.object, -2, e.tableoid, e.oid, NULL,
	format('%s %s', m.word, i.identity), n.nspname, i.identity, NULL, NULL, NULL
FROM (
	SELECT c.tableoid AS class, c.oid AS object, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS word, c.relacl AS acl,
		acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner) AS plain FROM pg_class c WHERE c.relacl IS NOT NULL
	UNION ALL SELECT p.tableoid, p.oid, CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.proacl, acldefault('f', p.proowner)
		FROM pg_proc p WHERE p.proacl IS NOT NULL
	UNION ALL SELECT t.tableoid, t.oid, 'TYPE', t.typacl, acldefault('T', t.typowner) FROM pg_type t WHERE t.typacl IS NOT NULL
) m CROSS JOIN LATERAL (
	SELECT d.refobjid FROM pg_depend d
	WHERE d.classid = m.class AND d.objid = m.object AND d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass OFFSET 0
) d JOIN pg_extension e ON e.oid = d.refobjid JOIN pg_namespace n ON n.oid = e.extnamespace
LEFT JOIN pg_init_privs init ON init.classoid = m.class AND init.objoid = m.object AND init.objsubid = 0
CROSS JOIN LATERAL pg_identify_object(m.class, m.object, 0) i
WHERE cardinality($1::text[]) = 3 AND (n.nspname NOT LIKE ALL ($1::text[]) OR e.extname <> 'plpgsql' AND n.nspname = 'pg_catalog')
AND NOT (m.acl @> coalesce(init.initprivs, m.plain) AND coalesce(init.initprivs, m.plain) @> m.acl)
