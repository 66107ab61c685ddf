SELECT 'event trigger' AS kind, e.tableoid AS class, e.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	quote_ident(e.evtname) AS ident, NULL AS schema, e.evtname AS name, pg_get_userbyid(e.evtowner) AS owner,
	format('%I ON %s%s EXECUTE FUNCTION %s()', e.evtname, e.evtevent, (SELECT ' WHEN TAG IN (' || string_agg(quote_literal(t), ', ') || ')' FROM unnest(e.evttags) t),
		e.evtfoid::regproc) AS definition,
	CASE e.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' END AS enabled
FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname NOT LIKE ALL ($1::text[]) AND e.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_event_trigger'::regclass AND d.deptype = 'e')
