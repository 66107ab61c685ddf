-- The table of a backfill and the key to walk it by: $1 its name as SQL has it, $2 the key that was asked for (NULL: the primary key).
WITH rel AS (
  SELECT c.oid, c.relkind, pg_catalog.format('%I.%I', n.nspname, c.relname) AS shown
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = pg_catalog.to_regclass($1)
), parts AS (
  SELECT p.oid, p.reltuples, p.relpages, pg_catalog.pg_relation_size(p.oid) / pg_catalog.current_setting('block_size')::bigint AS pages
  FROM rel JOIN pg_catalog.pg_class p ON p.oid = rel.oid OR p.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(rel.oid) WHERE isleaf)
  WHERE p.relkind = 'r'
), usable AS (
  SELECT i.indexrelid, ic.relname, i.indisprimary, i.indrelid, i.indkey, i.indnkeyatts,
         (SELECT pg_catalog.bool_and(a.attnotnull) FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) k
          JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k]) AS filled
  FROM rel JOIN pg_catalog.pg_index i ON i.indrelid = rel.oid JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
  JOIN pg_catalog.pg_am m ON m.oid = ic.relam AND m.amname = 'btree'
  WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
), chosen AS (
  SELECT * FROM usable WHERE filled AND CASE WHEN $2::text IS NULL THEN indisprimary ELSE relname = $2 END
)
SELECT rel.shown, rel.relkind,
       (SELECT pg_catalog.sum(CASE WHEN reltuples > 0 AND relpages > 0 THEN reltuples / relpages * pages ELSE pages * 50 END)::bigint FROM parts),
       (SELECT pg_catalog.sum(pages)::bigint FROM parts),
       (SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(1) ORDER BY k)
        FROM chosen, pg_catalog.generate_series(0, chosen.indnkeyatts - 1) k
        JOIN pg_catalog.pg_attribute a ON true WHERE a.attrelid = chosen.indrelid AND a.attnum = chosen.indkey[k]),
       (SELECT pg_catalog.string_agg(pg_catalog.format_type(a.atttypid, a.atttypmod), pg_catalog.chr(1) ORDER BY k)
        FROM chosen, pg_catalog.generate_series(0, chosen.indnkeyatts - 1) k
        JOIN pg_catalog.pg_attribute a ON true WHERE a.attrelid = chosen.indrelid AND a.attnum = chosen.indkey[k]),
       (SELECT pg_catalog.string_agg(relname, ', ' ORDER BY indisprimary DESC, relname) FROM usable WHERE filled),
       (SELECT pg_catalog.string_agg(p.proname, ', ') FROM pg_catalog.pg_proc p WHERE p.prokind = 'a' AND p.proname = ANY ($3::text[])),
       pg_catalog.current_setting('search_path'), pg_catalog.row_security_active(rel.oid), CURRENT_USER
FROM rel
