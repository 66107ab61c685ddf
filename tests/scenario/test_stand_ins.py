"""Extensions that this machine lacks: what takes their place on a throwaway server, and what is told."""
import json
import re

NOTE = "a stand-in took its place"



HISTORY = """
CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA extensions;
CREATE TABLE docs (
    id integer PRIMARY KEY,
    embedding vector(3) DEFAULT '[1, 2.50,3e0]',
    half extensions.halfvec(2),
    sparse sparsevec(5) DEFAULT '{3:1, 1:2}/5',
    bits bit(8),
    CHECK (vector_dims(embedding) = 3),
    CONSTRAINT near CHECK (embedding <-> '[0,0,0]' < 100)
);
CREATE INDEX by_cosine ON docs USING hnsw (embedding vector_cosine_ops) WITH (m = 24, ef_construction = 128);
DO $$ BEGIN EXECUTE 'CREATE INDEX by_list ON docs USING ivfflat (embedding) WITH (lists = ' || 100 || ')'; END $$;
CREATE INDEX by_bits ON docs USING hnsw (bits bit_hamming_ops);
CREATE INDEX by_half ON docs USING hnsw ((embedding::halfvec(3)) halfvec_ip_ops);
INSERT INTO docs VALUES (1, '[1,2,3]', null, default, '10101010'), (2, '[2,4,6]', null, null, null);
CREATE VIEW close AS SELECT id, 1 - (embedding <=> '[1,1,1]') AS similarity FROM docs;
CREATE FUNCTION matching(query vector(3), n int DEFAULT 5) RETURNS TABLE (id int, similarity float) LANGUAGE sql STABLE
AS $$ SELECT docs.id, 1 - (docs.embedding <=> query) FROM docs ORDER BY docs.embedding <=> query LIMIT n $$;
CREATE TABLE means AS SELECT avg(embedding) AS mean, sum(half) AS total FROM docs;
ALTER EXTENSION vector UPDATE;
COMMENT ON EXTENSION vector IS 'ours';
"""

# To the letter what pgvector 0.8 leads to.
MADE = """
CREATE TABLE public.docs (
	id integer NOT NULL,
	embedding extensions.vector(3) DEFAULT '[1,2.5,3]'::extensions.vector,
	half extensions.halfvec(2),
	sparse extensions.sparsevec(5) DEFAULT '{1:2,3:1}/5'::extensions.sparsevec,
	bits bit(8),
	CONSTRAINT docs_embedding_check CHECK ((extensions.vector_dims(embedding) = 3)),
	CONSTRAINT docs_pkey PRIMARY KEY (id),
	CONSTRAINT near CHECK (((embedding OPERATOR(extensions.<->) '[0,0,0]'::extensions.vector) < (100)::double precision))
);

CREATE INDEX by_bits ON public.docs USING hnsw (bits extensions.bit_hamming_ops);
CREATE INDEX by_cosine ON public.docs USING hnsw (embedding extensions.vector_cosine_ops) WITH (m='24', ef_construction='128');
CREATE INDEX by_half ON public.docs USING hnsw (((embedding)::extensions.halfvec(3)) extensions.halfvec_ip_ops);
CREATE INDEX by_list ON public.docs USING ivfflat (embedding) WITH (lists='100');
"""


PLACES = """
CREATE EXTENSION postgis;
CREATE TABLE places (
    id integer PRIMARY KEY, lng float8, lat float8,
    p geometry(point, 4326) GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lng, lat), 4326)) STORED,
    g geography(POINT) DEFAULT 'POINT(-71 42.1)',
    area geometry(MultiPolygonZ, 3857) DEFAULT 'SRID=3857;MULTIPOLYGON Z(((0 0 0, 0 1 0, 1 1 0, 0 0 0)))',
    CHECK (ST_SRID(p) = 4326),
    EXCLUDE USING gist (area WITH &&)
);
INSERT INTO places (id, lng, lat) VALUES (1, ST_X(ST_GeomFromText('POINT(1 2)', 4326)), 52.5);
INSERT INTO places (id, lng, lat, area) VALUES (2, 13.4, 1, NULL);
CREATE INDEX by_place ON places USING gist (p);
CREATE INDEX by_far ON places USING gist (ST_Transform(p, 3857)) WHERE p IS NULL;
CREATE VIEW near AS SELECT a.id, ST_AsGeoJSON(a.p)::jsonb AS found FROM places a JOIN places b ON ST_DWithin(a.g, b.g, 100) AND a.p && b.p ORDER BY a.g <-> b.g;
"""

# To the letter what PostGIS 3.3 leads to.
PLACES_MADE = """
	p public.geometry(Point,4326) GENERATED ALWAYS AS (public.st_setsrid(public.st_makepoint(lng, lat), 4326)) STORED,
	g public.geography(Point,4326) DEFAULT '0101000020E61000000000000000C051C0CDCCCCCCCC0C4540'::public.geography,
	area public.geometry(MultiPolygonZ,3857) DEFAULT '01060000A0110F000001000000010300008001000000040000000000000000000000000000000000000000000000000000000000000000000000000000000000F03F0000000000000000000000000000F03F000000000000F03F0000000000000000000000000000000000000000000000000000000000000000'::public.geometry,
	CONSTRAINT places_area_excl EXCLUDE USING gist (area WITH OPERATOR(public.&&)),
	CONSTRAINT places_p_check CHECK ((public.st_srid(p) = 4326)),
CREATE INDEX by_far ON public.places USING gist (public.st_transform(p, 3857)) WHERE (p IS NULL);
CREATE INDEX by_place ON public.places USING gist (p);
    (public.st_asgeojson(a.p))::jsonb AS found
     JOIN public.places b ON ((public.st_dwithin(a.g, b.g, (100)::double precision) AND (a.p OPERATOR(public.&&) b.p))))
  ORDER BY (a.g OPERATOR(public.<->) b.g);
"""


def lines(text):
    return {line.strip() for line in text.splitlines() if line.strip()}


def test_vector(project, brant):
    project.migration("0001_docs.sql", HISTORY)
    made = brant("diff", "--from", "empty", "--to", "history", "--print", expect=0)
    assert not lines(MADE) - lines(made.stdout), lines(MADE) - lines(made.stdout)
    stands_in = NOTE in made.stderr
    # A dimension changes with its indexes in place, the proof makes both, and what is kept of the history says so again.
    (project.path / "schema.sql").write_text(
        re.sub(r"INSERT.*|CREATE TABLE means.*|ALTER EXT.*|COMMENT.*|CREATE VIEW.*|CREATE FUNCTION(.*\n){2}", "", HISTORY).replace("halfvec(2)", "halfvec(4)"))
    written = brant("diff", "wider", "--allow-data-loss", expect=0)
    assert "ALTER COLUMN half TYPE extensions.halfvec(4)" in (project.path / "migrations/0002_wider.sql").read_text()
    assert (NOTE in written.stderr) == stands_in
    checked = json.loads(brant("check", "--json").stdout)
    assert checked["replayed"] == 2
    assert any(note["name"] == "stand-in" for note in checked["notes"]) == stands_in, checked["notes"]


REFUSED = [
    ("INSERT INTO v VALUES ('[1,2]')", "expected 3 dimensions, not 2"),
    ("CREATE TABLE no (v vector(0))", "dimensions for type vector must be at least 1"),
    ("CREATE INDEX ON v USING hnsw (v vector_l2_ops) WITH (lists = 1)", 'unrecognized parameter "lists"'),
    ("CREATE INDEX ON v USING hnsw (v vector_l2_ops) WITH (m = 1)", 'value 1 out of bounds for option "m"'),
    ("CREATE UNIQUE INDEX ON v USING ivfflat (v)", 'access method "ivfflat" does not support unique indexes'),
    ("SELECT '[1,x]'::vector", 'invalid input syntax for type vector: "[1,x]"'),
    ("SELECT '[1,NaN]'::halfvec", "NaN not allowed in halfvec"),
    ("INSERT INTO g VALUES ('POINT(1 2)')", "nothing"),
    ("INSERT INTO g VALUES ('SRID=3857;POINT(1 2)')", "Geometry SRID (3857) does not match column SRID (4326)"),
    ("INSERT INTO g VALUES ('SRID=4326;LINESTRING(1 2, 3 4)')", "Geometry type (LineString) does not match column type (Point)"),
    ("CREATE TABLE no (g geometry(pont))", "Invalid geometry type modifier: pont"),
]
SAYS = """
CREATE TABLE v (v vector(3)); CREATE TABLE g (g geometry(Point, 4326)); CREATE TABLE said ();
CREATE FUNCTION say(n int, sql text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE message text := 'nothing';
BEGIN
    BEGIN EXECUTE sql; EXCEPTION WHEN OTHERS THEN message := SQLERRM; END;
    EXECUTE format('ALTER TABLE said ADD COLUMN c%s text DEFAULT %L', n, message);
END $$;
"""


def test_postgis_and_what_is_refused(project, brant):
    says = "".join(f"SELECT say({i}, $${sql}$$);\n" for i, (sql, _) in enumerate(REFUSED))
    project.migration("0001_places.sql", PLACES + "CREATE EXTENSION IF NOT EXISTS vector;" + SAYS + says)
    made = brant("diff", "--from", "empty", "--to", "history", "--print", expect=0)
    assert not lines(PLACES_MADE) - lines(made.stdout), lines(PLACES_MADE) - lines(made.stdout)
    said = dict(re.findall(r"c(\d+) text DEFAULT '(.*)'::text", made.stdout))
    assert [said[str(i)] for i in range(len(REFUSED))] == [words for _, words in REFUSED]
    if NOTE in made.stderr:
        project.migration("0002_far.sql", "SELECT ST_Distance(p, p) FROM places;")
        failed = brant("diff", "--from", "empty", "--to", "history", "--print", expect=1).stderr
        assert "0002_far.sql:1" in failed and "cannot compute" in failed and "BRANT_PG_BIN" in failed, failed


def test_of_another_extension_there_is_the_name(project, brant):
    project.migration("0001_a.sql", """CREATE EXTENSION IF NOT EXISTS no_such_thing VERSION '1.2' CASCADE;
ALTER EXTENSION no_such_thing UPDATE TO '1.3'; CREATE EXTENSION pg_cron; CREATE EXTENSION citext;
SELECT cron.schedule('nightly', '0 3 * * *', 'VACUUM'); SELECT cron.unschedule('nightly');
CREATE TABLE a (id int, name citext);""")
    made = brant("diff", "--from", "empty", "--to", "history", "--print", expect=0)
    assert "CREATE EXTENSION IF NOT EXISTS no_such_thing" in made.stdout and "CREATE TABLE public.a" in made.stdout
    assert '"no_such_thing" is not installed' in made.stderr and '"citext" is not' not in made.stderr
    project.migration("0002_b.sql", "SELECT does_things();")
    failed = brant("diff", "--from", "empty", "--to", "history", "--print", expect=1).stderr
    assert "0002_b.sql:1" in failed and "does_things() does not exist" in failed and "no_such_thing" in failed
    assert "brant explain extension-missing" in failed or "BRANT_PG_BIN" in failed
