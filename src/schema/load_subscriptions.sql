-- Subscriptions, for those who may see their connections: all but the password, and whether they are enabled.
SELECT 'subscription' AS kind, s.tableoid AS class, s.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	quote_ident(s.subname) AS ident, NULL AS schema, s.subname AS name, pg_get_userbyid(s.subowner) AS owner,
	quote_literal(regexp_replace(regexp_replace(s.subconninfo, '\s*\mpassword\s*=\s*(''([^''\\]|\\.)*''|[^\s&]*)', '', 'gi'), '(://[^:/@]*):[^@/]*@', '\1@')) AS connection,
	(SELECT string_agg(quote_ident(p), ', ' ORDER BY p) FROM unnest(s.subpublications) p) AS publications,
	coalesce(quote_literal(s.subslotname), 'NONE') AS slot_name,
	concat_ws(', ', format('synchronous_commit = %L', s.subsynccommit), 'binary = ' || (j.r ->> 'subbinary'),
		'streaming = ' || CASE j.r ->> 'substream' WHEN 'p' THEN 'parallel' WHEN 't' THEN 'on' WHEN 'true' THEN 'on' WHEN 'f' THEN 'off' WHEN 'false' THEN 'off' END,
		'disable_on_error = ' || (j.r ->> 'subdisableonerr'), 'origin = ' || (j.r ->> 'suborigin'), 'run_as_owner = ' || (j.r ->> 'subrunasowner'),
		'failover = ' || (j.r ->> 'subfailover')) AS options,
	CASE WHEN j.r ->> 'subtwophasestate' <> 'd' THEN 't' END AS two_phase
FROM pg_subscription s CROSS JOIN LATERAL to_jsonb(s) AS j(r)
WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
