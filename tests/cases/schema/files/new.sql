CREATE TABLE people (id serial PRIMARY KEY, name text NOT NULL, born date);
CREATE INDEX people_born ON people (born);
CREATE TABLE base (id integer);
CREATE TABLE child (more integer, note text) INHERITS (base);
CREATE TABLE visits (id bigserial PRIMARY KEY, person integer REFERENCES people);
