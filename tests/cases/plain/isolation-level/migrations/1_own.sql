-- A transaction of its own, at a level of its own.
BEGIN;
-- Before any query.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
set  transaction read write;
CREATE TABLE level AS SELECT current_setting('transaction_isolation') AS level;
COMMIT;
