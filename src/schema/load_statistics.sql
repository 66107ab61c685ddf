SELECT 'statistics' AS kind, s.tableoid AS class, s.oid AS object, 0 AS sub, c.tableoid AS pclass, c.oid AS pobject,
	format('%I.%I', cn.nspname, c.relname) AS parent, format('%I.%I', n.nspname, s.stxname) AS ident, n.nspname AS schema, s.stxname AS name,
	pg_get_userbyid(s.stxowner) AS owner,
	-- PostgreSQL keeps the columns in the table's order, whatever was said.
	coalesce(replace(pg_get_statisticsobjdef(s.oid), ' ON ' || k.stored, ' ON ' || k.sorted), pg_get_statisticsobjdef(s.oid)) AS definition,
	CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget END AS target
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace JOIN pg_class c ON c.oid = s.stxrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
LEFT JOIN LATERAL (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS stored, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) AS sorted
	FROM pg_attribute a WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys::int2[])) k ON true
WHERE n.nspname NOT LIKE ALL ($1::text[])
AND c.oid = ANY ($oids) --only
