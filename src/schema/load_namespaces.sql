-- Schemas, and what has no schema of its own.  Columns of every load_*.sql: kind, address, parent's address, parent, identity,
-- schema, name, then attributes under their names.  NULL is the state that a plain CREATE leaves.  A column whose name begins with
-- an underscore is for rendering and is not compared.  Lines marked --vN+ or --v<N are sent to such servers only,
-- those marked --only where some tables are loaded alone ($oids: their numbers, and those of what belongs to them), and --whole where all is.
-- $1: patterns of the schemas that are not the user's.  What initdb made has numbers below 16384.
SELECT 'schema' AS kind, n.tableoid AS class, n.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	quote_ident(n.nspname) AS ident, n.nspname AS schema, n.nspname AS name,
	CASE WHEN n.nspname <> 'public' OR pg_get_userbyid(n.nspowner) <> 'pg_database_owner' AND n.nspowner <> 10
		AND n.nspowner <> (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database()) THEN pg_get_userbyid(n.nspowner) END AS owner,
	CASE WHEN n.nspname = 'public' AND to_regrole('pg_database_owner') IS NOT NULL THEN 'pg_database_owner' ELSE 'CURRENT_USER' END AS _first_owner,
	CASE n.nspname WHEN 'public' THEN 't' END AS _standard, CASE n.nspname WHEN 'public' THEN '''standard public schema''' ELSE 'NULL' END AS _comment,
	(SELECT pg_get_userbyid(d.datdba) FROM pg_database d WHERE d.datname = current_database()) AS _database_owner,
	pg_get_userbyid(n.nspowner) AS _role
FROM pg_namespace n
WHERE n.nspname NOT LIKE ALL ($1::text[])
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = n.tableoid AND d.objid = n.oid AND d.deptype = 'e')
