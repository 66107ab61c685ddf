-- Names in the schemas $1 (joined by chr(1)) that an unqualified name could mean.
SELECT relname FROM pg_catalog.pg_class c
WHERE c.relnamespace = ANY (ARRAY(SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ANY (string_to_array($1, chr(1)))))
UNION
SELECT proname FROM pg_catalog.pg_proc p
WHERE p.pronamespace = ANY (ARRAY(SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ANY (string_to_array($1, chr(1)))))
UNION
SELECT typname FROM pg_catalog.pg_type t
WHERE t.typnamespace = ANY (ARRAY(SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ANY (string_to_array($1, chr(1)))))
