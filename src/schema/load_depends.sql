-- Who needs whom: address, needed address.
SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid FROM pg_depend d
WHERE d.refobjid >= 16384 AND d.objid >= 16384 AND d.deptype IN ('n', 'a', 'i', 'P', 'S')
AND NOT (d.classid = d.refclassid AND d.objid = d.refobjid)
AND NOT (d.classid = 'pg_class'::regclass AND d.deptype = 'a' AND d.refobjsubid > 0 AND EXISTS (SELECT FROM pg_sequence q WHERE q.seqrelid = d.objid))
AND NOT (d.classid = 'pg_type'::regclass AND d.deptype = 'i')
UNION ALL
SELECT d.classid, d.objid, -1, d.refclassid, d.refobjid, d.refobjsubid FROM pg_depend d JOIN pg_sequence q ON q.seqrelid = d.objid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = d.classid AND d.deptype = 'a' AND d.refobjsubid > 0
UNION ALL
SELECT 'pg_trigger'::regclass, t.oid, 0, 'pg_class'::regclass, t.tgrelid, 0 FROM pg_trigger t WHERE NOT t.tgisinternal
UNION ALL
SELECT 'pg_policy'::regclass, p.oid, 0, 'pg_class'::regclass, p.polrelid, 0 FROM pg_policy p
