-- Views and policies that read a column, as statements that make them as they are now, and statistics, as what stands behind their name: $1 the
-- table, $2 the column, $3 whether to look for statistics only.  Those with JOIN ... USING
-- are left out: PostgreSQL tells columns of other names there by their places in the table.
WITH col AS (
  SELECT c.oid, a.attnum FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $2
  WHERE c.oid = pg_catalog.to_regclass($1)
), made AS (
  SELECT v.oid, pg_catalog.format('CREATE OR REPLACE VIEW %I.%I%s AS%s', n.nspname, v.relname,
           CASE WHEN v.reloptions IS NOT NULL THEN pg_catalog.format(' WITH (%s)', pg_catalog.array_to_string(v.reloptions, ', ')) END,
           pg_catalog.chr(10) || pg_catalog.pg_get_viewdef(v.oid)) AS text, NULL AS schema, NULL AS name
  FROM pg_catalog.pg_class v JOIN pg_catalog.pg_namespace n ON n.oid = v.relnamespace
  WHERE v.relkind = 'v' AND EXISTS (
    SELECT FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid
    JOIN col ON d.refobjid = col.oid AND d.refobjsubid = col.attnum WHERE w.ev_class = v.oid AND w.rulename = '_RETURN')
  UNION ALL
  SELECT p.oid, pg_catalog.format('ALTER POLICY %I ON %I.%I%s%s;', p.polname, n.nspname, t.relname,
           ' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')', ' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')'), NULL, NULL
  FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class t ON t.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
  WHERE EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN col ON d.refobjid = col.oid AND d.refobjsubid = col.attnum
                WHERE d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid = p.oid)
  UNION ALL
  SELECT s.oid, pg_catalog.substr(pg_catalog.pg_get_statisticsobjdef(s.oid), pg_catalog.length(pg_catalog.format('CREATE STATISTICS %I.%I', n.nspname, s.stxname)) + 1),
         n.nspname, s.stxname
  FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
  WHERE EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN col ON d.refobjid = col.oid AND d.refobjsubid = col.attnum
                WHERE d.classid = 'pg_catalog.pg_statistic_ext'::regclass AND d.objid = s.oid)
)
SELECT oid, text, schema, name FROM made WHERE (name IS NOT NULL OR NOT $3::boolean) AND text !~* '\mJOIN\M.*\mUSING\M' ORDER BY oid
