-- Functions, procedures and window functions.  "signature" is what CREATE OR REPLACE refuses to change.
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
	p.tableoid AS class, p.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	format('%I.%I(%s)', n.nspname, p.proname, (SELECT string_agg(format_type(y, NULL), ', ' ORDER BY o) FROM unnest(p.proargtypes) WITH ORDINALITY AS u(y, o))) AS ident,
	n.nspname AS schema, p.proname AS name,
	pg_get_userbyid(p.proowner) AS owner,
	concat_ws(' ', p.prokind::text, pg_get_function_result(p.oid), p.proargmodes::text, p.proargnames::text,
		(SELECT string_agg(format_type(y, NULL), ', ' ORDER BY o) FROM unnest(p.proallargtypes) WITH ORDINALITY AS u(y, o)), p.pronargdefaults > 0) AS signature,
	pg_get_expr(p.proargdefaults, 0) AS defaults,
	rtrim(pg_get_functiondef(p.oid), E'\n') AS definition,
	p.pronargdefaults AS _defaults,
	l.lanname AS _language,
	CASE WHEN p.prosqlbody IS NOT NULL THEN 't' END AS _atomic --v14+
	NULL AS _atomic --v<14
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE p.oid >= 16384 AND p.prokind IN ('f', 'p', 'w') AND n.nspname NOT LIKE ALL ($1::text[])
AND p.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.deptype IN ('e', 'i'))
