CREATE COLLATION german (provider = icu, locale = 'de');
CREATE COLLATION other (provider = icu, locale = 'sv');
COMMENT ON COLLATION german IS 'as in German';
CREATE TABLE t (id integer PRIMARY KEY, n text COLLATE german);
INSERT INTO t VALUES (1, 'x');
CREATE DOMAIN word AS text COLLATE german;
CREATE TYPE worded AS (w text COLLATE german);
CREATE TABLE worded_as (id integer PRIMARY KEY, d word, c worded, p text COLLATE german);
INSERT INTO worded_as VALUES (1, 'a', ROW('b'), 'c');
