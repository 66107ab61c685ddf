-- A table and a column of it, as moving it needs to know them: $1 the table as SQL has it, $2 the column (NULL: the table alone), $3 the new name.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), c.relkind, n.nspname, c.relname,
       c.relispartition OR (c.relkind <> 'p' AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent))),
       a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attcollation <> t.typcollation THEN (SELECT pg_catalog.format('%I.%I', cn.nspname, co.collname)
         FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation) END,
       a.attnotnull, CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END, a.attidentity, a.attgenerated,
       pg_catalog.col_description(c.oid, a.attnum),
       pg_catalog.quote_ident(seq.schema) || '.' || pg_catalog.quote_ident(seq.relname),
       (SELECT CASE WHEN pg_catalog.bool_or(i.indisprimary) THEN '' ELSE pg_catalog.min(ic.relname) END
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
          AND NOT EXISTS (SELECT FROM pg_catalog.unnest(i.indkey) k JOIN pg_catalog.pg_attribute ka ON ka.attrelid = c.oid AND ka.attnum = k
                          WHERE NOT ka.attnotnull)),
       EXISTS (SELECT FROM pg_catalog.pg_attribute o WHERE o.attrelid = c.oid AND o.attname = $3 AND NOT o.attisdropped),
       pg_catalog.to_regclass(pg_catalog.format('%I.%I', n.nspname, $3)) IS NOT NULL,
       (SELECT pg_catalog.string_agg(pg_catalog.format('GRANT %s (%%s) ON %I.%I TO %s', g.privilege_type, n.nspname, c.relname,
                 CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END), pg_catalog.chr(1))
        FROM pg_catalog.aclexplode(a.attacl) g),
       (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(o.attname), ', ' ORDER BY o.attnum)
        FROM pg_catalog.pg_attribute o WHERE o.attrelid = c.oid AND o.attnum > 0 AND NOT o.attisdropped),
       EXISTS (SELECT FROM pg_catalog.pg_partitioned_table pt WHERE pt.partrelid = c.oid
               AND (a.attnum = ANY (pt.partattrs) OR pg_catalog.pg_get_partkeydef(c.oid) ~ ('\m' || pg_catalog.quote_ident(a.attname) || '\M')
                    AND pt.partexprs IS NOT NULL)),
       EXISTS (SELECT FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhrelid AND p.relkind NOT IN ('r')
               WHERE i.inhparent = c.oid AND c.relkind = 'p'),
       (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', pn.nspname, p.relname), pg_catalog.chr(1) ORDER BY p.oid)
        FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhrelid JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
        WHERE i.inhparent = c.oid AND c.relkind = 'p'),
       pg_catalog.current_schemas(false)::text[],
       (SELECT pg_catalog.concat_ws(' ', 'START WITH', s.seqstart, 'INCREMENT BY', s.seqincrement,
                 CASE WHEN NOT s.seqmin IN (1, -32768, -2147483648, -9223372036854775808) THEN 'MINVALUE ' || s.seqmin END,
                 CASE WHEN NOT s.seqmax IN (-1, 32767, 2147483647, 9223372036854775807) THEN 'MAXVALUE ' || s.seqmax END,
                 'CACHE', s.seqcache, CASE WHEN s.seqcycle THEN 'CYCLE' END)
        FROM pg_catalog.pg_sequence s WHERE s.seqrelid = seq.oid),
       seq.relname, seq.schema
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $2 AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN LATERAL (
  SELECT s.oid, s.relname, s.relacl, s.relowner, sn.nspname AS schema FROM pg_catalog.pg_depend dep
  JOIN pg_catalog.pg_class s ON s.oid = dep.objid AND s.relkind = 'S' JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
  WHERE dep.classid = 'pg_catalog.pg_class'::regclass AND dep.refobjid = c.oid AND dep.refobjsubid = a.attnum AND dep.deptype IN ('a', 'i') LIMIT 1
) seq ON true
WHERE c.oid = pg_catalog.to_regclass($1)
