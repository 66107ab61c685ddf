CREATE FOREIGN DATA WRAPPER dummy;
CREATE SERVER there FOREIGN DATA WRAPPER dummy OPTIONS (host 'a', port '1');
CREATE SERVER gone FOREIGN DATA WRAPPER dummy;
CREATE FOREIGN TABLE far (id integer NOT NULL, n text OPTIONS (column_name 'N')) SERVER there OPTIONS (table_name 'x');
CREATE FOREIGN TABLE moved (id integer) SERVER there;
COMMENT ON SERVER there IS 'far away';
COMMENT ON FOREIGN TABLE far IS 'a far table';
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
