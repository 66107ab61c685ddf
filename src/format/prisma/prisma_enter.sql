-- At the start of each transaction of a migration: Prisma must not be at the same work (docs/decisions/0040-prisma-lock.md).
--
-- Prisma holds advisory lock 72707369 for its session.  Here it is taken for the transaction.  One that is held by an idle session was left
-- behind on a pooler's connection by a Prisma that has long gone: it protects nothing, and it would never be given back.
DO $brant$
DECLARE
  state text;
BEGIN
  IF NOT pg_catalog.pg_try_advisory_xact_lock(72707369) THEN
    PERFORM FROM pg_catalog.pg_locks l
    JOIN pg_catalog.pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = 72707369 AND l.objsubid = 1 AND l.granted
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
      AND (a.state IS DISTINCT FROM 'idle' OR a.state_change > pg_catalog.clock_timestamp() - interval '3 seconds');
    IF FOUND THEN
      PERFORM pg_catalog.pg_advisory_xact_lock(72707369);
    END IF;
  END IF;
  SELECT CASE WHEN finished_at IS NULL THEN 'started' ELSE 'applied' END INTO state
  FROM %T WHERE migration_name = %L AND rolled_back_at IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'BR004', MESSAGE = 'Prisma has ' || state || ' it meanwhile';
  END IF;
END
$brant$
