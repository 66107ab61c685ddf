-- The version is not compared: it is the server's, not the project's.
SELECT 'extension' AS kind, e.tableoid AS class, e.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	quote_ident(e.extname) AS ident, n.nspname AS schema, e.extname AS name,
	quote_ident(n.nspname) AS schema_name,
	CASE WHEN e.extrelocatable THEN 't' END AS _relocatable
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE n.nspname NOT LIKE ALL ($1::text[]) OR e.extname <> 'plpgsql' AND n.nspname = 'pg_catalog'
