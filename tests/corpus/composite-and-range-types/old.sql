CREATE TYPE address AS (street text, zip varchar(5), town text);
CREATE TYPE point3 AS (x integer, y integer);
CREATE TYPE span AS RANGE (subtype = integer);
CREATE TYPE gone AS (a integer);
COMMENT ON TYPE span IS 'from and to';
COMMENT ON COLUMN address.street IS 'with the number';
CREATE TABLE people (id integer PRIMARY KEY, home address);
INSERT INTO people (id, home) VALUES (1, ROW('Main 1', '12345', 'Town'));
