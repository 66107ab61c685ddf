-- A stand-in for pgvector, up to 0.8: what its users can name.  Run by CREATE EXTENSION on a throwaway server, in the extension's schema.

CREATE FUNCTION pg_temp.f(name text, args text, result text, symbol text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
	EXECUTE format('CREATE FUNCTION %I(%s) RETURNS %s AS ''brant_stand_in'', %L LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE',
		name, args, result, coalesce(symbol, name));
END
$f$;

CREATE TYPE vector;
CREATE TYPE halfvec;
CREATE TYPE sparsevec;

DO $$
DECLARE
	type text;
	name text;
BEGIN
	FOREACH type IN ARRAY ARRAY['vector', 'halfvec', 'sparsevec'] LOOP
		PERFORM pg_temp.f(type || '_in', 'cstring, oid, integer', type);
		PERFORM pg_temp.f(type || '_out', type, 'cstring');
		PERFORM pg_temp.f(type || '_typmod_in', 'cstring[]', 'integer');
		EXECUTE format('CREATE FUNCTION %1$s_recv(internal, oid, integer) RETURNS %1$s AS ''textrecv'' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE', type);
		EXECUTE format('CREATE FUNCTION %1$s_send(%1$s) RETURNS bytea AS ''textsend'' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE', type);
		EXECUTE format('CREATE TYPE %1$s (INPUT = %1$s_in, OUTPUT = %1$s_out, TYPMOD_IN = %1$s_typmod_in, RECEIVE = %1$s_recv, SEND = %1$s_send, STORAGE = external)', type);
		FOREACH name IN ARRAY ARRAY['l2_distance', 'inner_product', 'cosine_distance', 'l1_distance'] LOOP
			PERFORM pg_temp.f(name, concat_ws(', ', type, type), 'float8', type || '_' || name);
		END LOOP;
		FOREACH name IN ARRAY ARRAY['l2_squared_distance', 'negative_inner_product'] LOOP
			PERFORM pg_temp.f(type || '_' || name, concat_ws(', ', type, type), 'float8');
		END LOOP;
		FOREACH name IN ARRAY ARRAY['lt', 'le', 'eq', 'ne', 'ge', 'gt'] LOOP
			PERFORM pg_temp.f(type || '_' || name, concat_ws(', ', type, type), 'bool');
		END LOOP;
		PERFORM pg_temp.f(type || '_cmp', concat_ws(', ', type, type), 'int4');
		PERFORM pg_temp.f(CASE type WHEN 'vector' THEN 'vector_norm' ELSE 'l2_norm' END, type, 'float8', type || '_norm');
		PERFORM pg_temp.f('l2_normalize', type, type, type || '_l2_normalize');
		PERFORM pg_temp.f(type, type || ', integer, boolean', type);
		EXECUTE format('CREATE CAST (%1$s AS %1$s) WITH FUNCTION %1$s(%1$s, integer, boolean) AS IMPLICIT', type);
		FOREACH name IN ARRAY ARRAY['integer', 'real', 'double precision', 'numeric'] LOOP
			PERFORM pg_temp.f('array_to_' || type, name || '[], integer, boolean', type);
			EXECUTE format('CREATE CAST (%1$s[] AS %2$s) WITH FUNCTION array_to_%2$s(%1$s[], integer, boolean) AS ASSIGNMENT', name, type);
		END LOOP;
		EXECUTE format('CREATE FUNCTION stand_in_hash(%s) RETURNS integer AS ''brant_stand_in'' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE', type);
	END LOOP;
	FOREACH type IN ARRAY ARRAY['vector', 'halfvec'] LOOP
		PERFORM pg_temp.f('vector_dims', type, 'integer', type || '_dims');
		PERFORM pg_temp.f('binary_quantize', type, 'bit', type || '_binary_quantize');
		PERFORM pg_temp.f('subvector', type || ', integer, integer', type, type || '_subvector');
		FOREACH name IN ARRAY ARRAY['add', 'sub', 'mul', 'concat'] LOOP
			PERFORM pg_temp.f(type || '_' || name, concat_ws(', ', type, type), type);
		END LOOP;
		PERFORM pg_temp.f(type || '_spherical_distance', concat_ws(', ', type, type), 'float8');
		PERFORM pg_temp.f(type || '_accum', 'double precision[], ' || type, 'double precision[]');
		PERFORM pg_temp.f(type || '_avg', 'double precision[]', type);
		PERFORM pg_temp.f(type || '_combine', 'double precision[], double precision[]', 'double precision[]', 'vector_combine');
		EXECUTE format('CREATE AGGREGATE avg(%1$s) (SFUNC = %1$s_accum, STYPE = double precision[], FINALFUNC = %1$s_avg, COMBINEFUNC = %1$s_combine, INITCOND = ''{0}'', PARALLEL = SAFE)', type);
		EXECUTE format('CREATE AGGREGATE sum(%1$s) (SFUNC = %1$s_add, STYPE = %1$s, COMBINEFUNC = %1$s_add, PARALLEL = SAFE)', type);
		PERFORM pg_temp.f(type || '_to_float4', type || ', integer, boolean', 'real[]');
	END LOOP;
	PERFORM pg_temp.f('halfvec_to_vector', 'halfvec, integer, boolean', 'vector');
	PERFORM pg_temp.f('vector_to_halfvec', 'vector, integer, boolean', 'halfvec');
	PERFORM pg_temp.f('vector_to_sparsevec', 'vector, integer, boolean', 'sparsevec');
	PERFORM pg_temp.f('sparsevec_to_vector', 'sparsevec, integer, boolean', 'vector');
	PERFORM pg_temp.f('halfvec_to_sparsevec', 'halfvec, integer, boolean', 'sparsevec');
	PERFORM pg_temp.f('sparsevec_to_halfvec', 'sparsevec, integer, boolean', 'halfvec');
	PERFORM pg_temp.f('hamming_distance', 'bit, bit', 'float8');
	PERFORM pg_temp.f('jaccard_distance', 'bit, bit', 'float8');
	PERFORM pg_temp.f('stand_in_hash', 'bit', 'integer');
END
$$;

CREATE CAST (vector AS real[]) WITH FUNCTION vector_to_float4(vector, integer, boolean) AS IMPLICIT;
CREATE CAST (halfvec AS real[]) WITH FUNCTION halfvec_to_float4(halfvec, integer, boolean) AS ASSIGNMENT;
CREATE CAST (halfvec AS vector) WITH FUNCTION halfvec_to_vector(halfvec, integer, boolean) AS ASSIGNMENT;
CREATE CAST (vector AS halfvec) WITH FUNCTION vector_to_halfvec(vector, integer, boolean) AS IMPLICIT;
CREATE CAST (sparsevec AS vector) WITH FUNCTION sparsevec_to_vector(sparsevec, integer, boolean) AS ASSIGNMENT;
CREATE CAST (vector AS sparsevec) WITH FUNCTION vector_to_sparsevec(vector, integer, boolean) AS IMPLICIT;
CREATE CAST (sparsevec AS halfvec) WITH FUNCTION sparsevec_to_halfvec(sparsevec, integer, boolean) AS ASSIGNMENT;
CREATE CAST (halfvec AS sparsevec) WITH FUNCTION halfvec_to_sparsevec(halfvec, integer, boolean) AS IMPLICIT;

-- Operators.  Commutators that are not there yet are made as shells and filled in by their own turn.
DO $$
DECLARE
	type text;
	o record;
BEGIN
	FOREACH type IN ARRAY ARRAY['vector', 'halfvec', 'sparsevec'] LOOP
		FOR o IN SELECT * FROM (VALUES ('<->', 'l2_distance'), ('<#>', type || '_negative_inner_product'), ('<=>', 'cosine_distance'), ('<+>', 'l1_distance')) AS v (name, function) LOOP
			EXECUTE format('CREATE OPERATOR %1$s (LEFTARG = %2$s, RIGHTARG = %2$s, FUNCTION = %3$s, COMMUTATOR = %1$s)', o.name, type, o.function);
		END LOOP;
		FOR o IN SELECT * FROM (VALUES ('<', 'lt', '>', '>=', 'scalarlt'), ('<=', 'le', '>=', '>', 'scalarle'), ('=', 'eq', '=', '<>', 'eq'),
				('<>', 'ne', '<>', '=', 'eq'), ('>=', 'ge', '<=', '<', 'scalarge'), ('>', 'gt', '<', '<=', 'scalargt')) AS v (name, function, commutator, negator, selectivity) LOOP
			EXECUTE format('CREATE OPERATOR %1$s (LEFTARG = %2$s, RIGHTARG = %2$s, FUNCTION = %2$s_%3$s, COMMUTATOR = %4$s, NEGATOR = %5$s, RESTRICT = %6$ssel, JOIN = %6$sjoinsel)',
				o.name, type, o.function, o.commutator, o.negator, o.selectivity);
		END LOOP;
		EXECUTE format('CREATE OPERATOR CLASS %1$s_ops DEFAULT FOR TYPE %1$s USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 %1$s_cmp(%1$s, %1$s)', type);
		CONTINUE WHEN type = 'sparsevec';
		FOR o IN SELECT * FROM (VALUES ('+', 'add', ', COMMUTATOR = +'), ('-', 'sub', ''), ('*', 'mul', ', COMMUTATOR = *'), ('||', 'concat', '')) AS v (name, function, commutator) LOOP
			EXECUTE format('CREATE OPERATOR %1$s (LEFTARG = %2$s, RIGHTARG = %2$s, FUNCTION = %2$s_%3$s%4$s)', o.name, type, o.function, o.commutator);
		END LOOP;
	END LOOP;
END
$$;
CREATE OPERATOR <~> (LEFTARG = bit, RIGHTARG = bit, FUNCTION = hamming_distance, COMMUTATOR = <~>);
CREATE OPERATOR <%> (LEFTARG = bit, RIGHTARG = bit, FUNCTION = jaccard_distance, COMMUTATOR = <%>);

-- Index methods, whose indexes hold hashes here: they can be made and filled, and no query uses them.
CREATE FUNCTION hnswhandler(internal) RETURNS index_am_handler AS 'brant_stand_in' LANGUAGE C;
CREATE FUNCTION ivfflathandler(internal) RETURNS index_am_handler AS 'brant_stand_in' LANGUAGE C;
CREATE ACCESS METHOD hnsw TYPE INDEX HANDLER hnswhandler;
CREATE ACCESS METHOD ivfflat TYPE INDEX HANDLER ivfflathandler;
DO $$
DECLARE
	o record;
BEGIN
	FOR o IN SELECT *, CASE WHEN class = 'vector_l2' AND method = 'ivfflat' THEN 'DEFAULT ' END AS is_default
		FROM (VALUES ('vector_l2'), ('vector_ip'), ('vector_cosine'), ('vector_l1'), ('halfvec_l2'), ('halfvec_ip'), ('halfvec_cosine'), ('halfvec_l1'),
			('sparsevec_l2'), ('sparsevec_ip'), ('sparsevec_cosine'), ('sparsevec_l1'), ('bit_hamming'), ('bit_jaccard')) AS c (class),
			(VALUES ('hnsw'), ('ivfflat')) AS m (method)
		WHERE method = 'hnsw' OR class ~ '^(vector|halfvec)_(l2|ip|cosine)$|^bit_hamming$' LOOP
		EXECUTE format('CREATE OPERATOR CLASS %1$s_ops %2$sFOR TYPE %3$s USING %4$s AS FUNCTION 1 stand_in_hash(%3$s)',
			o.class, o.is_default, split_part(o.class, '_', 1), o.method);
	END LOOP;
END
$$;
DROP FUNCTION pg_temp.f(text, text, text, text);
