CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk');
CREATE COLLATION third (provider = icu, locale = 'fr', deterministic = false);
COMMENT ON COLLATION german IS 'as in a German phone book';
ALTER COLLATION german OWNER TO corpus_owner;
CREATE TABLE t (id integer PRIMARY KEY, n text COLLATE german);
INSERT INTO t VALUES (1, 'x');
