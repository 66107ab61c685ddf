CREATE TABLE t (id bigint PRIMARY KEY, a integer, b bigint, c integer[], d timestamp, e jsonb, f varchar(10) DEFAULT 'x', g text, h boolean);
CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE MATERIALIZED VIEW sums AS SELECT b, count(*) AS n FROM t GROUP BY b;
CREATE UNIQUE INDEX sums_b ON sums (b);
CREATE VIEW over_sums AS SELECT n FROM sums;
ALTER TABLE t ADD CHECK (twice(b::integer) > 0);
CREATE RULE t_watch AS ON UPDATE TO t WHERE new.b > 100 DO ALSO SELECT 1;
INSERT INTO t VALUES (1, '10', 5, '{1,2}', '2021-03-04', '{"k": 1}', 'f', 'g', true);
CREATE TABLE casts (id integer PRIMARY KEY, a smallint, b integer, c jsonb, d text[], e date, g uuid, h int4multirange, l numeric, m boolean, n jsonb, p json, q bigint);
