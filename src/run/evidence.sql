-- Which of the objects $1 (kinds), $2 (schemas, '' = by the search path), $3 (names), $4 (parts) are there: one boolean a row, in order.
SELECT CASE o.kind
         WHEN 'schema' THEN EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = o.name)
         WHEN 'type' THEN to_regtype(o.qualified) IS NOT NULL
         WHEN 'function' THEN EXISTS (
           SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
           WHERE p.proname = o.name AND (n.nspname = o.schema OR o.schema = '' AND n.nspname = ANY (current_schemas(true))))
         WHEN 'column' THEN EXISTS (
           SELECT FROM pg_catalog.pg_attribute a
           WHERE a.attrelid = to_regclass(o.qualified) AND a.attname = o.part AND NOT a.attisdropped)
         WHEN 'trigger' THEN EXISTS (
           SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = to_regclass(o.qualified) AND t.tgname = o.part)
         WHEN 'policy' THEN EXISTS (
           SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = to_regclass(o.qualified) AND p.polname = o.part)
         WHEN 'constraint' THEN EXISTS (
           SELECT FROM pg_catalog.pg_constraint c WHERE c.conrelid = to_regclass(o.qualified) AND c.conname = o.part)
         WHEN 'index' THEN EXISTS (
           SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
           JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relname = o.name AND i.indisvalid
             AND (n.nspname = o.schema OR o.schema = '' AND n.nspname = ANY (current_schemas(true))))
         ELSE to_regclass(o.qualified) IS NOT NULL
       END
FROM (SELECT u.n, u.kind, COALESCE(u.schema, '') AS schema, u.name, u.part, -- string_to_array('') has no elements
             CASE WHEN COALESCE(u.schema, '') = '' THEN format('%I', u.name) ELSE format('%I.%I', u.schema, u.name) END AS qualified
      FROM unnest(string_to_array($1, chr(1)), string_to_array($2, chr(1)), string_to_array($3, chr(1)), string_to_array($4, chr(1)))
           WITH ORDINALITY AS u (kind, schema, name, part, n)) AS o
ORDER BY o.n
