CREATE SCHEMA tools;
CREATE EXTENSION hstore;
CREATE EXTENSION citext;
CREATE TABLE people (id integer PRIMARY KEY, email citext, more hstore);
INSERT INTO people VALUES (1, 'A@b.c', 'a=>1');
