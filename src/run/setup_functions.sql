-- What a run calls: who may apply now, and in which order its transactions come.

-- Where the lease is, in three numbers that a copy of it does not share: those of the cluster (which not everybody may ask for), of the database and of
-- the table of the lease itself.
CREATE OR REPLACE FUNCTION brant.here() RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
  cluster text;
BEGIN
  IF pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') THEN
    SELECT s.system_identifier INTO cluster FROM pg_catalog.pg_control_system() AS s;
  END IF;
  RETURN ARRAY[cluster, (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())::text,
               'brant.lease'::pg_catalog.regclass::oid::text];
END
$$;

-- Why nobody can be at work under a lease although it has not expired: it was restored with a backup, or copied with its database.  NULL: somebody may.
--
-- A copy of the cluster's files has all three numbers; its server was started after the lease was renewed, or its clock stands before that.  The same is true
-- where the holder's own server was started again: its connections are gone, and it will have to ask for the lease anew.
CREATE OR REPLACE FUNCTION brant.stale(l brant.lease) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  here text[] := brant.here();
BEGIN
  RETURN CASE
    WHEN l.origin[1] <> here[1] THEN 'came with a backup: it was taken on another server'
    WHEN l.origin[2] <> here[2] THEN 'came with a backup: it was taken in another database'
    WHEN l.origin[3] <> here[3] THEN 'came with a backup: it was taken before this one was restored'
    WHEN l.renewed_at < pg_catalog.pg_postmaster_start_time() AND pg_catalog.pg_postmaster_start_time() <= pg_catalog.clock_timestamp() THEN 'is older than the server, which was started again or restored'
    WHEN l.renewed_at > pg_catalog.clock_timestamp() + interval '10 seconds' THEN 'was renewed in the future: it came with a backup, or the clock was set back'
  END;
END
$$;

-- The lease for a new holder: its fence, or NULL and who has it.
--
-- It is free when nobody holds it, when it has expired, when it came from elsewhere (brant.stale), and for its own holder (after a lost connection).  A holder
-- with a companion connection keeps an advisory lock beside it, in a transaction that dies with the holder: when it said so more than two seconds
-- ago and the lock can be had, the holder is dead, whatever the clock says.  (Two seconds, because it lets go for a moment whenever it renews, and a moment
-- is long on a busy machine.)  Whose lease was taken over, and why, is said to the new one.
--
-- The run of the last holder is closed first: every transaction of a run writes its row (brant.enter), so this waits for the one that is
-- under way, and none can follow.  Where that one outlasts lock_timeout there is no fence yet, only the reason: a server works on for a client that has died.
CREATE OR REPLACE FUNCTION brant.acquire(holder text, seconds double precision, command text,
  OUT fence bigint, OUT held_by text, OUT held_for double precision, OUT left_seconds double precision, OUT because text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  l brant.lease;
  now timestamptz;
BEGIN
  INSERT INTO brant.lease AS n (name, fence) VALUES ('migrate', 0) ON CONFLICT DO NOTHING;
  SELECT * INTO l FROM brant.lease AS o WHERE o.name = 'migrate';
  now := pg_catalog.clock_timestamp();
  held_by := l.holder;
  IF l.holder <> acquire.holder THEN
    held_for := extract(epoch FROM now - l.acquired_at);
    left_seconds := extract(epoch FROM l.expires_at - now);
    because := brant.stale(l);
    IF because IS NULL AND COALESCE(l.expires_at <= now, true) THEN
      because := 'has expired';
    ELSIF because IS NULL AND l.anchored_at < now - interval '2 seconds' AND pg_catalog.pg_try_advisory_xact_lock(4772108901) THEN
      because := 'is held by nobody: that one has died';
    END IF;
    IF because IS NULL THEN
      RETURN;
    END IF;
  END IF;
  BEGIN
    UPDATE brant.run AS r SET finished_at = now, outcome = 'overtaken', platform = NULL, platform_roles = NULL
    WHERE r.fence = l.fence AND r.finished_at IS NULL;
  EXCEPTION WHEN lock_not_available THEN
    RETURN;
  END;
  UPDATE brant.lease AS o
  SET fence = l.fence + 1, holder = acquire.holder, anchored_at = NULL, acquired_at = now, renewed_at = now,
      expires_at = now + pg_catalog.make_interval(secs => acquire.seconds), origin = brant.here()
  WHERE o.name = 'migrate' AND o.fence = l.fence
  RETURNING o.fence INTO acquire.fence;
  INSERT INTO brant.run AS r (fence, command, holder, steps)
  SELECT acquire.fence, acquire.command, acquire.holder, 0 WHERE acquire.fence IS NOT NULL;
END
$$;

-- The companion's: the lease for another while, and "from now on an advisory lock tells that I live".
CREATE OR REPLACE FUNCTION brant.renew(fence bigint) RETURNS boolean
LANGUAGE sql AS $$
  UPDATE brant.lease AS l
  SET renewed_at = pg_catalog.clock_timestamp(), anchored_at = pg_catalog.clock_timestamp(),
      expires_at = pg_catalog.clock_timestamp() + (l.expires_at - l.renewed_at)
  WHERE l.name = 'migrate' AND l.fence = renew.fence
  RETURNING true
$$;

-- The lease for another while, by a transaction of the run itself.
CREATE OR REPLACE FUNCTION brant.renew_within(fence bigint) RETURNS void
LANGUAGE sql AS $$
  UPDATE brant.run AS r SET renewed_at = pg_catalog.clock_timestamp() WHERE r.fence = renew_within.fence;
  UPDATE brant.lease AS l
  SET renewed_at = pg_catalog.clock_timestamp(), expires_at = pg_catalog.clock_timestamp() + (l.expires_at - l.renewed_at)
  WHERE l.name = 'migrate' AND l.fence = renew_within.fence
$$;

CREATE OR REPLACE FUNCTION brant.release(fence bigint, outcome text) RETURNS void
LANGUAGE sql AS $$
  UPDATE brant.run AS r SET finished_at = pg_catalog.clock_timestamp(), outcome = release.outcome, platform = NULL, platform_roles = NULL
  WHERE r.fence = release.fence;
  UPDATE brant.lease AS l SET holder = NULL, expires_at = NULL, anchored_at = NULL
  WHERE l.name = 'migrate' AND l.fence = release.fence
$$;

-- Why brant.enter found no row to count in.
CREATE OR REPLACE FUNCTION brant.refuse(fence bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM brant.run AS r WHERE r.fence = refuse.fence AND r.finished_at IS NULL) THEN
    RAISE EXCEPTION USING ERRCODE = 'BR002', MESSAGE = 'the step before this one was not committed';
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'BR001', MESSAGE = 'another brant has taken over';
END
$$;

-- The first statement of every transaction that applies something.  It fails when another runner has taken over, and when the step
-- before it did not commit: what is queued behind a failure must not run.  Where the transaction records a migration, its checksum is
-- written here too, which saves a statement of its own.
CREATE OR REPLACE FUNCTION brant.enter(fence bigint, step integer, lock_timeout text, statement_timeout text,
  application text, doing text, ledger text DEFAULT NULL, version text DEFAULT NULL, file text DEFAULT NULL,
  bytes text DEFAULT NULL, tokens text DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  renewed timestamptz;
  was text;
BEGIN
  UPDATE brant.run AS r SET step = enter.step, doing = enter.doing
  WHERE r.fence = enter.fence AND r.step = enter.step - 1 AND r.finished_at IS NULL
  RETURNING r.renewed_at INTO renewed;
  IF renewed IS NULL THEN
    PERFORM brant.refuse(fence);
  END IF;
  IF renewed < pg_catalog.clock_timestamp() - interval '1.5 seconds' THEN
    PERFORM brant.renew_within(fence);
  END IF;
  IF ledger IS NOT NULL THEN
    INSERT INTO brant.checksum AS c (ledger, version, file, bytes, tokens)
    VALUES (enter.ledger, enter.version, enter.file, enter.bytes, enter.tokens)
    ON CONFLICT (ledger, version) DO UPDATE
    SET file = EXCLUDED.file, bytes = EXCLUDED.bytes, tokens = EXCLUDED.tokens, recorded_at = now();
  END IF;
  was := pg_catalog.set_config('lock_timeout', lock_timeout, true);
  was := pg_catalog.set_config('statement_timeout', statement_timeout, true);
  was := pg_catalog.set_config('application_name', application, true);
  RETURN pg_catalog.pg_backend_pid();
END
$$;
