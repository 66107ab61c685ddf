CREATE TABLE a (id integer PRIMARY KEY, name text);
CREATE INDEX a_name ON a (name);
CREATE TABLE b (id integer PRIMARY KEY);
