CREATE SCHEMA app;
CREATE TABLE t (id integer PRIMARY KEY, n text, k integer);
CREATE TABLE u (id integer PRIMARY KEY);
CREATE PUBLICATION few FOR TABLE t (id, n) WHERE (id > 0) WITH (publish = 'insert');
CREATE PUBLICATION everything FOR TABLE u WITH (publish_via_partition_root = true);
CREATE PUBLICATION schemas FOR TABLES IN SCHEMA public;
COMMENT ON PUBLICATION few IS 'one table';
ALTER PUBLICATION everything OWNER TO corpus_super;
INSERT INTO t VALUES (1, 'x', 1);
