-- Operators, their classes and families, casts.
SELECT 'operator' AS kind, o.tableoid AS class, o.oid AS object, 0 AS sub, NULL::oid AS pclass, NULL::oid AS pobject, NULL AS parent,
	format('%I.%s (%s, %s)', n.nspname, o.oprname, CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END, format_type(o.oprright, NULL)) AS ident,
	n.nspname AS schema, o.oprname AS name, pg_get_userbyid(o.oprowner) AS owner,
	format('%I.%s (FUNCTION = %s%s, RIGHTARG = %s%s%s%s%s%s%s)', n.nspname, o.oprname, o.oprcode::oid::regproc,
		CASE WHEN o.oprleft <> 0 THEN ', LEFTARG = ' || format_type(o.oprleft, NULL) END, format_type(o.oprright, NULL),
		CASE WHEN o.oprcom <> 0 THEN (SELECT format(', COMMUTATOR = OPERATOR(%I.%s)', cn.nspname, c.oprname) FROM pg_operator c JOIN pg_namespace cn ON cn.oid = c.oprnamespace WHERE c.oid = o.oprcom) END,
		CASE WHEN o.oprnegate <> 0 THEN (SELECT format(', NEGATOR = OPERATOR(%I.%s)', cn.nspname, c.oprname) FROM pg_operator c JOIN pg_namespace cn ON cn.oid = c.oprnamespace WHERE c.oid = o.oprnegate) END,
		CASE WHEN o.oprrest <> 0 THEN ', RESTRICT = ' || o.oprrest::oid::regproc END, CASE WHEN o.oprjoin <> 0 THEN ', JOIN = ' || o.oprjoin::oid::regproc END,
		CASE WHEN o.oprcanhash THEN ', HASHES' END, CASE WHEN o.oprcanmerge THEN ', MERGES' END) AS definition
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
WHERE o.oprcode <> 0 AND n.nspname NOT LIKE ALL ($1::text[]) AND o.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_operator'::regclass AND d.deptype = 'e')
UNION ALL
SELECT 'cast', c.tableoid, c.oid, 0, NULL, NULL, NULL, format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)), NULL,
	format('%s AS %s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)), NULL,
	format('(%s AS %s) %s%s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL),
		CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END,
		CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END)
FROM pg_cast c WHERE c.oid >= 16384 AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.deptype IN ('e', 'i'))
UNION ALL
SELECT 'operator family', f.tableoid, f.oid, 0, NULL, NULL, NULL, format('%I.%I USING %I', n.nspname, f.opfname, am.amname), n.nspname, f.opfname, pg_get_userbyid(f.opfowner),
	format('%I.%I USING %I', n.nspname, f.opfname, am.amname)
FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am am ON am.oid = f.opfmethod
WHERE n.nspname NOT LIKE ALL ($1::text[]) AND f.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_opfamily'::regclass AND d.deptype = 'e')
UNION ALL
SELECT 'operator class', k.tableoid, k.oid, 0, NULL, NULL, NULL, format('%I.%I USING %I', n.nspname, k.opcname, am.amname), n.nspname, k.opcname, pg_get_userbyid(k.opcowner),
	format('%I.%I%s FOR TYPE %s USING %I FAMILY %I.%I AS %s', n.nspname, k.opcname, CASE WHEN k.opcdefault THEN ' DEFAULT' END, format_type(k.opcintype, NULL), am.amname, fn.nspname, f.opfname,
		coalesce(nullif(concat_ws(', ', (SELECT string_agg(format('OPERATOR %s %s%s', a.amopstrategy, (SELECT format('%I.%s (%s, %s)', n2.nspname, p.oprname, format_type(p.oprleft, NULL), format_type(p.oprright, NULL))
				FROM pg_operator p JOIN pg_namespace n2 ON n2.oid = p.oprnamespace WHERE p.oid = a.amopopr),
				CASE WHEN a.amoppurpose = 'o' THEN (SELECT format(' FOR ORDER BY %I.%I', n3.nspname, sf.opfname) FROM pg_opfamily sf JOIN pg_namespace n3 ON n3.oid = sf.opfnamespace WHERE sf.oid = a.amopsortfamily) END), ', ' ORDER BY a.amopstrategy)
			FROM pg_amop a JOIN pg_depend d ON d.classid = a.tableoid AND d.objid = a.oid AND d.refclassid = k.tableoid AND d.refobjid = k.oid),
			(SELECT string_agg(format('FUNCTION %s %s', a.amprocnum, a.amproc::oid::regprocedure), ', ' ORDER BY a.amprocnum)
			FROM pg_amproc a JOIN pg_depend d ON d.classid = a.tableoid AND d.objid = a.oid AND d.refclassid = k.tableoid AND d.refobjid = k.oid),
			CASE WHEN k.opckeytype <> 0 THEN 'STORAGE ' || format_type(k.opckeytype, NULL) END), ''), 'STORAGE ' || format_type(k.opcintype, NULL)))
FROM pg_opclass k JOIN pg_namespace n ON n.oid = k.opcnamespace JOIN pg_am am ON am.oid = k.opcmethod JOIN pg_opfamily f ON f.oid = k.opcfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace
WHERE n.nspname NOT LIKE ALL ($1::text[]) AND k.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_opclass'::regclass AND d.deptype = 'e')
UNION ALL
-- What was added to a family by ALTER: no class brought it.
SELECT 'operator family member', a.tableoid, a.oid, 0, f.tableoid, f.oid, format('%I.%I USING %I', fn.nspname, f.opfname, am.amname),
	format('OPERATOR %s (%s, %s)', a.amopstrategy, format_type(a.amoplefttype, NULL), format_type(a.amoprighttype, NULL)), fn.nspname,
	format('%s (%s, %s)', a.amopstrategy, format_type(a.amoplefttype, NULL), format_type(a.amoprighttype, NULL)), NULL,
	format('OPERATOR %s %I.%s (%s, %s)%s', a.amopstrategy, pn.nspname, p.oprname, format_type(a.amoplefttype, NULL), format_type(a.amoprighttype, NULL),
		CASE WHEN a.amoppurpose = 'o' THEN (SELECT format(' FOR ORDER BY %I.%I', n3.nspname, sf.opfname) FROM pg_opfamily sf JOIN pg_namespace n3 ON n3.oid = sf.opfnamespace WHERE sf.oid = a.amopsortfamily) END)
FROM pg_amop a JOIN pg_opfamily f ON f.oid = a.amopfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace JOIN pg_am am ON am.oid = f.opfmethod
JOIN pg_operator p ON p.oid = a.amopopr JOIN pg_namespace pn ON pn.oid = p.oprnamespace
WHERE a.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = a.tableoid AND d.objid = a.oid AND d.refclassid = 'pg_opclass'::regclass)
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.deptype = 'e' AND (d.classid, d.objid) IN (('pg_opfamily'::regclass, f.oid), ('pg_operator'::regclass, p.oid)))
AND (fn.nspname NOT LIKE ALL ($1::text[]) OR pn.nspname NOT LIKE ALL ($1::text[]))
UNION ALL
SELECT 'operator family member', a.tableoid, a.oid, 0, f.tableoid, f.oid, format('%I.%I USING %I', fn.nspname, f.opfname, am.amname),
	format('FUNCTION %s (%s, %s)', a.amprocnum, format_type(a.amproclefttype, NULL), format_type(a.amprocrighttype, NULL)), fn.nspname,
	format('%s (%s, %s)', a.amprocnum, format_type(a.amproclefttype, NULL), format_type(a.amprocrighttype, NULL)), NULL,
	format('FUNCTION %s (%s, %s) %s', a.amprocnum, format_type(a.amproclefttype, NULL), format_type(a.amprocrighttype, NULL), a.amproc::oid::regprocedure)
FROM pg_amproc a JOIN pg_opfamily f ON f.oid = a.amprocfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace JOIN pg_am am ON am.oid = f.opfmethod
JOIN pg_proc p ON p.oid = a.amproc::oid JOIN pg_namespace pn ON pn.oid = p.pronamespace
WHERE a.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = a.tableoid AND d.objid = a.oid AND d.refclassid = 'pg_opclass'::regclass)
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.deptype = 'e' AND (d.classid, d.objid) IN (('pg_opfamily'::regclass, f.oid), ('pg_proc'::regclass, p.oid)))
AND (fn.nspname NOT LIKE ALL ($1::text[]) OR pn.nspname NOT LIKE ALL ($1::text[]))
