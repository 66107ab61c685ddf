CREATE TABLE high (n integer, m integer);
CREATE TABLE middle (k text) INHERITS (high);
ALTER TABLE middle ALTER COLUMN n SET NOT NULL;
CREATE TABLE joins_middle (n integer NOT NULL, m integer, k text);
ALTER TABLE joins_middle INHERIT middle;
CREATE TABLE over (n integer);
CREATE TABLE between () INHERITS (over);
CREATE TABLE under () INHERITS (between);
ALTER TABLE under ALTER COLUMN n SET NOT NULL;
CREATE TABLE one_parent (n integer);
CREATE TABLE other_parent (n integer NOT NULL);
CREATE TABLE leaves_other () INHERITS (one_parent);

CREATE TABLE gives (n integer);
CREATE TABLE keeps () INHERITS (gives);
ALTER TABLE keeps ADD CONSTRAINT given CHECK (n > 0);
CREATE TABLE gives_up () INHERITS (gives);
CREATE TABLE keeps_below () INHERITS (gives_up);
ALTER TABLE keeps_below ADD CONSTRAINT given CHECK (n > 0);
CREATE TABLE whole (n integer, m integer) PARTITION BY RANGE (n);
CREATE TABLE whole_low PARTITION OF whole FOR VALUES FROM (0) TO (10);
CREATE TABLE whole_high PARTITION OF whole FOR VALUES FROM (10) TO (20);
ALTER TABLE whole_low ADD CONSTRAINT positive CHECK (m > 0);

CREATE TABLE doubtful (n integer);
ALTER TABLE doubtful ADD CONSTRAINT doubted CHECK (n > 0) NOT VALID;
CREATE TABLE joins_doubtful (n integer, CONSTRAINT doubted CHECK (n > 0));
ALTER TABLE joins_doubtful INHERIT doubtful;
CREATE TABLE becomes_doubtful (n integer);
ALTER TABLE becomes_doubtful ADD CONSTRAINT doubted CHECK (n > 0) NOT VALID;
CREATE TABLE is_sure () INHERITS (becomes_doubtful);
CREATE TABLE gets (n integer CONSTRAINT got CHECK (n > 0));
CREATE TABLE comes_back (n integer CONSTRAINT got CHECK (n > 0));
ALTER TABLE comes_back INHERIT gets;

CREATE TABLE first_home (other integer);
CREATE TABLE second_home (id bigserial NOT NULL, plain integer);
CREATE TABLE moves (shape polygon) INHERITS (second_home);
