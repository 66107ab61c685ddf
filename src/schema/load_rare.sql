-- What few databases have: languages, transforms, conversions, access methods, user mappings.
-- A mapping's options are told to those who may see them, as PostgreSQL's own view does.
SELECT 'language' AS kind, l.tableoid AS class, l.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	quote_ident(l.lanname) AS ident, NULL AS schema, l.lanname AS name, pg_get_userbyid(l.lanowner) AS owner,
	format('%s %I%s%s%s', CASE WHEN l.lanpltrusted THEN 'TRUSTED LANGUAGE' ELSE 'LANGUAGE' END, l.lanname, ' HANDLER ' || nullif(l.lanplcallfoid, 0)::regproc,
		' INLINE ' || nullif(l.laninline, 0)::regproc, ' VALIDATOR ' || nullif(l.lanvalidator, 0)::regproc) AS definition,
	NULL AS server_options
FROM pg_language l WHERE l.oid >= 16384 AND l.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_language'::regclass AND d.deptype = 'e')
UNION ALL
SELECT 'transform', t.tableoid, t.oid, 0, NULL, NULL, NULL, format('FOR %s LANGUAGE %I', format_type(t.trftype, NULL), l.lanname), NULL,
	format('%s %s', format_type(t.trftype, NULL), l.lanname), NULL,
	format('FOR %s LANGUAGE %I (%s)', format_type(t.trftype, NULL), l.lanname, concat_ws(', ', 'FROM SQL WITH FUNCTION ' || nullif(t.trffromsql, 0)::regprocedure,
		'TO SQL WITH FUNCTION ' || nullif(t.trftosql, 0)::regprocedure)), NULL
FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang
WHERE t.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_transform'::regclass AND d.deptype = 'e')
UNION ALL
SELECT 'conversion', c.tableoid, c.oid, 0, NULL, NULL, NULL, format('%I.%I', n.nspname, c.conname), n.nspname, c.conname, pg_get_userbyid(c.conowner),
	format('%s %I.%I FOR %L TO %L FROM %s', CASE WHEN c.condefault THEN 'DEFAULT CONVERSION' ELSE 'CONVERSION' END, n.nspname, c.conname,
		pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding), c.conproc::oid::regproc), NULL
FROM pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace
WHERE n.nspname NOT LIKE ALL ($1::text[]) AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_conversion'::regclass AND d.deptype = 'e')
UNION ALL
SELECT 'access method', a.tableoid, a.oid, 0, NULL, NULL, NULL, quote_ident(a.amname), NULL, a.amname, NULL,
	format('%I TYPE %s HANDLER %s', a.amname, CASE a.amtype WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END, a.amhandler::oid::regproc), NULL
FROM pg_am a WHERE a.oid >= 16384 AND a.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_am'::regclass AND d.deptype = 'e')
UNION ALL
SELECT 'user mapping', 'pg_user_mapping'::regclass, u.umid, 0, NULL, NULL, NULL,
	format('FOR %s SERVER %I', CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, u.srvname), NULL, u.usename, NULL, NULL,
	(SELECT string_agg(format('%I %L', o.option_name, o.option_value), ', ' ORDER BY o.option_name) FROM pg_options_to_table(u.umoptions) o)
FROM pg_user_mappings u
