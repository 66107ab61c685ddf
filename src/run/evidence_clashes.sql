-- Which of the tables $1 (schemas, '' = where a bare name is made), $2 (names) could not be made, since the name is taken: their places in the list.
SELECT t.n
FROM unnest(string_to_array($1, chr(1)), string_to_array($2, chr(1))) WITH ORDINALITY AS t (schema, name, n) -- string_to_array('') has no elements
     JOIN pg_catalog.pg_class AS c ON c.relname = t.name
WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident(COALESCE(NULLIF(t.schema, ''), pg_catalog.current_schema())))
ORDER BY t.n
