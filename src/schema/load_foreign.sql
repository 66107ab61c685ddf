-- Foreign data wrappers and servers.
SELECT 'foreign data wrapper' AS kind, f.tableoid AS class, f.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	quote_ident(f.fdwname) AS ident, NULL AS schema, f.fdwname AS name, pg_get_userbyid(f.fdwowner) AS owner,
	format('%I%s%s', f.fdwname, CASE WHEN f.fdwhandler <> 0 THEN ' HANDLER ' || f.fdwhandler::oid::regproc END,
		CASE WHEN f.fdwvalidator <> 0 THEN ' VALIDATOR ' || f.fdwvalidator::oid::regproc END) AS definition,
	(SELECT string_agg(format('%I %L', o.option_name, o.option_value), ', ' ORDER BY o.option_name) FROM pg_options_to_table(f.fdwoptions) o) AS server_options
FROM pg_foreign_data_wrapper f WHERE f.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_foreign_data_wrapper'::regclass AND d.deptype = 'e')
UNION ALL
SELECT 'foreign server', s.tableoid, s.oid, 0, NULL, NULL, NULL, quote_ident(s.srvname), NULL, s.srvname, pg_get_userbyid(s.srvowner),
	format('%I%s%s FOREIGN DATA WRAPPER %I', s.srvname, ' TYPE ' || quote_literal(s.srvtype), ' VERSION ' || quote_literal(s.srvversion), f.fdwname),
	(SELECT string_agg(format('%I %L', o.option_name, o.option_value), ', ' ORDER BY o.option_name) FROM pg_options_to_table(s.srvoptions) o)
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper f ON f.oid = s.srvfdw
WHERE s.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_foreign_server'::regclass AND d.deptype = 'e')
