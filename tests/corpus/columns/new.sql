CREATE TABLE t (
	id integer PRIMARY KEY,
	narrow bigint,
	name varchar(40),
	maybe text NOT NULL,
	at timestamptz DEFAULT now(),
	price numeric(10,3) DEFAULT 2.5,
	tag text,
	doc text,
	data bytea,
	total bigint GENERATED ALWAYS AS (narrow * 3) STORED,
	kept integer,
	fresh boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE t IS 'the table';
COMMENT ON COLUMN t.name IS 'how it is called';
ALTER TABLE t ALTER COLUMN doc SET STORAGE MAIN;
ALTER TABLE t ALTER COLUMN doc SET STATISTICS 300;
ALTER TABLE t ALTER COLUMN name SET (n_distinct = 6, n_distinct_inherited = 2);
CREATE VIEW names AS SELECT id, name, narrow FROM t;
CREATE INDEX t_narrow ON t (narrow);
INSERT INTO t (id, narrow, name, maybe, at, price, tag, doc, data) VALUES (1, 7, 'one', 'm', '2020-01-01 10:00', 3.25, 'x', 'long', '\x01');
CREATE TABLE named_so (n integer NOT NULL CONSTRAINT n_not_null CHECK (n > 0));
