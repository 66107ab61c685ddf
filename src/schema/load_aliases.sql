-- What in pg_depend stands for something else: address, the address that is meant.
SELECT r.tableoid, r.oid, 'pg_class'::regclass::oid, r.ev_class, 0 FROM pg_rewrite r WHERE r.rulename = '_RETURN' AND r.oid >= 16384 --whole
SELECT t.tableoid, t.oid, 'pg_class'::regclass, t.typrelid, 0 FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE t.oid >= 16384 AND c.relkind <> 'c' AND c.oid = ANY ($oids) --only
UNION ALL SELECT t.tableoid, t.oid, 'pg_class'::regclass, t.typrelid, 0 FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE t.oid >= 16384 AND c.relkind <> 'c' --whole
UNION ALL SELECT 'pg_class'::regclass, c.oid, 'pg_type'::regclass, c.reltype, 0 FROM pg_class c WHERE c.relkind = 'c' AND c.oid >= 16384 --whole
UNION ALL SELECT t.tableoid, t.oid, t.tableoid, t.typelem, 0 FROM pg_type t WHERE t.typcategory = 'A' AND t.typelem >= 16384 --whole
UNION ALL SELECT 'pg_type'::regclass, r.rngmultitypid, 'pg_type'::regclass, r.rngtypid, 0 FROM pg_range r WHERE r.rngtypid >= 16384 --v14+ --whole
UNION ALL SELECT d.tableoid, d.oid, 'pg_class'::regclass, d.adrelid, d.adnum FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
	WHERE a.attgenerated <> '' AND d.oid >= 16384
	AND d.adrelid = ANY ($oids) --only
UNION ALL SELECT 'pg_class'::regclass, k.conindid, k.tableoid, k.oid, 0 FROM pg_constraint k WHERE k.contype IN ('p', 'u', 'x') AND k.oid >= 16384
	AND k.conrelid = ANY ($oids) --only
UNION ALL SELECT d.classid, d.objid, d.refclassid, d.refobjid, 0 FROM pg_depend d WHERE d.deptype = 'e' --whole
UNION ALL SELECT 'pg_class'::regclass, d.objid, 'pg_class'::regclass, d.refobjid, d.refobjsubid FROM pg_depend d
	WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i' AND d.refobjsubid > 0
	AND d.objid = ANY ($oids) --only
UNION ALL SELECT d.classid, d.objid, d.refclassid, d.refobjid, 0 FROM pg_depend d WHERE d.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass) --whole
	AND d.refclassid = 'pg_opclass'::regclass AND d.objid >= 16384 --whole
-- The functions that come with a range.
UNION ALL SELECT d.classid, d.objid, d.refclassid, d.refobjid, 0 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_type'::regclass --whole
	AND d.deptype = 'i' AND d.objid >= 16384 --whole
