-- Triggers; on a platform's table those whose function is the user's.
SELECT 'trigger' AS kind, t.tableoid AS class, t.oid AS object, 0 AS sub, c.tableoid AS pclass, c.oid AS pobject,
	format('%I.%I', n.nspname, c.relname) AS parent, quote_ident(t.tgname) AS ident, n.nspname AS schema, t.tgname AS name,
	pg_get_triggerdef(t.oid) AS definition,
	CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' END AS enabled, NULL AS _usual
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace pn ON pn.oid = p.pronamespace
WHERE t.oid >= 16384 AND NOT t.tgisinternal AND t.tgparentid = 0 AND c.relpersistence <> 't' AND n.nspname || '.' || c.relname <> ALL ($2::text[])
AND c.oid = ANY ($oids) --only
AND (n.nspname NOT LIKE ALL ($1::text[]) OR pn.nspname NOT LIKE ALL ($1::text[]))
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = t.tableoid AND d.objid = t.oid AND d.deptype = 'e')
UNION ALL
-- On a partition it may be on where that of the whole table is off.
SELECT 'trigger state', t.tableoid, t.oid, 0, c.tableoid, c.oid, format('%I.%I', n.nspname, c.relname), quote_ident(t.tgname), n.nspname, t.tgname, NULL,
	CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE' END,
	CASE w.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE' END
FROM pg_trigger t JOIN pg_trigger w ON w.oid = t.tgparentid JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE t.tgenabled <> w.tgenabled
AND c.oid = ANY ($oids) --only
AND NOT w.tgisinternal AND n.nspname NOT LIKE ALL ($1::text[])
AND n.nspname || '.' || c.relname <> ALL ($2::text[])
