-- Enums, domains, composite types, ranges and base types.  Of a base type the shell is an object of its own (sub is -3): its functions need it, and
-- the type needs them.
SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite type' ELSE 'range' END AS kind,
	t.tableoid AS class, t.oid AS object, 0 AS sub, NULL::oid AS pclass, NULL::oid AS pobject, NULL AS parent,
	format('%I.%I', n.nspname, t.typname) AS ident, n.nspname AS schema, t.typname AS name,
	pg_get_userbyid(t.typowner) AS owner,
	(SELECT string_agg(quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = t.oid) AS labels,
	CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS type,
	CASE WHEN t.typtype = 'd' AND t.typcollation <> b.typcollation THEN
		(SELECT format('%I.%I', cn.nspname, co.collname) FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
		WHERE co.oid = t.typcollation) END AS collation,
	CASE WHEN t.typtype = 'd' AND t.typnotnull THEN 't' END AS not_null,
	CASE t.typtype WHEN 'd' THEN coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)) END AS default,
	CASE t.typtype WHEN 'r' THEN (
		SELECT concat_ws(', ', 'subtype = ' || format_type(r.rngsubtype, NULL),
			CASE WHEN NOT o.opcdefault THEN format('subtype_opclass = %I.%I', opn.nspname, o.opcname) END,
			CASE WHEN r.rngcollation <> s.typcollation THEN format('collation = %I.%I', cn.nspname, co.collname) END,
			CASE WHEN r.rngcanonical <> 0 THEN 'canonical = ' || r.rngcanonical::oid::regproc END,
			CASE WHEN r.rngsubdiff <> 0 THEN 'subtype_diff = ' || r.rngsubdiff::oid::regproc END,
			'multirange_type_name = ' || format_type(r.rngmultitypid, NULL)) --v14+
			NULL) --v<14
		FROM pg_range r JOIN pg_type s ON s.oid = r.rngsubtype JOIN pg_opclass o ON o.oid = r.rngsubopc
		JOIN pg_namespace opn ON opn.oid = o.opcnamespace
		LEFT JOIN pg_collation co ON co.oid = r.rngcollation LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
		WHERE r.rngtypid = t.oid) END AS definition, NULL AS _alone
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.oid >= 16384 AND (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c')
AND n.nspname NOT LIKE ALL ($1::text[])
AND t.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.deptype = 'e')
UNION ALL
SELECT k.kind, t.tableoid, t.oid, CASE k.kind WHEN 'shell type' THEN k.sub ELSE 0 END, NULL, NULL, NULL, format('%I.%I', n.nspname, t.typname), n.nspname, t.typname,
	CASE WHEN k.kind = 'base type' OR k.sub = 0 THEN pg_get_userbyid(t.typowner) END, NULL, NULL, NULL, NULL, NULL,
	CASE WHEN t.typtype = 'b' THEN concat_ws(', ', 'INPUT = ' || t.typinput::oid::regproc, 'OUTPUT = ' || t.typoutput::oid::regproc,
		'RECEIVE = ' || nullif(t.typreceive::oid, 0)::regproc, 'SEND = ' || nullif(t.typsend::oid, 0)::regproc, 'TYPMOD_IN = ' || nullif(t.typmodin::oid, 0)::regproc,
		'TYPMOD_OUT = ' || nullif(t.typmodout::oid, 0)::regproc, 'ANALYZE = ' || nullif(t.typanalyze::oid, 0)::regproc,
		'SUBSCRIPT = ' || nullif(t.typsubscript::oid, 0)::regproc, --v14+
		'INTERNALLENGTH = ' || CASE WHEN t.typlen < 0 THEN 'VARIABLE' ELSE t.typlen::text END, CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,
		'ALIGNMENT = ' || CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END,
		'STORAGE = ' || CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' ELSE 'main' END,
		'CATEGORY = ' || quote_literal(t.typcategory::text), CASE WHEN t.typispreferred THEN 'PREFERRED = true' END, 'DEFAULT = ' || quote_literal(t.typdefault),
		'ELEMENT = ' || format_type(nullif(t.typelem, 0), NULL), 'DELIMITER = ' || quote_literal(t.typdelim::text), CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE = true' END) END,
	CASE WHEN k.sub = 0 THEN 't' END
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
CROSS JOIN LATERAL (SELECT 'shell type', CASE WHEN t.typisdefined THEN -3 ELSE 0 END UNION ALL SELECT 'base type', -3 WHERE t.typisdefined) AS k(kind, sub)
WHERE (t.typtype = 'b' AND t.typcategory <> 'A' OR t.typtype = 'p') AND n.nspname NOT LIKE ALL ($1::text[])
AND t.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.deptype = 'e')
