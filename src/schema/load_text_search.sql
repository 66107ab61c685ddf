SELECT 'text search configuration' AS kind, c.tableoid AS class, c.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	format('%I.%I', n.nspname, c.cfgname) AS ident, n.nspname AS schema, c.cfgname AS name, pg_get_userbyid(c.cfgowner) AS owner,
	format('(PARSER = %I.%I)', pn.nspname, p.prsname) AS definition,
	(SELECT string_agg(format('%s WITH %s', m.alias, m.dicts), '; ' ORDER BY m.alias) FROM (
		SELECT t.alias, string_agg(format('%I.%I', dn.nspname, d.dictname), ', ' ORDER BY m.mapseqno) AS dicts
		FROM pg_ts_config_map m JOIN ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype
		JOIN pg_ts_dict d ON d.oid = m.mapdict JOIN pg_namespace dn ON dn.oid = d.dictnamespace WHERE m.mapcfg = c.oid GROUP BY t.alias) m) AS mappings
FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace JOIN pg_ts_parser p ON p.oid = c.cfgparser JOIN pg_namespace pn ON pn.oid = p.prsnamespace
WHERE n.nspname NOT LIKE ALL ($1::text[]) AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_ts_config'::regclass AND d.deptype = 'e')
UNION ALL
SELECT 'text search dictionary', c.tableoid, c.oid, 0, NULL, NULL, NULL, format('%I.%I', n.nspname, c.dictname), n.nspname, c.dictname, pg_get_userbyid(c.dictowner),
	format('(TEMPLATE = %I.%I%s)', tn.nspname, t.tmplname, ', ' || c.dictinitoption), NULL
FROM pg_ts_dict c JOIN pg_namespace n ON n.oid = c.dictnamespace JOIN pg_ts_template t ON t.oid = c.dicttemplate JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE n.nspname NOT LIKE ALL ($1::text[]) AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_ts_dict'::regclass AND d.deptype = 'e')
UNION ALL
SELECT 'text search template', c.tableoid, c.oid, 0, NULL, NULL, NULL, format('%I.%I', n.nspname, c.tmplname), n.nspname, c.tmplname, NULL,
	format('(%sLEXIZE = %s)', CASE WHEN c.tmplinit <> 0 THEN format('INIT = %s, ', c.tmplinit::oid::regproc) END, c.tmpllexize::oid::regproc), NULL
FROM pg_ts_template c JOIN pg_namespace n ON n.oid = c.tmplnamespace
WHERE n.nspname NOT LIKE ALL ($1::text[]) AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_ts_template'::regclass AND d.deptype = 'e')
UNION ALL
SELECT 'text search parser', c.tableoid, c.oid, 0, NULL, NULL, NULL, format('%I.%I', n.nspname, c.prsname), n.nspname, c.prsname, NULL,
	format('(START = %s, GETTOKEN = %s, END = %s, LEXTYPES = %s%s)', c.prsstart::oid::regproc, c.prstoken::oid::regproc, c.prsend::oid::regproc, c.prslextype::oid::regproc,
		CASE WHEN c.prsheadline <> 0 THEN ', HEADLINE = ' || c.prsheadline::oid::regproc END), NULL
FROM pg_ts_parser c JOIN pg_namespace n ON n.oid = c.prsnamespace
WHERE n.nspname NOT LIKE ALL ($1::text[]) AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_ts_parser'::regclass AND d.deptype = 'e')
