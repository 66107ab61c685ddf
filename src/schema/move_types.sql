-- The old type of a column ($1 table, $2 column) and the new one (that of column $4 of table $3, which may be the same), in names that hold
-- whatever the search path.
WITH o AS (
  SELECT a.atttypid, a.atttypmod, t.typnamespace, a.attrelid, a.attnum,
         CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END AS element
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attname = $2 AND NOT a.attisdropped
), w AS (
  SELECT a.atttypid, a.atttypmod, t.typnamespace,
         CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END AS element
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = pg_catalog.to_regclass($3) AND a.attname = $4 AND NOT a.attisdropped
), conversion AS (
  SELECT o.element = w.element AS same, c.castcontext AS context, p.provolatile AS volatile,
         EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.oid IN (o.element, w.element) AND t.typcategory = 'D') AS of_time
  FROM o CROSS JOIN w
  LEFT JOIN pg_catalog.pg_cast c ON c.castsource = o.element AND c.casttarget = w.element
  LEFT JOIN pg_catalog.pg_proc p ON p.oid = c.castfunc
)
SELECT pg_catalog.format_type(o.atttypid, o.atttypmod), pg_catalog.format_type(w.atttypid, w.atttypmod),
       -- A cast to a length cuts what is longer; an assignment, as in ALTER COLUMN ... TYPE, does not.
       pg_catalog.format_type(w.atttypid, CASE WHEN w.element IN ('pg_catalog.varchar'::regtype, 'pg_catalog.bpchar'::regtype,
         'pg_catalog.bit'::regtype, 'pg_catalog.varbit'::regtype) THEN -1 ELSE w.atttypmod END),
       CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
       -- Can any value be converted?
       (o.atttypid = w.atttypid OR conversion.context = 'i') AND (w.atttypmod = -1 OR o.atttypid = w.atttypid AND o.atttypmod = w.atttypmod),
       -- Does the conversion look at TimeZone or DateStyle?
       NOT conversion.same AND COALESCE(conversion.volatile = 's', conversion.context IS NULL AND conversion.of_time),
       -- Does a default of the old type do for the new one as it stands?
       conversion.same OR conversion.context IN ('i', 'a'),
       o.typnamespace <> 'pg_catalog'::regnamespace OR w.typnamespace <> 'pg_catalog'::regnamespace,
       (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(s), ', ' ORDER BY i) FROM (
          SELECT s, pg_catalog.min(i) FROM pg_catalog.unnest($5::text[] || ARRAY(SELECT n.nspname::text FROM pg_catalog.pg_namespace n
            WHERE n.oid IN (o.typnamespace, w.typnamespace, r.relnamespace))) WITH ORDINALITY u (s, i)
          WHERE s <> 'pg_catalog' GROUP BY s) path (s, i))
FROM o CROSS JOIN w CROSS JOIN conversion
JOIN pg_catalog.pg_class r ON r.oid = o.attrelid
JOIN pg_catalog.pg_attribute a ON a.attrelid = o.attrelid AND a.attnum = o.attnum
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
