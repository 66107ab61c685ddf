CREATE TABLE t (id integer PRIMARY KEY, a text, b integer, c text[], d date, e json, f text DEFAULT 'x', g varchar(50), h integer);
CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE MATERIALIZED VIEW sums AS SELECT b, count(*) AS n FROM t GROUP BY b;
CREATE UNIQUE INDEX sums_b ON sums (b);
CREATE VIEW over_sums AS SELECT n FROM sums;
ALTER TABLE t ADD CHECK (twice(b) > 0);
CREATE RULE t_watch AS ON UPDATE TO t WHERE new.b > 100 DO ALSO SELECT 1;
INSERT INTO t VALUES (1, '10', 5, '{1,2}', '2021-03-04', '{"k": 1}', 'f', 'g', 1), (2, NULL, 6, NULL, NULL, NULL, NULL, NULL, 0);
