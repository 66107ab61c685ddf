CREATE TABLE t (
	id integer PRIMARY KEY,
	narrow smallint,
	name varchar(20) NOT NULL,
	maybe text,
	at timestamp,
	price numeric(8,2) DEFAULT 1.5,
	tag text COLLATE "C",
	doc text,
	gone text,
	data bytea,
	total integer GENERATED ALWAYS AS (narrow * 2) STORED,
	kept integer GENERATED ALWAYS AS (id + 1) STORED
);
COMMENT ON TABLE t IS 'a table';
COMMENT ON COLUMN t.name IS 'what it is called';
ALTER TABLE t ALTER COLUMN doc SET STORAGE EXTERNAL;
ALTER TABLE t ALTER COLUMN doc SET STATISTICS 200;
ALTER TABLE t ALTER COLUMN name SET (n_distinct = 5);
ALTER TABLE t ALTER COLUMN data SET COMPRESSION pglz;
CREATE VIEW names AS SELECT id, name, narrow FROM t;
CREATE INDEX t_narrow ON t (narrow);
INSERT INTO t (id, narrow, name, maybe, at, price, tag, doc, data) VALUES
	(1, 7, 'one', 'm', '2020-01-01 10:00', 3.25, 'x', 'long', '\x01'), (2, NULL, 'two', 'n', NULL, NULL, 'y', NULL, NULL);
CREATE TABLE named_so (n integer CONSTRAINT n_not_null CHECK (n > 0));
