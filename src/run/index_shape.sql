-- Are the index $1 and the one on brant_twin the same, but for their names?
WITH shape AS (
  SELECT i.indrelid = 'pg_temp.brant_twin'::regclass AS twin,
         ARRAY[am.amname::text, i.indisunique::text, i.indnkeyatts::text, i.indclass::text, i.indcollation::text, i.indoption::text,
               c.reloptions::text, pg_get_expr(i.indpred, i.indrelid)]
         || ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnatts) AS k) AS what
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_am am ON am.oid = c.relam
  WHERE i.indexrelid = to_regclass($1) OR i.indrelid = 'pg_temp.brant_twin'::regclass)
SELECT (SELECT what FROM shape WHERE twin) IS NOT DISTINCT FROM (SELECT what FROM shape WHERE NOT twin)
