CREATE TYPE address AS (street text, zip varchar(5), town text COLLATE "C");
CREATE TYPE point3 AS (x bigint, y integer, z integer);
CREATE TYPE span AS RANGE (subtype = bigint);
COMMENT ON TYPE span IS 'both ends';
COMMENT ON COLUMN address.street IS 'and the number';
CREATE TABLE people (id integer PRIMARY KEY, home address, often span);
INSERT INTO people (id, home) VALUES (1, ROW('Main 1', '12345', 'Town'));
