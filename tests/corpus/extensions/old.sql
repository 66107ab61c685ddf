CREATE SCHEMA tools;
CREATE EXTENSION hstore;
CREATE EXTENSION citext;
CREATE TABLE people (id integer PRIMARY KEY, email citext, more hstore);
INSERT INTO people VALUES (1, 'A@b.c', 'a=>1');
GRANT EXECUTE ON FUNCTION citext_eq(citext, citext) TO corpus_reader WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION akeys(hstore) TO corpus_reader;
COMMENT ON EXTENSION citext IS 'whatever the case';
COMMENT ON EXTENSION hstore IS 'pairs';
