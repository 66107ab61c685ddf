SELECT 'collation' AS kind, c.tableoid AS class, c.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	format('%I.%I', n.nspname, c.collname) AS ident, n.nspname AS schema, c.collname AS name,
	pg_get_userbyid(c.collowner) AS owner,
	format('(PROVIDER = %s, %s%s)', CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
		CASE WHEN j.r ->> 'collcollate' = j.r ->> 'collctype' OR j.r ->> 'collcollate' IS NULL
			THEN 'LOCALE = ' || quote_literal(coalesce(j.r ->> 'colllocale', j.r ->> 'colliculocale', j.r ->> 'collcollate'))
			ELSE format('LC_COLLATE = %L, LC_CTYPE = %L', j.r ->> 'collcollate', j.r ->> 'collctype') END,
		concat(CASE WHEN NOT c.collisdeterministic THEN ', DETERMINISTIC = false' END, ', RULES = ' || quote_literal(j.r ->> 'collicurules'))) AS definition
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace CROSS JOIN LATERAL to_jsonb(c) AS j(r)
WHERE n.nspname NOT LIKE ALL ($1::text[])
