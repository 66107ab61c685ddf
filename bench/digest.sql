-- What a history left behind, as one line: everything in schema public but the tools' own tables, and the rows of every
-- table.  Two databases that give the same line had the same work done to them.
WITH tools (relname) AS (
  VALUES ('schema_migrations'), ('knex_migrations'), ('knex_migrations_lock')
), rel AS (
  SELECT c.oid, c.relname, c.relkind, c.relnamespace FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
     AND c.relname NOT IN (SELECT relname FROM tools)
), fact (what) AS (
  SELECT format('column %s.%s %s %s %s', r.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                pg_get_expr(d.adbin, d.adrelid))
    FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
  UNION ALL SELECT format('constraint %s %s %s', r.relname, c.conname, pg_get_constraintdef(c.oid))
    FROM rel r JOIN pg_constraint c ON c.conrelid = r.oid
  UNION ALL SELECT format('index %s', pg_get_indexdef(i.indexrelid)) FROM rel r JOIN pg_index i ON i.indrelid = r.oid
  UNION ALL SELECT format('view %s %s', relname, pg_get_viewdef(oid)) FROM rel WHERE relkind = 'v'
  UNION ALL SELECT format('trigger %s', pg_get_triggerdef(t.oid))
    FROM rel r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  UNION ALL SELECT format('function %s', pg_get_functiondef(oid)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT format('enum %s %s %s', t.typname, e.enumsortorder, e.enumlabel)
    FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
  UNION ALL SELECT format('comment %s %s %s', r.relname, d.objsubid, d.description)
    FROM rel r JOIN pg_description d ON d.objoid = r.oid AND d.classoid = 'pg_class'::regclass
  UNION ALL SELECT format('comment %s %s', p.proname, d.description)
    FROM pg_proc p JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass
   WHERE p.pronamespace = 'public'::regnamespace
  UNION ALL SELECT format('rows %s %s', relname, query_to_xml(format('SELECT * FROM public.%I ORDER BY 1', relname),
                                                              true, false, ''))
    FROM rel WHERE relkind = 'r'
)
SELECT md5(string_agg(what, E'\n' ORDER BY what COLLATE "C")) || ' ' || count(*) FROM fact
