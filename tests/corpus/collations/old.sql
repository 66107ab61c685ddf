CREATE COLLATION german (provider = icu, locale = 'de');
CREATE COLLATION other (provider = icu, locale = 'sv');
COMMENT ON COLLATION german IS 'as in German';
CREATE TABLE t (id integer PRIMARY KEY, n text COLLATE german);
INSERT INTO t VALUES (1, 'x');
