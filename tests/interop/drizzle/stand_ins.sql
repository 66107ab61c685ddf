-- Types and index methods that look like those of vector and postgis, which not every machine has: enough to see what DDL makes of them.
CREATE FUNCTION pg_temp.stand_in(type text, typmod_in text) RETURNS void LANGUAGE plpgsql AS $stand_in$
BEGIN
	EXECUTE format($$CREATE TYPE %1$I;
		CREATE FUNCTION %1$s_in(cstring) RETURNS %1$I AS 'textin' LANGUAGE internal IMMUTABLE STRICT;
		CREATE FUNCTION %1$s_out(%1$I) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
		CREATE FUNCTION %1$s_typmod_in(cstring[]) RETURNS int4 %2$s IMMUTABLE STRICT;
		CREATE FUNCTION %1$s_typmod_out(int4) RETURNS cstring AS 'bittypmodout' LANGUAGE internal IMMUTABLE STRICT;
		CREATE TYPE %1$I (INPUT = %1$s_in, OUTPUT = %1$s_out, TYPMOD_IN = %1$s_typmod_in, TYPMOD_OUT = %1$s_typmod_out, LIKE = text);
		CREATE FUNCTION %1$s_hash(%1$I) RETURNS int4 AS 'hashtext' LANGUAGE internal IMMUTABLE STRICT;
		CREATE FUNCTION %1$s_eq(%1$I, %1$I) RETURNS bool AS 'texteq' LANGUAGE internal IMMUTABLE STRICT;
		CREATE OPERATOR = (LEFTARG = %1$I, RIGHTARG = %1$I, FUNCTION = %1$s_eq)$$, type, typmod_in);
END $stand_in$;
SELECT pg_temp.stand_in(type, $$AS 'bittypmodin' LANGUAGE internal$$) FROM unnest(ARRAY['vector', 'halfvec', 'sparsevec']) AS type;
SELECT pg_temp.stand_in('geometry', $$LANGUAGE sql AS 'SELECT CASE lower($1[1]::text) WHEN ''point'' THEN 10000 ELSE 20000 END + COALESCE($1[2]::text, ''0'')::int'$$);
CREATE ACCESS METHOD hnsw TYPE INDEX HANDLER hashhandler;
CREATE ACCESS METHOD ivfflat TYPE INDEX HANDLER hashhandler;
CREATE OPERATOR CLASS vector_l2_ops DEFAULT FOR TYPE vector USING hnsw AS OPERATOR 1 =, FUNCTION 1 vector_hash(vector);
CREATE OPERATOR CLASS vector_cosine_ops FOR TYPE vector USING hnsw AS OPERATOR 1 =, FUNCTION 1 vector_hash(vector);
CREATE OPERATOR CLASS vector_ip_ops DEFAULT FOR TYPE vector USING ivfflat AS OPERATOR 1 =, FUNCTION 1 vector_hash(vector);
CREATE OPERATOR CLASS halfvec_l2_ops DEFAULT FOR TYPE halfvec USING hnsw AS OPERATOR 1 =, FUNCTION 1 halfvec_hash(halfvec);
