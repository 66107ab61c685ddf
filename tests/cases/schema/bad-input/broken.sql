CREATE TABLE a (id integer);
CREATE TABLE b (a integer REFERENCES nowhere);
