CREATE TABLE a (id integer PRIMARY KEY, b integer);
CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a);
ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
CREATE FUNCTION newest() RETURNS integer LANGUAGE sql STABLE AS 'SELECT max(id) FROM a';
ALTER TABLE a ALTER COLUMN b SET DEFAULT newest();
INSERT INTO a VALUES (1, NULL);
INSERT INTO b VALUES (1, 1);

-- Tables that need each other, with a key of a partition that an index of the whole has taken in: only the foreign keys go first.
CREATE TABLE ring (foo text, bar text) PARTITION BY LIST (foo);
CREATE TABLE ring_x PARTITION OF ring (PRIMARY KEY (foo, bar)) FOR VALUES IN ('x');
CREATE UNIQUE INDEX ring_key ON ring (foo, bar);
CREATE TABLE ring_of (foo text, bar text, UNIQUE (foo, bar), FOREIGN KEY (foo, bar) REFERENCES ring (foo, bar));
ALTER TABLE ring ADD FOREIGN KEY (foo, bar) REFERENCES ring_of (foo, bar);
