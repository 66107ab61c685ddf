-- Behind ledger_shape.sql: the table that is Alembic's ledger, where its schema ($1), its name ($2) or both are not known (NULL).  It is the one that has a
-- row of these revisions ($3).  Where -x was given ($4, its values; NULL: it was not) it may have named the schema,
-- so that a table counts only where it did.  Behind the columns of the shape: its name, how many have such rows
-- (with -x twice as many, since it may have named another one) and which, and those that have rows of other revisions, or cannot be read.
, COALESCE(f.schema, $1::text, pg_catalog.current_schema()), f.name, f.fits, f.fitting, f.others
FROM (
  WITH places AS MATERIALIZED (
    SELECT c.oid, n.nspname, c.relname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS shown,
           pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AS reads
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = COALESCE($1::text, n.nspname) AND c.relname = COALESCE($2::text, c.relname)
      AND n.nspname NOT LIKE 'pg\_%'
      AND EXISTS (SELECT FROM pg_catalog.pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attname = 'version_num' AND NOT a.attisdropped
                    AND a.atttypid IN ('pg_catalog.text'::pg_catalog.regtype, 'pg_catalog.varchar'::pg_catalog.regtype))
  ), written AS MATERIALIZED (
    SELECT p.oid, CASE WHEN p.reads THEN pg_catalog.query_to_xml(
      'SELECT version_num FROM ' || p.shown || ' LIMIT 1000', false, true, '')::text END AS found
    FROM places p
  ), counted AS (
    SELECT p.oid, p.nspname, p.relname, p.shown, p.reads, pg_catalog.count(v.version) AS rows,
           pg_catalog.count(v.version) FILTER (WHERE v.version = ANY ($3::text[])) AS known
    FROM places p JOIN written w ON w.oid = p.oid
    LEFT JOIN LATERAL (
      SELECT m.part[1] FROM pg_catalog.regexp_matches(w.found, '<version_num>([^<]*)</version_num>', 'g') AS m (part)) AS v (version) ON true
    GROUP BY p.oid, p.nspname, p.relname, p.shown, p.reads
  ), weighed AS (
    SELECT *, known > 0 AND ($4::text[] IS NULL OR nspname = ANY ($4::text[])) AS fits
    FROM counted
  ), chosen AS (
    SELECT (pg_catalog.array_agg(oid) FILTER (WHERE fits))[1] AS oid,
           CASE WHEN pg_catalog.bool_or(fits) THEN pg_catalog.count(*) FILTER (WHERE fits)
                ELSE 2 * pg_catalog.count(*) FILTER (WHERE known > 0) END AS fits,
           pg_catalog.string_agg(shown, ', ' ORDER BY shown) FILTER (WHERE known > 0) AS fitting,
           pg_catalog.string_agg(shown, ', ' ORDER BY shown) FILTER (WHERE known = 0 AND (rows > 0 OR NOT reads)) AS others
    FROM weighed
  )
  SELECT o.oid, o.fits, o.fitting, o.others, k.nspname AS schema, k.relname AS name FROM chosen o LEFT JOIN counted k ON k.oid = o.oid
) AS f LEFT JOIN pg_catalog.pg_class c ON c.oid = f.oid
