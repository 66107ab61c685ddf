CREATE TABLE a (id integer PRIMARY KEY, name text);
CREATE INDEX CONCURRENTLY a_name ON a (name);
