CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer);
CREATE TABLE log (id integer);
CREATE RULE t_log AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (new.id);
CREATE RULE t_off AS ON DELETE TO t DO INSTEAD NOTHING;
CREATE STATISTICS t_ab ON a, b FROM t;
CREATE STATISTICS t_gone (ndistinct) ON a, b FROM t;
COMMENT ON RULE t_log ON t IS 'logs';
COMMENT ON STATISTICS t_ab IS 'a with b';
INSERT INTO t VALUES (1, 1, 1);
