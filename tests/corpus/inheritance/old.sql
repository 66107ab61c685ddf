CREATE TABLE base (id integer NOT NULL, n text DEFAULT 'base' CHECK (n <> ''));
CREATE TABLE child (extra integer) INHERITS (base);
CREATE TABLE stranger (id integer NOT NULL, n text, CONSTRAINT base_n_check CHECK (n <> ''));
ALTER TABLE child ALTER COLUMN n SET DEFAULT 'child';
INSERT INTO base VALUES (1, 'b');
INSERT INTO child VALUES (2, 'c', 5);
INSERT INTO stranger VALUES (3, 's');
