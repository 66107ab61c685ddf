-- Which column a sequence belongs to: an object of its own, since it can be said only after the column, which needs the sequence.
SELECT 'owned by' AS kind, c.tableoid AS class, c.oid AS object, -1 AS sub, c.tableoid AS pclass, c.oid AS pobject,
	format('%I.%I', n.nspname, c.relname) AS parent, 'column' AS ident, n.nspname AS schema, c.relname AS name,
	format('%I.%I.%I', tn.nspname, t.relname, a.attname) AS owned_by
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_depend d ON d.classid = c.tableoid AND d.objid = c.oid AND d.deptype = 'a' AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE c.oid >= 16384 AND c.relkind = 'S' AND n.nspname NOT LIKE ALL ($1::text[])
AND c.oid = ANY ($oids) --only
