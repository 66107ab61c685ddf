CREATE EXTENSION btree_gist;
CREATE TABLE parent (id integer PRIMARY KEY, code text, low integer, high integer CONSTRAINT high_check CHECK (high < 200),
	CONSTRAINT parent_code_key UNIQUE (code) WITH (fillfactor = 60), CONSTRAINT parent_low UNIQUE (low) INCLUDE (high) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE child (id integer PRIMARY KEY, parent integer CONSTRAINT child_parent REFERENCES parent ON DELETE CASCADE DEFERRABLE, n text, room integer, during int4range,
	CONSTRAINT child_n UNIQUE (n, room), CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&) WHERE (room > 0));
ALTER TABLE parent ADD CONSTRAINT late CHECK (low > 0);
ALTER TABLE parent ADD CONSTRAINT alone CHECK (low < 1000) NO INHERIT;
ALTER TABLE child ADD CONSTRAINT child_room FOREIGN KEY (room) REFERENCES parent;
CREATE TABLE keyless (id integer NOT NULL, k integer, PRIMARY KEY (id), FOREIGN KEY (k) REFERENCES parent (id) ON UPDATE SET NULL);
COMMENT ON CONSTRAINT high_check ON parent IS 'not that high';
ALTER TABLE child CLUSTER ON child_pkey;
ALTER TABLE parent REPLICA IDENTITY USING INDEX parent_pkey;
INSERT INTO parent VALUES (1, 'a', 1, 2), (2, 'b', 3, 4);
INSERT INTO child VALUES (1, 1, 'x', 1, '[1,2)');
INSERT INTO keyless VALUES (1, 1), (2, 1);
CREATE TABLE twice_the_same (a integer, b integer, PRIMARY KEY (a), UNIQUE (b));
ALTER TABLE twice_the_same ADD CONSTRAINT same_key UNIQUE (b);
ALTER TABLE twice_the_same ADD CONSTRAINT same_as_primary UNIQUE (a);
CREATE TABLE keyed (id integer NOT NULL, a integer CONSTRAINT keyed_a UNIQUE);
CREATE TABLE refers (a integer REFERENCES keyed (a));
INSERT INTO keyed VALUES (1, 2);
INSERT INTO refers VALUES (2);
CREATE TABLE keyed_by_another ("A" integer, b text, CONSTRAINT "The_pkey" PRIMARY KEY ("A", b));
CREATE UNIQUE INDEX keyed_by_another_b ON keyed_by_another (b);
INSERT INTO keyed_by_another VALUES (1, 'x');
