-- What the database has and the model has not: said, never dropped.  kind, name.
SELECT 'subscription', s.subname::text FROM pg_subscription s WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
	AND has_column_privilege('pg_subscription', 'subname', 'SELECT') AND NOT has_table_privilege('pg_subscription', 'SELECT')
UNION ALL SELECT DISTINCT 'access to', p.name FROM (
	SELECT format('pg_catalog.%I', c.relname) AS name, c.tableoid AS class, c.oid AS object, 0 AS sub, c.relacl AS acl FROM pg_class c WHERE c.oid < 16384 AND c.relacl IS NOT NULL
		AND c.relnamespace = 'pg_catalog'::regnamespace
	UNION ALL SELECT format('pg_catalog.%I', c.relname), c.tableoid, a.attrelid, a.attnum, a.attacl FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE a.attrelid < 16384 AND a.attacl IS NOT NULL AND c.relnamespace = 'pg_catalog'::regnamespace
	UNION ALL SELECT f.oid::regprocedure::text, f.tableoid, f.oid, 0, f.proacl FROM pg_proc f WHERE f.oid < 16384 AND f.proacl IS NOT NULL
	UNION ALL SELECT 'language ' || quote_ident(l.lanname), l.tableoid, l.oid, 0, l.lanacl FROM pg_language l WHERE l.oid < 16384 AND l.lanacl IS NOT NULL
) p LEFT JOIN pg_init_privs i ON i.classoid = p.class AND i.objoid = p.object AND i.objsubid = p.sub
	WHERE cardinality($1::text[]) = 3 AND p.acl IS DISTINCT FROM i.initprivs
