-- Names that an unqualified name could mean: what is in the schemas $1.
SELECT x.name
FROM pg_catalog.pg_namespace n
CROSS JOIN LATERAL (
  SELECT relname AS name FROM pg_catalog.pg_class WHERE relnamespace = n.oid
  UNION
  SELECT proname FROM pg_catalog.pg_proc WHERE pronamespace = n.oid
  UNION
  SELECT typname FROM pg_catalog.pg_type WHERE typnamespace = n.oid) x
WHERE n.nspname = ANY ($1::text[])
