-- Sequences but those of identity columns.  "short" leaves out what is the default.
SELECT 'sequence' AS kind, c.tableoid AS class, c.oid AS object, 0 AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	format('%I.%I', n.nspname, c.relname) AS ident, n.nspname AS schema, c.relname AS name,
	pg_get_userbyid(c.relowner) AS owner,
	CASE c.relpersistence WHEN 'u' THEN 't' END AS unlogged,
	format('AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s %s', format_type(q.seqtypid, NULL), q.seqincrement, q.seqmin,
		q.seqmax, q.seqstart, q.seqcache, CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END) AS options,
	nullif(concat_ws(' ', CASE WHEN q.seqtypid <> 20 THEN 'AS ' || format_type(q.seqtypid, NULL) END,
			CASE WHEN q.seqincrement <> 1 THEN 'INCREMENT BY ' || q.seqincrement END,
			CASE WHEN q.seqmin <> CASE WHEN q.seqincrement > 0 THEN 1 ELSE lim.low END THEN 'MINVALUE ' || q.seqmin END,
			CASE WHEN q.seqmax <> CASE WHEN q.seqincrement > 0 THEN lim.high ELSE -1 END THEN 'MAXVALUE ' || q.seqmax END,
			CASE WHEN q.seqstart <> CASE WHEN q.seqincrement > 0 THEN q.seqmin ELSE q.seqmax END THEN 'START WITH ' || q.seqstart END,
			CASE WHEN q.seqcache <> 1 THEN 'CACHE ' || q.seqcache END, CASE WHEN q.seqcycle THEN 'CYCLE' END), '') AS _short
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence q ON q.seqrelid = c.oid
CROSS JOIN LATERAL (SELECT CASE q.seqtypid WHEN 21 THEN 32767 WHEN 23 THEN 2147483647 ELSE 9223372036854775807 END AS high,
	CASE q.seqtypid WHEN 21 THEN -32768 WHEN 23 THEN -2147483648 ELSE -9223372036854775808 END AS low) lim
WHERE c.oid >= 16384 AND n.nspname NOT LIKE ALL ($1::text[]) AND c.relpersistence <> 't'
AND c.oid = ANY ($oids) --only
AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.deptype IN ('e', 'i'))
AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_class o ON o.oid = d.refobjid JOIN pg_namespace o_n ON o_n.oid = o.relnamespace
	WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
	AND o_n.nspname || '.' || o.relname = ANY ($2::text[]))
