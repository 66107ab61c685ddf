-- A stand-in for PostGIS: its types, operators, the GiST operator classes, and the names of its functions.  Run by CREATE EXTENSION on a throwaway server.

CREATE FUNCTION pg_temp.f(name text, args text, result text, symbol text DEFAULT 'stand_in_nothing', flags text DEFAULT 'IMMUTABLE STRICT') RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
	EXECUTE format('CREATE FUNCTION %I(%s) RETURNS %s AS ''brant_stand_in'', %L LANGUAGE C %s PARALLEL SAFE', name, args, result, symbol, flags);
END
$f$;

CREATE TYPE geometry;
CREATE TYPE geography;
CREATE TYPE box2d;
CREATE TYPE box3d;
CREATE TYPE box2df;
CREATE TYPE gidx;
CREATE TYPE spheroid;
DO $$
DECLARE
	type text;
BEGIN
	FOREACH type IN ARRAY ARRAY['geometry', 'geography'] LOOP
		PERFORM pg_temp.f(type || '_in', CASE type WHEN 'geography' THEN 'cstring, oid, integer' ELSE 'cstring' END, type, type || '_in');
		PERFORM pg_temp.f(type || '_out', type, 'cstring', 'geometry_out');
		PERFORM pg_temp.f(type || '_typmod_in', 'cstring[]', 'integer', type || '_typmod_in');
		PERFORM pg_temp.f(type || '_typmod_out', 'integer', 'cstring', 'geometry_typmod_out');
		EXECUTE format('CREATE FUNCTION %1$s_recv(internal) RETURNS %1$s AS ''textrecv'' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE', type);
		EXECUTE format('CREATE FUNCTION %1$s_send(%1$s) RETURNS bytea AS ''textsend'' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE', type);
		EXECUTE format('CREATE TYPE %1$s (INTERNALLENGTH = variable, INPUT = %1$s_in, OUTPUT = %1$s_out, TYPMOD_IN = %1$s_typmod_in, TYPMOD_OUT = %1$s_typmod_out, '
			'RECEIVE = %1$s_recv, SEND = %1$s_send, DELIMITER = '':'', ALIGNMENT = double, STORAGE = main)', type);
		PERFORM pg_temp.f(type, type || ', integer, boolean', type, 'geometry_enforce_typmod');
		EXECUTE format('CREATE CAST (%1$s AS %1$s) WITH FUNCTION %1$s(%1$s, integer, boolean) AS IMPLICIT', type);
	END LOOP;
	FOREACH type IN ARRAY ARRAY['box2d', 'box3d', 'box2df', 'gidx', 'spheroid'] LOOP
		EXECUTE format('CREATE FUNCTION %1$s_in(cstring) RETURNS %1$s AS ''textin'' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE', type);
		EXECUTE format('CREATE FUNCTION %1$s_out(%1$s) RETURNS cstring AS ''textout'' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE', type);
		EXECUTE format('CREATE TYPE %1$s (INTERNALLENGTH = variable, INPUT = %1$s_in, OUTPUT = %1$s_out)', type);
	END LOOP;
END
$$;
CREATE TYPE geometry_dump AS (path integer[], geom geometry);
CREATE TYPE valid_detail AS (valid boolean, reason varchar, location geometry);

-- Casts.
DO $$
DECLARE
	c record;
BEGIN
	FOR c IN SELECT * FROM (VALUES
		('geometry', 'point', '', NULL), ('point', 'geometry', '', NULL), ('geometry', 'path', '', NULL), ('path', 'geometry', '', NULL),
		('geometry', 'polygon', '', NULL), ('polygon', 'geometry', '', NULL), ('geometry', 'box2d', 'IMPLICIT', NULL), ('geometry', 'box3d', 'IMPLICIT', NULL),
		('geometry', 'box', 'ASSIGNMENT', NULL), ('box3d', 'box2d', 'IMPLICIT', NULL), ('box2d', 'box3d', 'IMPLICIT', NULL), ('box2d', 'geometry', 'IMPLICIT', NULL),
		('box3d', 'box', 'IMPLICIT', NULL), ('box3d', 'geometry', 'IMPLICIT', NULL), ('text', 'geometry', 'IMPLICIT', 'geometry_from_text'),
		('geometry', 'text', 'IMPLICIT', 'geometry_itself'), ('bytea', 'geometry', 'IMPLICIT', NULL), ('geometry', 'bytea', 'IMPLICIT', NULL), ('geometry', 'json', '', NULL),
		('geometry', 'jsonb', '', NULL), ('bytea', 'geography', 'IMPLICIT', NULL), ('geography', 'bytea', 'IMPLICIT', NULL),
		('geometry', 'geography', 'IMPLICIT', 'geography_from_geometry'), ('geography', 'geometry', '', 'geometry_itself')) AS v (source, target, context, symbol) LOOP
		PERFORM pg_temp.f(c.target, c.source, c.target, coalesce(c.symbol, 'stand_in_nothing'));
		EXECUTE format('CREATE CAST (%1$s AS %2$s) WITH FUNCTION %2$I(%1$s) %3$s', c.source, c.target, 'AS ' || nullif(c.context, ''));
	END LOOP;
END
$$;

-- Comparison is that of the text.
DO $$
DECLARE
	type text;
	o record;
BEGIN
	FOREACH type IN ARRAY ARRAY['geometry', 'geography'] LOOP
		FOR o IN SELECT * FROM (VALUES ('<', 'lt', '>', 'bytealt'), ('<=', 'le', '>=', 'byteale'), ('=', 'eq', '=', 'byteaeq'), ('>=', 'ge', '<=', 'byteage'),
				('>', 'gt', '<', 'byteagt')) AS v (name, function, commutator, internal) LOOP
			EXECUTE format('CREATE FUNCTION %1$s_%2$s(%1$s, %1$s) RETURNS boolean AS %3$L LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE', type, o.function, o.internal);
			EXECUTE format('CREATE OPERATOR %1$s (LEFTARG = %2$s, RIGHTARG = %2$s, FUNCTION = %2$s_%3$s, COMMUTATOR = %4$s, RESTRICT = contsel, JOIN = contjoinsel)',
				o.name, type, o.function, o.commutator);
		END LOOP;
		EXECUTE format('CREATE FUNCTION %1$s_cmp(%1$s, %1$s) RETURNS integer AS ''byteacmp'' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE', type);
		EXECUTE format('CREATE OPERATOR CLASS btree_%1$s_ops DEFAULT FOR TYPE %1$s USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 %1$s_cmp(%1$s, %1$s)', type);
		EXECUTE format('CREATE FUNCTION %1$s_gist_consistent(internal, %1$s, integer) RETURNS boolean AS ''brant_stand_in'', ''stand_in_gist_consistent'' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE', type);
	END LOOP;
	CREATE FUNCTION geometry_hash(geometry) RETURNS integer AS 'brant_stand_in', 'stand_in_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
	CREATE OPERATOR CLASS hash_geometry_ops DEFAULT FOR TYPE geometry USING hash AS OPERATOR 1 =, FUNCTION 1 geometry_hash(geometry);
	FOR o IN SELECT * FROM (VALUES ('&&', 'overlaps', '&&'), ('~=', 'same', NULL), ('~', 'contains', '@'), ('@', 'within', '~'), ('>>', 'right', '<<'), ('<<', 'left', '>>'),
			('&<', 'overleft', NULL), ('|>>', 'above', '<<|'), ('<<|', 'below', '|>>'), ('&<|', 'overbelow', NULL), ('&>', 'overright', NULL), ('|&>', 'overabove', NULL),
			('&&&', 'overlaps_nd', '&&&'), ('@@', 'within_nd', '~~'), ('~~', 'contains_nd', '@@'), ('~~=', 'same_nd', '~~='), ('&/&', 'overlaps_3d', '&/&'),
			('<<@', 'contained_3d', '@>>'), ('@>>', 'contains_3d', '<<@'), ('~==', 'same_3d', '~==')) AS v (name, function, commutator) LOOP
		PERFORM pg_temp.f('geometry_' || o.function, 'geom1 geometry, geom2 geometry', 'boolean');
		EXECUTE format('CREATE OPERATOR %1$s (LEFTARG = geometry, RIGHTARG = geometry, FUNCTION = geometry_%2$s%3$s, RESTRICT = contsel, JOIN = contjoinsel)',
			o.name, o.function, ', COMMUTATOR = ' || o.commutator);
	END LOOP;
	FOR o IN SELECT * FROM (VALUES ('<->', 'distance_centroid'), ('<#>', 'distance_box'), ('<<->>', 'distance_centroid_nd'), ('|=|', 'distance_cpa')) AS v (name, function) LOOP
		PERFORM pg_temp.f('geometry_' || o.function, 'geometry, geometry', 'float8');
		EXECUTE format('CREATE OPERATOR %1$s (LEFTARG = geometry, RIGHTARG = geometry, FUNCTION = geometry_%2$s, COMMUTATOR = %1$s)', o.name, o.function);
	END LOOP;
	PERFORM pg_temp.f('geography_overlaps', 'geography, geography', 'boolean');
	CREATE OPERATOR && (LEFTARG = geography, RIGHTARG = geography, FUNCTION = geography_overlaps, COMMUTATOR = &&, RESTRICT = contsel, JOIN = contjoinsel);
	PERFORM pg_temp.f('geography_distance_knn', 'geography, geography', 'float8');
	CREATE OPERATOR <-> (LEFTARG = geography, RIGHTARG = geography, FUNCTION = geography_distance_knn, COMMUTATOR = <->);
	FOR o IN SELECT * FROM (VALUES ('gist_geometry_ops_2d', 'geometry', 'DEFAULT ', '&&'), ('gist_geometry_ops_nd', 'geometry', '', '&&&'), ('gist_geography_ops', 'geography', 'DEFAULT ', '&&')) AS v (name, type, is_default, operator) LOOP
		PERFORM pg_temp.f(o.name || '_compress', 'internal', 'internal', 'stand_in_gist_compress');
		EXECUTE format('CREATE OPERATOR CLASS %1$s %2$sFOR TYPE %3$s USING gist AS OPERATOR 3 %4$s, FUNCTION 1 %3$s_gist_consistent(internal, %3$s, integer), FUNCTION 2 gist_box_union(internal, internal), '
			'FUNCTION 3 %1$s_compress(internal), FUNCTION 5 gist_box_penalty(internal, internal, internal), FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal), STORAGE box',
			o.name, o.is_default, o.type, o.operator);
	END LOOP;
END
$$;

-- Functions: i(mmutable), s(table), v(olatile); strict: t, f.
DO $$
DECLARE
	g record;
	name text;
	symbol text;
BEGIN
	FOR g IN SELECT * FROM (VALUES
			('if', 'bool', 'text, text', 'coveredby covers intersects'),
			('if', 'bool', 'text, text, float8', 'dwithin'),
			('if', 'box2d', 'box2d, geometry', 'combinebbox'),
			('if', 'box2d', 'text, int DEFAULT NULL', 'box2dfromgeohash'),
			('if', 'box3d', 'box3d, box3d', 'combinebbox'),
			('if', 'box3d', 'box3d, geometry', 'combinebbox'),
			('if', 'bytea', 'geography, text', 'asbinary'),
			('if', 'bytea', 'geom geometry, prec int DEFAULT NULL, prec_z int DEFAULT NULL, prec_m int DEFAULT NULL, with_sizes bool DEFAULT NULL, with_boxes bool DEFAULT NULL', 'astwkb'),
			('if', 'bytea', 'geom geometry[], ids bigint[], prec int DEFAULT NULL, prec_z int DEFAULT NULL, prec_m int DEFAULT NULL, with_sizes bool DEFAULT NULL, with_boxes bool DEFAULT NULL', 'astwkb'),
			('if', 'geography', 'geog geography, distance float8, azimuth float8', 'project'),
			('if', 'geometry', 'g geometry, prec_x int, prec_y int DEFAULT NULL, prec_z int DEFAULT NULL, prec_m int DEFAULT NULL', 'quantizecoordinates'),
			('if', 'geometry', 'g geometry, tolerance float8 DEFAULT NULL, max_iter int DEFAULT 10000, fail_if_not_converged bool DEFAULT false', 'geometricmedian'),
			('if', 'geometry', 'g1 geometry, tolerance float8 DEFAULT 0.0, extend_to geometry DEFAULT NULL', 'voronoilines voronoipolygons'),
			('if', 'geometry', 'geom geometry, bounds box2d, extent int DEFAULT 4096, buffer int DEFAULT 256, clip_geom bool DEFAULT true', 'asmvtgeom'),
			('if', 'geometry', 'geom1 geometry, geom2 geometry', 'collect'),
			('if', 'geometry', 'geometry, float8, float8 DEFAULT NULL, bool DEFAULT false', 'filterbym'),
			('if', 'geometry', 'text, int DEFAULT NULL', 'geomfromgeohash pointfromgeohash'),
			('it', 'SETOF geometry', 'geom geometry, maxvertices int DEFAULT 256, gridsize float8 DEFAULT -1.0', 'subdivide'),
			('it', 'SETOF geometry_dump', 'geometry', 'dump dumppoints dumprings dumpsegments'),
			('it', 'SETOF record', 'size float8, bounds geometry, OUT geom geometry, OUT i int, OUT j int', 'hexagongrid squaregrid'),
			('it', 'bool', 'geog1 geography, geog2 geography', 'coveredby covers intersects'),
			('it', 'bool', 'geog1 geography, geog2 geography, tolerance float8, use_spheroid bool DEFAULT true', 'dwithin'),
			('it', 'bool', 'geom1 geometry, geom2 geometry', '3dintersects contains containsproperly coveredby covers crosses disjoint equals intersects overlaps touches within'),
			('it', 'bool', 'geom1 geometry, geom2 geometry, float8', '3ddfullywithin 3ddwithin dfullywithin dwithin'),
			('it', 'bool', 'geom1 geometry, geom2 geometry, text', 'relate'),
			('it', 'bool', 'geometry', 'isclosed iscollection isempty ispolygonccw ispolygoncw isring issimple isvalid'),
			('it', 'bool', 'geometry geometry', 'hasarc'),
			('it', 'bool', 'geometry, float8, float8, float8', 'pointinsidecircle'),
			('it', 'bool', 'geometry, geometry, float8', 'cpawithin'),
			('it', 'bool', 'geometry, int', 'isvalid'),
			('it', 'bool', 'text, text', 'relatematch'),
			('it', 'box2d', 'box box2d, dx float8, dy float8', 'expand'),
			('it', 'box2d', 'box2d, float8', 'expand'),
			('it', 'box2d', 'geom1 geometry, geom2 geometry', 'makebox2d'),
			('it', 'box3d', 'box box3d, dx float8, dy float8, dz float8 DEFAULT 0', 'expand'),
			('it', 'box3d', 'box3d, float8', 'expand'),
			('it', 'box3d', 'geom1 geometry, geom2 geometry', '3dmakebox'),
			('it', 'bytea', 'geography', 'asbinary'),
			('it', 'bytea', 'geometry', 'asbinary asewkb'),
			('it', 'bytea', 'geometry, text', 'asbinary asewkb'),
			('it', 'float8', 'box3d', 'xmax xmin ymax ymin zmax zmin'),
			('it', 'float8', 'geog geography, use_spheroid bool DEFAULT true', 'area length perimeter'),
			('it', 'float8', 'geog1 geography, geog2 geography', 'azimuth'),
			('it', 'float8', 'geog1 geography, geog2 geography, use_spheroid bool DEFAULT true', 'distance'),
			('it', 'float8', 'geom1 geometry, geom2 geometry', '3ddistance 3dmaxdistance azimuth distance distancesphere distancespheroid hausdorffdistance linelocatepoint maxdistance'),
			('it', 'float8', 'geom1 geometry, geom2 geometry, float8', 'hausdorffdistance'),
			('it', 'float8', 'geom1 geometry, geom2 geometry, float8 DEFAULT -1', 'frechetdistance'),
			('it', 'float8', 'geom1 geometry, geom2 geometry, radius float8', 'distancesphere'),
			('it', 'float8', 'geom1 geometry, geom2 geometry, spheroid', 'distancespheroid'),
			('it', 'float8', 'geometry', '3dlength 3dperimeter area area2d length length2d m minimumclearance perimeter perimeter2d x y z'),
			('it', 'float8', 'geometry, geometry', 'closestpointofapproach distancecpa'),
			('it', 'float8', 'geometry, spheroid', 'length2dspheroid lengthspheroid'),
			('it', 'float8', 'line geometry, point geometry', 'interpolatepoint'),
			('it', 'float8', 'line1 geometry, line2 geometry', 'angle'),
			('it', 'float8', 'pt1 geometry, pt2 geometry, pt3 geometry, pt4 geometry DEFAULT ''0101000000000000000000F87F000000000000F87F''::geometry', 'angle'),
			('it', 'float8', 'text', 'area length'),
			('it', 'float8', 'text, text', 'distance'),
			('it', 'geography', 'bytea', 'geogfromwkb'),
			('it', 'geography', 'geog geography, max_segment_length float8', 'segmentize'),
			('it', 'geography', 'geog geography, srid int', 'setsrid'),
			('it', 'geography', 'geography, float8', 'buffer'),
			('it', 'geography', 'geography, float8, int', 'buffer'),
			('it', 'geography', 'geography, float8, text', 'buffer'),
			('it', 'geography', 'geography, geography', 'intersection'),
			('it', 'geography', 'geography, use_spheroid bool DEFAULT true', 'centroid'),
			('it', 'geography', 'text', 'geogfromtext geographyfromtext'),
			('it', 'geometry', 'area geometry, npoints int, seed int', 'generatepoints'),
			('it', 'geometry', 'bytea', 'geomcollfromwkb geomfromewkb geomfromtwkb geomfromwkb linefromwkb linestringfromwkb mlinefromwkb mpointfromwkb mpolyfromwkb multilinefromwkb multipointfromwkb multipolyfromwkb pointfromwkb polyfromwkb polygonfromwkb'),
			('it', 'geometry', 'bytea, int', 'geomcollfromwkb geomfromwkb linefromwkb linestringfromwkb mlinefromwkb mpointfromwkb mpolyfromwkb multipointfromwkb multipolyfromwkb pointfromwkb polyfromwkb polygonfromwkb'),
			('it', 'geometry', 'float8, float8', 'makepoint point'),
			('it', 'geometry', 'float8, float8, float8', 'makepoint makepointm'),
			('it', 'geometry', 'float8, float8, float8, float8', 'makepoint'),
			('it', 'geometry', 'float8, float8, float8, float8, int DEFAULT 0', 'makeenvelope'),
			('it', 'geometry', 'float8, float8, srid int', 'point'),
			('it', 'geometry', 'g geometry', 'node'),
			('it', 'geometry', 'g1 geometry', 'triangulatepolygon'),
			('it', 'geometry', 'g1 geometry, tolerance float8 DEFAULT 0.0, flags int DEFAULT 0', 'delaunaytriangles'),
			('it', 'geometry', 'geom geometry', 'normalize'),
			('it', 'geometry', 'geom geometry, box box2d', 'clipbybox2d'),
			('it', 'geometry', 'geom geometry, dx float8, dy float8, dz float8 DEFAULT 0, dm float8 DEFAULT 0', 'expand'),
			('it', 'geometry', 'geom geometry, fits bool DEFAULT false', 'boundingdiagonal'),
			('it', 'geometry', 'geom geometry, from_proj text, to_proj text', 'transform'),
			('it', 'geometry', 'geom geometry, from_proj text, to_srid int', 'transform'),
			('it', 'geometry', 'geom geometry, gridsize float8', 'reduceprecision'),
			('it', 'geometry', 'geom geometry, mvalue float8 DEFAULT 0.0', 'force3dm'),
			('it', 'geometry', 'geom geometry, params text', 'makevalid'),
			('it', 'geometry', 'geom geometry, radius float8, options text DEFAULT ''''', 'buffer'),
			('it', 'geometry', 'geom geometry, radius float8, quadsegs int', 'buffer'),
			('it', 'geometry', 'geom geometry, srid int', 'setsrid'),
			('it', 'geometry', 'geom geometry, to_proj text', 'transform'),
			('it', 'geometry', 'geom geometry, tol float8 DEFAULT 32, toltype int DEFAULT 0, flags int DEFAULT 0', 'curvetoline'),
			('it', 'geometry', 'geom geometry, tolerance float8 DEFAULT 0.0', 'removerepeatedpoints'),
			('it', 'geometry', 'geom geometry, vertex_fraction float8, is_outer bool DEFAULT true', 'simplifypolygonhull'),
			('it', 'geometry', 'geom geometry, wrap float8, move float8', 'wrapx'),
			('it', 'geometry', 'geom geometry, zvalue float8 DEFAULT 0.0', 'force3d force3dz'),
			('it', 'geometry', 'geom geometry, zvalue float8 DEFAULT 0.0, mvalue float8 DEFAULT 0.0', 'force4d'),
			('it', 'geometry', 'geom1 geometry, geom2 geometry', '3dclosestpoint 3dlongestline 3dshortestline addpoint closestpoint longestline makeline sharedpaths shortestline split union'),
			('it', 'geometry', 'geom1 geometry, geom2 geometry, float8', 'snap'),
			('it', 'geometry', 'geom1 geometry, geom2 geometry, float8, float8, float8, float8', 'snaptogrid'),
			('it', 'geometry', 'geom1 geometry, geom2 geometry, gridsize float8', 'union'),
			('it', 'geometry', 'geom1 geometry, geom2 geometry, gridsize float8 DEFAULT -1', 'intersection'),
			('it', 'geometry', 'geom1 geometry, geom2 geometry, gridsize float8 DEFAULT -1.0', 'difference symdifference'),
			('it', 'geometry', 'geom1 geometry, geom2 geometry, int', 'addpoint'),
			('it', 'geometry', 'geometry', 'boundary buildarea centroid cleangeometry collectionextract collectionhomogenize convexhull endpoint envelope exteriorring flipcoordinates force2d forcecollection forcecurve forcepolygonccw forcepolygoncw forcerhr forcesfs linefrommultipoint linemerge makepolygon makevalid minimumclearanceline multi orientedenvelope pointonsurface points reverse shiftlongitude startpoint'),
			('it', 'geometry', 'geometry geometry', 'linetocurve'),
			('it', 'geometry', 'geometry geometry, fromelevation float8, toelevation float8', 'locatebetweenelevations'),
			('it', 'geometry', 'geometry geometry, frommeasure float8, tomeasure float8, leftrightoffset float8 DEFAULT 0.0', 'locatebetween'),
			('it', 'geometry', 'geometry geometry, measure float8, leftrightoffset float8 DEFAULT 0.0', 'locatealong'),
			('it', 'geometry', 'geometry, bool', 'linemerge'),
			('it', 'geometry', 'geometry, float8', '3dlineinterpolatepoint expand lineinterpolatepoint rotate rotatex rotatey rotatez segmentize simplify simplifypreservetopology simplifyvw snaptogrid'),
			('it', 'geometry', 'geometry, float8 DEFAULT -1, int DEFAULT 1', 'seteffectivearea'),
			('it', 'geometry', 'geometry, float8, bool', 'simplify'),
			('it', 'geometry', 'geometry, float8, float8', 'addmeasure linesubstring scale snaptogrid translate'),
			('it', 'geometry', 'geometry, float8, float8, float8', 'rotate scale translate'),
			('it', 'geometry', 'geometry, float8, float8, float8, float8', 'snaptogrid'),
			('it', 'geometry', 'geometry, float8, float8, float8, float8, float8, float8', 'affine'),
			('it', 'geometry', 'geometry, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8', 'affine'),
			('it', 'geometry', 'geometry, float8, geometry', 'rotate'),
			('it', 'geometry', 'geometry, float8, repeat bool DEFAULT true', 'lineinterpolatepoints'),
			('it', 'geometry', 'geometry, geometry', 'scale scroll'),
			('it', 'geometry', 'geometry, geometry, origin geometry', 'scale'),
			('it', 'geometry', 'geometry, geometry[]', 'makepolygon'),
			('it', 'geometry', 'geometry, gridsize float8 DEFAULT -1.0', 'unaryunion'),
			('it', 'geometry', 'geometry, int', 'collectionextract geometryn interiorringn patchn pointn polygon removepoint transform'),
			('it', 'geometry', 'geometry, int DEFAULT 1, bool DEFAULT false', 'chaikinsmoothing'),
			('it', 'geometry', 'geometry, int, geometry', 'setpoint'),
			('it', 'geometry', 'geometry, version text', 'forcesfs'),
			('it', 'geometry', 'geometry[]', 'collect makeline polygonize union'),
			('it', 'geometry', 'inputgeom geometry, segs_per_quarter int DEFAULT 48', 'minimumboundingcircle'),
			('it', 'geometry', 'json', 'geomfromgeojson'),
			('it', 'geometry', 'jsonb', 'geomfromgeojson'),
			('it', 'geometry', 'line geometry, distance float8, params text DEFAULT ''''', 'offsetcurve'),
			('it', 'geometry', 'param_geom geometry, param_pctconvex float8, param_allow_holes bool DEFAULT false', 'concavehull'),
			('it', 'geometry', 'size float8, cell_i int, cell_j int, origin geometry DEFAULT ''010100000000000000000000000000000000000000''::geometry', 'hexagon square'),
			('it', 'geometry', 'text', 'centroid geomcollfromtext geometryfromtext geomfromewkt geomfromgeojson geomfromtext linefromtext mlinefromtext mpointfromtext mpolyfromtext multilinestringfromtext multipointfromtext multipolygonfromtext pointfromtext polyfromtext polygonfromtext'),
			('it', 'geometry', 'text, float8', 'buffer'),
			('it', 'geometry', 'text, float8, int', 'buffer'),
			('it', 'geometry', 'text, float8, text', 'buffer'),
			('it', 'geometry', 'text, int', 'geomcollfromtext geometryfromtext geomfromtext linefromtext mlinefromtext mpointfromtext mpolyfromtext multilinestringfromtext multipolygonfromtext pointfromtext polyfromtext polygonfromtext'),
			('it', 'geometry', 'text, text', 'intersection'),
			('it', 'geometry', 'txtin text, nprecision int DEFAULT 5', 'linefromencodedpolyline'),
			('it', 'geometry', 'xcoordinate float8, ycoordinate float8, mcoordinate float8, srid int DEFAULT 0', 'pointm'),
			('it', 'geometry', 'xcoordinate float8, ycoordinate float8, zcoordinate float8, mcoordinate float8, srid int DEFAULT 0', 'pointzm'),
			('it', 'geometry', 'xcoordinate float8, ycoordinate float8, zcoordinate float8, srid int DEFAULT 0', 'pointz'),
			('it', 'geometry', 'zoom int, x int, y int, bounds geometry DEFAULT ''0102000020110F00000200000093107C45F81B73C193107C45F81B73C193107C45F81B734193107C45F81B7341''::geometry, margin float8 DEFAULT 0.0', 'tileenvelope'),
			('it', 'geometry[]', 'geometry[]', 'clusterintersecting'),
			('it', 'geometry[]', 'geometry[], float8', 'clusterwithin'),
			('it', 'int', 'geog geography', 'srid'),
			('it', 'int', 'geom geometry', 'srid'),
			('it', 'int', 'geometry', 'dimension memsize npoints nrings numgeometries numinteriorring numinteriorrings numpatches numpoints'),
			('it', 'int', 'line1 geometry, line2 geometry', 'linecrossingdirection'),
			('it', 'record', 'geometry, OUT center geometry, OUT nearest geometry, OUT radius float8', 'maximuminscribedcircle'),
			('it', 'record', 'geometry, OUT center geometry, OUT radius float8', 'minimumboundingradius'),
			('it', 'smallint', 'geometry', 'ndims zmflag'),
			('it', 'smallint', 'geometry geometry', 'coorddim'),
			('it', 'text', 'geog geography, maxchars int DEFAULT 0', 'geohash'),
			('it', 'text', 'geog geography, maxdecimaldigits int DEFAULT 9, options int DEFAULT 0', 'asgeojson'),
			('it', 'text', 'geog geography, rel int DEFAULT 0, maxdecimaldigits int DEFAULT 15', 'assvg'),
			('it', 'text', 'geography', 'asewkt astext summary'),
			('it', 'text', 'geography, int', 'asewkt astext'),
			('it', 'text', 'geom geometry, maxchars int DEFAULT 0', 'geohash'),
			('it', 'text', 'geom geometry, maxdecimaldigits int DEFAULT 9, options int DEFAULT 8', 'asgeojson'),
			('it', 'text', 'geom geometry, nprecision int DEFAULT 5', 'asencodedpolyline'),
			('it', 'text', 'geom geometry, rel int DEFAULT 0, maxdecimaldigits int DEFAULT 15', 'assvg'),
			('it', 'text', 'geom1 geometry, geom2 geometry', 'relate'),
			('it', 'text', 'geom1 geometry, geom2 geometry, int', 'relate'),
			('it', 'text', 'geometry', 'asewkt ashexewkb astext geometrytype isvalidreason summary'),
			('it', 'text', 'geometry, int', 'asewkt astext isvalidreason'),
			('it', 'text', 'geometry, text', 'ashexewkb'),
			('it', 'text', 'text', 'asewkt asgeojson assvg astext'),
			('it', 'valid_detail', 'geom geometry, flags int DEFAULT 0', 'isvaliddetail'),
			('it', 'void', 'text, text, bytea', 'fromflatgeobuftotable'),
			('st', 'box2d', 'text, text', 'estimatedextent findextent'),
			('st', 'box2d', 'text, text, text', 'estimatedextent findextent'),
			('st', 'box2d', 'text, text, text, bool', 'estimatedextent'),
			('st', 'text', 'r record, geom_column text DEFAULT '''', maxdecimaldigits int DEFAULT 9, pretty_bool bool DEFAULT false', 'asgeojson'),
			('vf', 'geometry', 'geom1 geometry, geom2 geometry', 'symmetricdifference'),
			('vt', 'geometry', 'area geometry, npoints int', 'generatepoints')) AS v (flags, result, args, names) LOOP
		FOREACH name IN ARRAY string_to_array(g.names, ' ') LOOP
			symbol := CASE
				WHEN g.result = 'geography' AND name IN ('geogfromtext', 'geographyfromtext') THEN 'geography_from_text'
				WHEN g.result = 'geometry' AND g.args ~ '^text(, int)?$' AND name ~ '^(geomfromtext|geometryfromtext|geomfromewkt|(point|line|poly|polygon|mpoint|mline|mpoly|multipoint|multilinestring|multipolygon|geomcoll)fromtext)$' THEN 'geometry_from_text'
				WHEN name = 'makepointm' THEN 'geometry_make_point_m'
				WHEN name IN ('makepoint', 'point') AND g.args ~ '^float8(, float8)+$' THEN 'geometry_make_point'
				WHEN name = 'point' AND g.args ~ 'srid' THEN 'geometry_point_with_srid'
				WHEN name = 'setsrid' THEN 'geometry_set_srid'
				WHEN name = 'srid' THEN 'geometry_srid'
				WHEN name IN ('x', 'y', 'z', 'm') AND g.args = 'geometry' THEN 'geometry_' || name
				ELSE 'stand_in_nothing' END;
			PERFORM pg_temp.f('st_' || name, g.args, g.result, symbol,
				CASE left(g.flags, 1) WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END || CASE WHEN g.flags LIKE '%t' THEN ' STRICT' ELSE '' END);
		END LOOP;
	END LOOP;
	FOR g IN SELECT * FROM (VALUES ('extent', 'geometry', 'box2d'), ('3dextent', 'geometry', 'box3d'), ('memcollect', 'geometry', 'geometry'), ('memunion', 'geometry', 'geometry'),
			('union', 'geometry', 'geometry'), ('union', 'geometry, gridsize float8', 'geometry'), ('collect', 'geometry', 'geometry'), ('clusterintersecting', 'geometry', 'geometry[]'),
			('clusterwithin', 'geometry, float8', 'geometry[]'), ('polygonize', 'geometry', 'geometry'), ('makeline', 'geometry', 'geometry'), ('asmvt', 'anyelement', 'bytea'),
			('asmvt', 'anyelement, text', 'bytea'), ('asmvt', 'anyelement, text, integer', 'bytea'), ('asmvt', 'anyelement, text, integer, text', 'bytea'),
			('asmvt', 'anyelement, text, integer, text, text', 'bytea')) AS v (name, args, result) LOOP
		PERFORM pg_temp.f('stand_in_' || g.name, concat_ws(', ', g.result, g.args), g.result, 'stand_in_nothing', 'IMMUTABLE');
		EXECUTE format('CREATE AGGREGATE st_%1$s(%2$s) (SFUNC = stand_in_%1$s, STYPE = %3$s, PARALLEL = SAFE)', g.name, g.args, g.result);
	END LOOP;
	PERFORM pg_temp.f('geometrytype', type, 'text') FROM unnest(ARRAY['geometry', 'geography']) AS type;
	PERFORM pg_temp.f('find_srid', 'varchar, varchar, varchar', 'integer', 'stand_in_nothing', 'STABLE STRICT');
END
$$;
CREATE FUNCTION postgis_version() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '3.5 USE_GEOS=1 USE_PROJ=1 USE_STATS=1' $$;
CREATE FUNCTION postgis_lib_version() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '3.5.0' $$;
CREATE FUNCTION postgis_full_version() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'POSTGIS="3.5.0" (a stand-in)' $$;
CREATE FUNCTION postgis_extensions_upgrade() RETURNS text LANGUAGE sql AS $$ SELECT 'Upgrade completed, run SELECT postgis_full_version(); for details' $$;

CREATE FUNCTION addgeometrycolumn(catalog_name varchar, schema_name varchar, table_name varchar, column_name varchar, new_srid_in integer, new_type varchar,
	new_dim integer, use_typmod boolean DEFAULT true) RETURNS text LANGUAGE plpgsql STRICT AS $$
BEGIN
	EXECUTE format('ALTER TABLE %s%I ADD COLUMN %I geometry(%s%s, %s)', quote_ident(nullif(schema_name, '')) || '.', table_name, column_name, new_type,
		CASE WHEN new_type ~* 'zm?$|m$' THEN '' ELSE (ARRAY['', 'Z', 'ZM'])[new_dim - 1] END, greatest(new_srid_in, 0));
	RETURN format('%s.%s.%s SRID:%s TYPE:%s DIMS:%s ', coalesce(nullif(schema_name, ''), current_schema()), table_name, column_name, new_srid_in, new_type, new_dim);
END
$$;
DO $$
BEGIN
	EXECUTE format('CREATE FUNCTION addgeometrycolumn(schema_name varchar, table_name varchar, column_name varchar, new_srid integer, new_type varchar, new_dim integer, use_typmod boolean DEFAULT true) RETURNS text LANGUAGE sql STRICT AS %L',
		format('SELECT %I.addgeometrycolumn('''', $1, $2, $3, $4, $5, $6, $7)', current_schema()));
	EXECUTE format('CREATE FUNCTION addgeometrycolumn(table_name varchar, column_name varchar, new_srid integer, new_type varchar, new_dim integer, use_typmod boolean DEFAULT true) RETURNS text LANGUAGE sql STRICT AS %L',
		format('SELECT %I.addgeometrycolumn('''', '''', $1, $2, $3, $4, $5, $6)', current_schema()));
END
$$;
CREATE FUNCTION dropgeometrycolumn(table_name varchar, column_name varchar) RETURNS text LANGUAGE plpgsql STRICT AS $$
BEGIN
	EXECUTE format('ALTER TABLE %I DROP COLUMN %I', table_name, column_name);
	RETURN format('%s.%s effectively removed.', table_name, column_name);
END
$$;
CREATE FUNCTION dropgeometrycolumn(schema_name varchar, table_name varchar, column_name varchar) RETURNS text LANGUAGE plpgsql STRICT AS $$
BEGIN
	EXECUTE format('ALTER TABLE %I.%I DROP COLUMN %I', schema_name, table_name, column_name);
	RETURN format('%s.%s.%s effectively removed.', schema_name, table_name, column_name);
END
$$;

CREATE TABLE spatial_ref_sys (
	srid integer NOT NULL PRIMARY KEY CHECK (srid > 0 AND srid <= 998999),
	auth_name varchar(256),
	auth_srid integer,
	srtext varchar(2048),
	proj4text varchar(2048)
);
INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid) SELECT srid, 'EPSG', srid FROM unnest(ARRAY[4326, 3857, 4269, 4258, 3035]) AS srid;
GRANT SELECT ON spatial_ref_sys TO PUBLIC;
CREATE VIEW geometry_columns AS
	SELECT current_database()::varchar(256) AS f_table_catalog, n.nspname AS f_table_schema, c.relname AS f_table_name, a.attname AS f_geometry_column,
		2 + (a.atttypmod >> 1 & 1) + (a.atttypmod & 1) AS coord_dimension, greatest(a.atttypmod >> 8, 0) AS srid,
		coalesce(upper(substring(format_type(a.atttypid, a.atttypmod) FROM '\((\w+?)Z?M?[,)]')), 'GEOMETRY')::varchar(30) AS type
	FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE a.atttypid = 'geometry'::regtype AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT pg_is_other_temp_schema(c.relnamespace);
CREATE VIEW geography_columns AS
	SELECT current_database() AS f_table_catalog, n.nspname AS f_table_schema, c.relname AS f_table_name, a.attname AS f_geography_column,
		2 + (a.atttypmod >> 1 & 1) + (a.atttypmod & 1) AS coord_dimension, greatest(a.atttypmod >> 8, 0) AS srid,
		coalesce(substring(format_type(a.atttypid, a.atttypmod) FROM '\((\w+?)Z?M?[,)]'), 'Geometry') AS type
	FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE a.atttypid = 'geography'::regtype AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT pg_is_other_temp_schema(c.relnamespace);
GRANT SELECT ON geometry_columns, geography_columns TO PUBLIC;
DROP FUNCTION pg_temp.f(text, text, text, text, text);
