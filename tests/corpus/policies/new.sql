CREATE TABLE t (id integer PRIMARY KEY, who text, n integer);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON t AS RESTRICTIVE USING (who = CURRENT_USER) WITH CHECK (n < 10);
CREATE POLICY reading ON t FOR SELECT TO corpus_reader, corpus_owner USING (n > 1);
CREATE POLICY writing ON t FOR UPDATE USING (n > 0) WITH CHECK (n > 1);
COMMENT ON POLICY own ON t IS 'rows of ones own';
INSERT INTO t VALUES (1, 'me', 1);
