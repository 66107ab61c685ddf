-- Triggers; on a platform's table those whose function is the user's.
SELECT 'trigger' AS kind, t.tableoid AS class, t.oid AS object, 0 AS sub, c.tableoid AS pclass, c.oid AS pobject,
	format('%I.%I', n.nspname, c.relname) AS parent, quote_ident(t.tgname) AS ident, n.nspname AS schema, t.tgname AS name,
	pg_get_triggerdef(t.oid) AS definition,
	CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' END AS enabled
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace pn ON pn.oid = p.pronamespace
WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND c.relpersistence <> 't' AND n.nspname || '.' || c.relname <> ALL ($2::text[])
AND (n.nspname NOT LIKE ALL ($1::text[]) OR pn.nspname NOT LIKE ALL ($1::text[]))
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = t.tableoid AND d.objid = t.oid AND d.deptype = 'e')
