CREATE SCHEMA tools;
CREATE EXTENSION hstore SCHEMA tools;
CREATE EXTENSION citext;
CREATE EXTENSION pg_trgm SCHEMA tools;
CREATE TABLE people (id integer PRIMARY KEY, email citext, more tools.hstore);
CREATE INDEX people_email ON people USING gin ((email::text) tools.gin_trgm_ops);
INSERT INTO people VALUES (1, 'A@b.c', 'a=>1');
