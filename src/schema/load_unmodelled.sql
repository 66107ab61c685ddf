-- What the database has and the model has not: said, never dropped.  kind, name.
SELECT 'subscription', s.subname::text FROM pg_subscription s WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
	AND has_column_privilege('pg_subscription', 'subname', 'SELECT')
UNION ALL SELECT 'base type', format('%I.%I', n.nspname, t.typname) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
	WHERE (t.typtype = 'b' AND t.typcategory <> 'A' OR t.typtype = 'p') AND n.nspname NOT LIKE ALL ($1::text[])
	AND t.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.deptype = 'e')
UNION ALL SELECT 'security label', format('%s on %s %s', l.provider, l.objtype, l.objname) FROM pg_seclabels l
	WHERE l.objtype NOT IN ('database', 'role', 'tablespace') AND l.objnamespace IN (SELECT n.oid FROM pg_namespace n WHERE n.nspname NOT LIKE ALL ($1::text[]))
