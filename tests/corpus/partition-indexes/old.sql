-- A primary key of one partition alone is part of the whole table's index, in old.sql.
CREATE TABLE logs (id integer NOT NULL, kind text NOT NULL, at date) PARTITION BY LIST (kind);
CREATE TABLE logs_a PARTITION OF logs (PRIMARY KEY (kind, id)) FOR VALUES IN ('a');
CREATE TABLE logs_b PARTITION OF logs FOR VALUES IN ('b');
CREATE UNIQUE INDEX logs_unique ON logs (kind, id);
-- An index that is not complete.
CREATE INDEX logs_at ON ONLY logs (at);
CREATE INDEX logs_a_at ON logs_a (at);
ALTER INDEX logs_at ATTACH PARTITION logs_a_at;
CREATE INDEX logs_b_at ON logs_b (at);
-- Two that swap their places.
CREATE TABLE years (y integer) PARTITION BY RANGE (y);
CREATE TABLE years_one PARTITION OF years FOR VALUES FROM (1) TO (10);
CREATE TABLE years_two PARTITION OF years FOR VALUES FROM (10) TO (20);
-- One that comes, with an index that is not to be taken in.
CREATE TABLE days (d integer, n integer) PARTITION BY LIST (d);
CREATE INDEX days_n ON days (n);
CREATE TABLE day_one (d integer, n integer);
CREATE INDEX day_one_own ON day_one (n);
CREATE TABLE serials (id serial PRIMARY KEY, big bigserial, small smallserial);
INSERT INTO logs VALUES (1, 'a', '2020-01-01'), (2, 'b', '2020-01-02');
INSERT INTO day_one VALUES (1, 1);
INSERT INTO serials DEFAULT VALUES;
CREATE TABLE parted_twice (id integer, a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE parted_1 PARTITION OF parted_twice FOR VALUES IN (1) PARTITION BY RANGE (b);
CREATE TABLE parted_11 PARTITION OF parted_1 FOR VALUES FROM (0) TO (10);
CREATE INDEX parted_id ON parted_twice (id);
INSERT INTO parted_twice VALUES (1, 1, 5);
