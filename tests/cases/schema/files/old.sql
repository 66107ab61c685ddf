CREATE TABLE people (id serial PRIMARY KEY, name text);
CREATE TABLE base (id integer, note text);
CREATE TABLE child (more integer) INHERITS (base);
