CREATE EXTENSION btree_gist;
CREATE TABLE parent (id integer PRIMARY KEY, code text UNIQUE, low integer, high integer CONSTRAINT high_check CHECK (high < 100));
CREATE TABLE child (id integer PRIMARY KEY, parent integer CONSTRAINT child_parent REFERENCES parent, n text, room integer, during int4range,
	CONSTRAINT child_n UNIQUE (n), CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&));
ALTER TABLE parent ADD CONSTRAINT late CHECK (low > 0) NOT VALID;
ALTER TABLE child ADD CONSTRAINT child_room FOREIGN KEY (room) REFERENCES parent NOT VALID;
CREATE TABLE keyless (id integer NOT NULL, k integer);
COMMENT ON CONSTRAINT high_check ON parent IS 'not too high';
ALTER TABLE parent CLUSTER ON parent_pkey;
ALTER TABLE child REPLICA IDENTITY USING INDEX child_pkey;
INSERT INTO parent VALUES (1, 'a', 1, 2), (2, 'b', 3, 4);
INSERT INTO child VALUES (1, 1, 'x', 1, '[1,2)'), (2, NULL, 'y', 2, '[3,4)');
INSERT INTO keyless VALUES (1, 1), (2, 1);
CREATE TABLE keyed (id integer NOT NULL, a integer);
CREATE UNIQUE INDEX keyed_a ON keyed (a);
CREATE TABLE refers (a integer REFERENCES keyed (a));
INSERT INTO keyed VALUES (1, 2);
INSERT INTO refers VALUES (2);
