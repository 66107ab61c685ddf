CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
CREATE DOMAIN amount AS numeric(10,2) DEFAULT 0 NOT NULL;
CREATE DOMAIN code AS varchar(4) CONSTRAINT code_upper CHECK (VALUE = upper(VALUE));
CREATE DOMAIN word AS text;
COMMENT ON CONSTRAINT email_check ON DOMAIN email IS 'has an @';
COMMENT ON DOMAIN email IS 'an address';
CREATE TABLE bills (id integer PRIMARY KEY, to_whom email, total amount, code code, word word);
INSERT INTO bills VALUES (1, 'a@b', 3.50, 'AB', 'x');
