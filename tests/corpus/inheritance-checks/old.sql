-- NOT NULL that only the table in the middle says
CREATE TABLE high (n integer, m integer);
CREATE TABLE middle (k text) INHERITS (high);
ALTER TABLE middle ALTER COLUMN n SET NOT NULL;
CREATE TABLE joins_middle (n integer, m integer, k text);
INSERT INTO joins_middle VALUES (1, 2, 'three');
CREATE TABLE over (n integer);
CREATE TABLE between () INHERITS (over);
ALTER TABLE between ALTER COLUMN n SET NOT NULL;
CREATE TABLE under () INHERITS (between);
INSERT INTO under VALUES (4);
CREATE TABLE one_parent (n integer);
CREATE TABLE other_parent (n integer NOT NULL);
CREATE TABLE leaves_other () INHERITS (one_parent, other_parent);
INSERT INTO leaves_other VALUES (5);

-- checks that leave the parent and stay with a child
CREATE TABLE gives (n integer CONSTRAINT given CHECK (n > 0));
CREATE TABLE keeps () INHERITS (gives);
CREATE TABLE gives_up () INHERITS (gives);
CREATE TABLE keeps_below () INHERITS (gives_up);
INSERT INTO keeps VALUES (1);
INSERT INTO keeps_below VALUES (2);
CREATE TABLE whole (n integer, m integer CONSTRAINT positive CHECK (m > 0)) PARTITION BY RANGE (n);
CREATE TABLE whole_low PARTITION OF whole FOR VALUES FROM (0) TO (10);
CREATE TABLE whole_high PARTITION OF whole FOR VALUES FROM (10) TO (20);
INSERT INTO whole VALUES (1, 1), (11, 2);

-- checks that are not valid yet
CREATE TABLE doubtful (n integer);
ALTER TABLE doubtful ADD CONSTRAINT doubted CHECK (n > 0) NOT VALID;
CREATE TABLE joins_doubtful (n integer);
INSERT INTO joins_doubtful VALUES (1);
CREATE TABLE becomes_doubtful (n integer);
CREATE TABLE is_sure () INHERITS (becomes_doubtful);
INSERT INTO is_sure VALUES (2);
-- a check that the parent gets while the child comes back to it
CREATE TABLE gets (n integer);
CREATE TABLE comes_back (n integer CONSTRAINT got CHECK (n > 0));
INSERT INTO comes_back VALUES (3);

-- a child of one table becomes one of another, and has its columns from there
CREATE TABLE first_home (id bigserial NOT NULL, plain integer DEFAULT 1);
CREATE TABLE moves (shape polygon) INHERITS (first_home);
INSERT INTO moves (shape) VALUES (NULL);
CREATE TABLE all_of_it (n integer, m integer) PARTITION BY LIST (n);
CREATE TABLE one_of_it PARTITION OF all_of_it FOR VALUES IN (1);
INSERT INTO all_of_it VALUES (1, 1);
