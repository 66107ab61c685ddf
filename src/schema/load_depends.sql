-- Who needs whom: address, needed address.
SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, CASE WHEN b.oid IS NULL THEN d.refobjsubid ELSE -3 END FROM pg_depend d
LEFT JOIN (SELECT t.oid, t.typinput, t.typoutput, t.typreceive, t.typsend FROM pg_type t WHERE t.typtype = 'b' AND t.typcategory <> 'A' AND t.oid >= 16384) b
	ON d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_type'::regclass AND d.refobjid = b.oid AND d.objid IN (b.typinput, b.typoutput, b.typreceive, b.typsend)
WHERE d.refobjid >= 16384 AND d.objid >= 16384 AND d.deptype IN ('n', 'a', 'i', 'P', 'S')
AND d.objid = ANY ($oids) --only
AND NOT (d.classid = d.refclassid AND d.objid = d.refobjid)
AND NOT (d.classid = 'pg_class'::regclass AND d.deptype = 'a' AND d.refobjsubid > 0 AND EXISTS (SELECT FROM pg_sequence q WHERE q.seqrelid = d.objid))
AND NOT (d.classid = 'pg_type'::regclass AND d.deptype = 'i')
UNION ALL
SELECT d.classid, d.objid, -1, d.refclassid, d.refobjid, d.refobjsubid FROM pg_depend d JOIN pg_sequence q ON q.seqrelid = d.objid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = d.classid AND d.deptype = 'a' AND d.refobjsubid > 0
AND d.objid = ANY ($oids) --only
UNION ALL
SELECT 'pg_trigger'::regclass, t.oid, 0, 'pg_class'::regclass, t.tgrelid, 0 FROM pg_trigger t WHERE NOT t.tgisinternal
UNION ALL
SELECT 'pg_policy'::regclass, p.oid, 0, 'pg_class'::regclass, p.polrelid, 0 FROM pg_policy p
UNION ALL --whole
SELECT t.tableoid, t.oid, 0, t.tableoid, t.oid, -3 FROM pg_type t WHERE t.typtype = 'b' AND t.typcategory <> 'A' AND t.oid >= 16384 --whole
-- What is told of a dependency on an extension (load_extension_needs.sql).
UNION ALL
SELECT 'pg_depend'::regclass, d.objid, d.refobjid::int, d.refclassid, d.refobjid, 0 FROM pg_depend d
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'
AND d.objid = ANY ($oids) --only
-- What was added to its family is part of what a class can do.
UNION ALL --whole
SELECT k.tableoid, k.oid, 0, a.tableoid, a.oid, 0 FROM pg_opclass k JOIN pg_amproc a ON a.amprocfamily = k.opcfamily WHERE k.oid >= 16384 AND a.oid >= 16384 --whole
UNION ALL --whole
SELECT k.tableoid, k.oid, 0, a.tableoid, a.oid, 0 FROM pg_opclass k JOIN pg_amop a ON a.amopfamily = k.opcfamily WHERE k.oid >= 16384 AND a.oid >= 16384 --whole
