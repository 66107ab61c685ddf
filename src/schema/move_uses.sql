-- What else knows a column by its name: $1 the table, $2 the column, $3 its new type (NULL: the same).  And what is worth knowing before its
-- rows are changed: triggers that fire, and columns of other types that refer to it.
SELECT DISTINCT u.kind, u.what, u.oid FROM (
  SELECT CASE WHEN w.ev_class <> c.oid THEN 'view' ELSE 'rule' END AS kind, w.ev_class::pg_catalog.regclass::text AS what, w.ev_class AS oid
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $2
  JOIN pg_catalog.pg_depend d ON d.refobjid = c.oid AND d.refobjsubid = a.attnum AND d.classid = 'pg_catalog.pg_rewrite'::regclass
  JOIN pg_catalog.pg_rewrite w ON w.oid = d.objid WHERE c.oid = pg_catalog.to_regclass($1)
  UNION ALL
  SELECT CASE d.classid WHEN 'pg_catalog.pg_policy'::regclass THEN 'policy' WHEN 'pg_catalog.pg_trigger'::regclass THEN 'trigger'
           WHEN 'pg_catalog.pg_statistic_ext'::regclass THEN 'statistics' ELSE 'publication' END,
         pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid), d.objid
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $2
  JOIN pg_catalog.pg_depend d ON d.refobjid = c.oid AND d.refobjsubid = a.attnum
    AND d.classid IN ('pg_catalog.pg_policy'::regclass, 'pg_catalog.pg_trigger'::regclass, 'pg_catalog.pg_statistic_ext'::regclass,
                      'pg_catalog.pg_publication_rel'::regclass)
  WHERE c.oid = pg_catalog.to_regclass($1)
  UNION ALL
  SELECT 'generated column', g.attname, NULL
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $2
  JOIN pg_catalog.pg_attrdef ad ON ad.adrelid = c.oid AND ad.adnum <> a.attnum
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = ad.oid AND d.refobjid = c.oid AND d.refobjsubid = a.attnum
  JOIN pg_catalog.pg_attribute g ON g.attrelid = c.oid AND g.attnum = ad.adnum WHERE c.oid = pg_catalog.to_regclass($1)
  UNION ALL
  SELECT 'function', p.oid::pg_catalog.regprocedure::text, NULL
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_proc p ON p.prosrc ~* ('\m' || c.relname || '\M') AND p.prosrc ~* ('\m' || $2 || '\M')
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace AND n.nspname !~ '^(pg_|information_schema$|brant$)'
  WHERE c.oid = pg_catalog.to_regclass($1) AND p.prosrc !~ 'made by brant'
  UNION ALL
  SELECT 'fires', t.tgname, NULL
  FROM pg_catalog.pg_trigger t WHERE t.tgrelid = pg_catalog.to_regclass($1) AND NOT t.tgisinternal AND t.tgenabled <> 'D'
    AND t.tgtype & 17 = 17 AND t.tgattr::text = ''
  UNION ALL
  SELECT 'refers', pg_catalog.format('%s.%I (%s)', k.conrelid::pg_catalog.regclass, ra.attname, pg_catalog.format_type(ra.atttypid, ra.atttypmod)), NULL
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $2
  JOIN pg_catalog.pg_constraint k ON k.confrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0
  CROSS JOIN ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) pair (referring, referred)
  JOIN pg_catalog.pg_attribute ra ON ra.attrelid = k.conrelid AND ra.attnum = pair.referring
  WHERE c.oid = pg_catalog.to_regclass($1) AND pair.referred = a.attnum AND ra.atttypid <> pg_catalog.to_regtype($3)
) u (kind, what, oid)
ORDER BY 1, 2
