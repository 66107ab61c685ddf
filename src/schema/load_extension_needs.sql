-- What goes with an extension though it is not the extension's: ALTER ... DEPENDS ON EXTENSION.
SELECT 'extension dependency' AS kind, 'pg_depend'::regclass AS class, d.objid AS object, d.refobjid::int AS sub, d.classid AS pclass, d.objid AS pobject, NULL AS parent,
	quote_ident(e.extname) AS ident, i.schema, e.extname AS name,
	format('%s %s', upper(i.type), i.identity) AS _on
FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) i
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'
AND d.objid = ANY ($oids) --only
