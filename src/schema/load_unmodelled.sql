-- What the database has and the model has not: said, never dropped.  kind, name.
SELECT 'subscription', s.subname::text FROM pg_subscription s WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
	AND has_column_privilege('pg_subscription', 'subname', 'SELECT')
UNION ALL SELECT 'user mapping', format('for %s on %s', u.usename, u.srvname) FROM pg_user_mappings u
UNION ALL SELECT 'language', l.lanname::text FROM pg_language l WHERE l.oid >= 16384 AND l.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_language'::regclass AND d.deptype = 'e')
UNION ALL SELECT 'transform', format('for %s language %s', format_type(t.trftype, NULL), l.lanname) FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang
	WHERE t.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_transform'::regclass AND d.deptype = 'e')
UNION ALL SELECT 'conversion', format('%I.%I', n.nspname, c.conname) FROM pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace WHERE n.nspname NOT LIKE ALL ($1::text[])
	AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_conversion'::regclass AND d.deptype = 'e')
UNION ALL SELECT 'access method', a.amname::text FROM pg_am a WHERE a.oid >= 16384 AND a.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_am'::regclass AND d.deptype = 'e')
UNION ALL SELECT 'base type', format('%I.%I', n.nspname, t.typname) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
	WHERE (t.typtype = 'b' AND t.typcategory <> 'A' OR t.typtype = 'p') AND n.nspname NOT LIKE ALL ($1::text[])
	AND t.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.deptype = 'e')
UNION ALL SELECT 'security label', format('%s on %s %s', l.provider, l.objtype, l.objname) FROM pg_seclabels l
	WHERE l.objtype NOT IN ('database', 'role', 'tablespace') AND l.objnamespace IN (SELECT n.oid FROM pg_namespace n WHERE n.nspname NOT LIKE ALL ($1::text[]))
