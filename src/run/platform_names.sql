-- Names that an unqualified name could mean: what is in those schemas of the search path that are among $1 (joined by chr(1), prefixes end in "*").
-- Mostly there is none, and then no catalog of objects is opened.
WITH s AS MATERIALIZED (
  SELECT n.oid FROM pg_catalog.pg_namespace n
  WHERE n.nspname = ANY (current_schemas(false)) AND EXISTS (
    SELECT FROM unnest(string_to_array($1, chr(1))) AS p (name)
    WHERE n.nspname = p.name OR right(p.name, 1) = '*' AND starts_with(n.nspname, left(p.name, -1))))
SELECT x.name
FROM s
CROSS JOIN LATERAL (
  SELECT relname AS name FROM pg_catalog.pg_class WHERE relnamespace = s.oid
  UNION
  SELECT proname FROM pg_catalog.pg_proc WHERE pronamespace = s.oid
  UNION
  SELECT typname FROM pg_catalog.pg_type WHERE typnamespace = s.oid) x
