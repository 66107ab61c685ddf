-- Security labels, which the model has not, like load_unmodelled.sql.
SELECT 'security label', format('%s on %s %s', l.provider, l.objtype, l.objname) FROM pg_seclabels l
	WHERE l.objtype NOT IN ('database', 'role', 'tablespace') AND l.objnamespace IN (SELECT n.oid FROM pg_namespace n WHERE n.nspname NOT LIKE ALL ($1::text[]))
