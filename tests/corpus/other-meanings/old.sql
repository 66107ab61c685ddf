-- The text of a policy and a view stays the same and means something else.
CREATE TABLE profiles (id integer PRIMARY KEY, role text);
CREATE FUNCTION may_see(id integer, role text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
CREATE POLICY seeing ON profiles FOR SELECT USING (may_see(id, role));
CREATE TABLE people_rows (id integer, name text);
CREATE VIEW people AS SELECT * FROM people_rows;
CREATE VIEW names AS SELECT name FROM people;
-- What a grantee may grant on changes its form only.
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_writer GRANT SELECT, INSERT ON TABLES TO corpus_reader WITH GRANT OPTION;
CREATE TABLE shared (id integer);
GRANT UPDATE, DELETE ON shared TO corpus_writer WITH GRANT OPTION;
CREATE AGGREGATE last_of(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);

CREATE TABLE base (id integer, note text);
CREATE TABLE child (more integer) INHERITS (base);
CREATE TABLE other_child (more integer) INHERITS (base);
-- An identity that has to fit a narrower type.
CREATE TABLE counters (id bigint GENERATED ALWAYS AS IDENTITY (MAXVALUE 5000000000), n integer);
CREATE TABLE documents (id integer, title text);
INSERT INTO base VALUES (1, 'a');
INSERT INTO child VALUES (2, 'b', 3);
INSERT INTO counters (n) VALUES (1);
INSERT INTO documents VALUES (1, ' A ');
-- What was made under other default privileges keeps them.
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO corpus_guest;
CREATE TABLE kept (id integer);
CREATE TABLE bare (id integer);
REVOKE INSERT ON bare FROM corpus_guest;
CREATE VIEW kept_view AS SELECT id FROM kept;
COMMENT ON COLUMN kept_view.id IS 'told';
GRANT UPDATE (id) ON kept_view TO corpus_guest;
COMMENT ON INDEX profiles_pkey IS 'the index';
COMMENT ON CONSTRAINT profiles_pkey ON profiles IS 'the key';
CREATE TABLE owned (id integer);
ALTER TABLE owned OWNER TO "Corpus Owner";
