-- What else knows a column by its name: $1 the table, $2 the column.  blocks: it cannot be moved with the column.
SELECT DISTINCT u.kind, u.what FROM (
  SELECT CASE WHEN w.ev_class <> c.oid THEN 'view' ELSE 'rule' END AS kind, w.ev_class::pg_catalog.regclass::text AS what
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $2
  JOIN pg_catalog.pg_depend d ON d.refobjid = c.oid AND d.refobjsubid = a.attnum AND d.classid = 'pg_catalog.pg_rewrite'::regclass
  JOIN pg_catalog.pg_rewrite w ON w.oid = d.objid WHERE c.oid = pg_catalog.to_regclass($1)
  UNION ALL
  SELECT CASE d.classid WHEN 'pg_catalog.pg_policy'::regclass THEN 'policy' WHEN 'pg_catalog.pg_trigger'::regclass THEN 'trigger'
           WHEN 'pg_catalog.pg_statistic_ext'::regclass THEN 'statistics' ELSE 'publication' END,
         pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $2
  JOIN pg_catalog.pg_depend d ON d.refobjid = c.oid AND d.refobjsubid = a.attnum
    AND d.classid IN ('pg_catalog.pg_policy'::regclass, 'pg_catalog.pg_trigger'::regclass, 'pg_catalog.pg_statistic_ext'::regclass,
                      'pg_catalog.pg_publication_rel'::regclass)
  WHERE c.oid = pg_catalog.to_regclass($1)
  UNION ALL
  SELECT 'generated column', g.attname
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $2
  JOIN pg_catalog.pg_attrdef ad ON ad.adrelid = c.oid AND ad.adnum <> a.attnum
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = ad.oid AND d.refobjid = c.oid AND d.refobjsubid = a.attnum
  JOIN pg_catalog.pg_attribute g ON g.attrelid = c.oid AND g.attnum = ad.adnum WHERE c.oid = pg_catalog.to_regclass($1)
  UNION ALL
  SELECT 'function', p.oid::pg_catalog.regprocedure::text
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_proc p ON p.prosrc ~* ('\m' || c.relname || '\M') AND p.prosrc ~* ('\m' || $2 || '\M')
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace AND n.nspname !~ '^(pg_|information_schema$|brant$)'
  WHERE c.oid = pg_catalog.to_regclass($1) AND p.prosrc !~ 'made by brant'
) u (kind, what)
ORDER BY 1, 2
