CREATE TABLE base (id integer NOT NULL, n text DEFAULT 'base' CHECK (n <> ''), more text);
CREATE TABLE child (extra integer) INHERITS (base);
CREATE TABLE stranger (id integer NOT NULL, n text, more text, CONSTRAINT base_n_check CHECK (n <> ''));
ALTER TABLE stranger INHERIT base;
CREATE TABLE grandchild (deep text) INHERITS (child);
INSERT INTO base VALUES (1, 'b');
INSERT INTO child VALUES (2, 'c', 'm', 5);
CREATE TABLE leaf (id integer NOT NULL, kind text, colour text);
INSERT INTO leaf (id, kind, colour) VALUES (1, 'b', 'green');
