-- brant's own state, in a schema of its own.  Every statement may run again; which version this is stands in state.h.
--
--   lease     who may apply now: at most one runner (fence counts the holders)
--   run       one row a run: its fence, and how far it is, for `brant status` elsewhere
--   step      the journal: steps of migrations that take more than one transaction and are not finished
--   checksum  what the file of an applied migration was
CREATE SCHEMA IF NOT EXISTS brant;

REVOKE ALL ON SCHEMA brant FROM PUBLIC;

-- fence stands in a unique constraint so that changing it conflicts with FOR KEY SHARE, by which batches of a backfill keep from being overtaken.
CREATE TABLE IF NOT EXISTS brant.lease (
  name text PRIMARY KEY,
  fence bigint NOT NULL UNIQUE,
  holder text,
  acquired_at timestamptz,
  renewed_at timestamptz,
  expires_at timestamptz,
  anchored_at timestamptz,
  origin text[],
  schema_version integer
);

CREATE TABLE IF NOT EXISTS brant.run (
  fence bigint PRIMARY KEY,
  command text NOT NULL,
  holder text NOT NULL,
  steps integer NOT NULL,
  step integer NOT NULL DEFAULT 0,
  doing text,
  platform bigint[],
  platform_hash bigint,
  platform_roles jsonb,
  platform_mark numeric,
  platform_seen bigint,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  renewed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  outcome text
);

-- renewed_at: when the run last renewed its lease from within a transaction; asked of its own row, so that the lease's is left alone.
-- origin: where the lease was taken (brant.here).  platform_...: what the platform was like, and in which transaction it was looked at
-- (brant.boundary_begin).  Where the columns are there, nothing may be altered: another runner may be at work, and would have to wait for us, or we for it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'brant.lease'::regclass AND attname = 'origin') THEN
    ALTER TABLE brant.lease ADD COLUMN origin text[];
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'brant.lease'::regclass AND attname = 'schema_version') THEN
    ALTER TABLE brant.lease ADD COLUMN schema_version integer;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'brant.run'::regclass AND attname = 'renewed_at') THEN
    ALTER TABLE brant.run ADD COLUMN renewed_at timestamptz NOT NULL DEFAULT clock_timestamp();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'brant.run'::regclass AND attname = 'platform_seen') THEN
    ALTER TABLE brant.run ADD COLUMN platform_mark numeric, ADD COLUMN platform_seen bigint;
  END IF;
END
$$;

CREATE TABLE IF NOT EXISTS brant.step (
  ledger text NOT NULL,
  version text NOT NULL,
  position integer NOT NULL,
  digest text NOT NULL,
  statement text NOT NULL,
  run bigint NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  PRIMARY KEY (ledger, version, position)
);

CREATE TABLE IF NOT EXISTS brant.checksum (
  ledger text NOT NULL,
  version text NOT NULL,
  file text NOT NULL,
  bytes text NOT NULL,
  tokens text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (ledger, version)
);

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
DROP FUNCTION IF EXISTS brant.acquire(text, double precision);

-- That of an earlier version, which returned less.  Ours stays what it is: several first runs at once may all come by here, and one of them may be
-- calling it.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_proc WHERE proname = 'acquire' AND pronamespace = 'brant'::regnamespace AND NOT 'because' = ANY (proargnames)) THEN
    DROP FUNCTION brant.acquire(text, double precision, text);
  END IF;
END
$$;

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
DROP FUNCTION IF EXISTS brant.enter(bigint, integer, text, text, text, text);
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

-- What looks at the platform is PL/pgSQL although SQL would do: PL/pgSQL keeps its plans for the session, while a function in SQL is
-- planned at each call, and planning these took ten times as long as running them.

-- Objects of the platform's schemas, as class and oid in one number.
CREATE OR REPLACE FUNCTION brant.platform_objects(schemas text[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (WITH ns AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ANY (schemas)),
       rel AS (SELECT oid, tableoid FROM pg_catalog.pg_class WHERE relnamespace IN (SELECT oid FROM ns))
  SELECT pg_catalog.array_agg(tableoid::bigint << 32 | oid::bigint)
  FROM (SELECT tableoid, oid FROM rel
        UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_namespace WHERE nspname = ANY (schemas)
        UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_proc WHERE pronamespace IN (SELECT oid FROM ns)
        UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_type WHERE typnamespace IN (SELECT oid FROM ns)
        UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_constraint WHERE conrelid IN (SELECT oid FROM rel)
        UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_trigger
                  WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM rel)
        UNION ALL SELECT p.tableoid, p.oid FROM pg_catalog.pg_policy p
                  JOIN pg_catalog.pg_class c ON c.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                  WHERE p.polrelid IN (SELECT oid FROM rel)
                    AND (n.nspname, c.relname) NOT IN (('storage', 'objects'), ('storage', 'buckets'), ('realtime', 'messages'))
        UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_rewrite WHERE ev_class IN (SELECT oid FROM rel)
        UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_default_acl
                  WHERE defaclnamespace IN (SELECT oid FROM ns)) o);
END
$$;

-- What identifies the platform's relations and schemas beyond their existence.  Not xmin: a foreign key that points at auth.users, which
-- is allowed, writes its pg_class row too.
CREATE OR REPLACE FUNCTION brant.platform_hash(schemas text[]) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT pg_catalog.sum(h)::bigint FROM (
    SELECT pg_catalog.hashtextextended(pg_catalog.concat_ws('/', c.oid, c.relname, c.relnamespace, c.relowner, c.relacl,
      c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relpersistence, c.relreplident, c.relfilenode, c.relkind), 0) % 1000000007 AS h
    FROM pg_catalog.pg_class c
    WHERE c.relnamespace IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ANY (schemas))
    UNION ALL
    SELECT pg_catalog.hashtextextended(pg_catalog.concat_ws('/', n.oid, n.nspname, n.nspowner, n.nspacl), 0) % 1000000007
    FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY (schemas)
  ) x);
END
$$;

-- The platform's roles, each with a hash of its attributes, settings and memberships.
CREATE OR REPLACE FUNCTION brant.platform_roles() RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT pg_catalog.jsonb_object_agg(r.rolname, pg_catalog.hashtextextended(pg_catalog.concat_ws('/', r.rolsuper, r.rolinherit,
    r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit, r.rolvaliduntil,
    (SELECT pg_catalog.string_agg(s.setdatabase || s.setconfig::text, ' ' ORDER BY s.setdatabase)
     FROM pg_catalog.pg_db_role_setting s WHERE s.setrole = r.oid),
    (SELECT pg_catalog.string_agg(m.roleid || '>' || m.member, ' ' ORDER BY m.roleid, m.member)
     FROM pg_catalog.pg_auth_members m WHERE r.oid IN (m.member, m.roleid))), 0))
  FROM pg_catalog.pg_roles r
  WHERE r.rolname IN ('anon', 'authenticated', 'service_role', 'authenticator', 'pgbouncer', 'dashboard_user', 'postgres')
     OR r.rolname LIKE 'supabase\_%');
END
$$;

-- Those of them that boundary.allow lets a migration drop.  Asked beforehand: a dropped object has no name any more.
CREATE OR REPLACE FUNCTION brant.platform_allowed(schemas text[], allow text[]) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
  WITH rel AS (
    SELECT c.oid, c.tableoid, c.reltype, n.nspname, n.nspname || '.' || c.relname AS name,
           CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'i' THEN 'index ' WHEN 'S' THEN 'sequence ' ELSE 'table ' END
             || n.nspname || '.' || c.relname AS entry
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (schemas) AND allow <> '{}')
  SELECT o.tableoid::bigint << 32 | o.oid::bigint
  FROM (
    SELECT tableoid, oid, ARRAY[entry, 'schema ' || nspname] FROM rel
    UNION ALL
    SELECT t.tableoid, t.oid, ARRAY[r.entry, 'type ' || n.nspname || '.' || t.typname, 'schema ' || n.nspname]
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace AND n.nspname = ANY (schemas)
    LEFT JOIN rel r ON t.oid = r.reltype
    UNION ALL
    SELECT tableoid, oid, ARRAY['schema ' || nspname] FROM pg_catalog.pg_namespace WHERE nspname = ANY (schemas)
    UNION ALL
    SELECT p.tableoid, p.oid, ARRAY['function ' || n.nspname || '.' || p.proname, 'schema ' || n.nspname]
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY (schemas)
    UNION ALL
    SELECT t.tableoid, t.oid, ARRAY['trigger ' || t.tgname || ' on ' || r.name, 'trigger on ' || r.name, r.entry, 'schema ' || r.nspname]
    FROM rel r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid
    UNION ALL
    SELECT p.tableoid, p.oid, ARRAY['policy ' || p.polname || ' on ' || r.name, 'policy on ' || r.name, r.entry, 'schema ' || r.nspname]
    FROM rel r JOIN pg_catalog.pg_policy p ON p.polrelid = r.oid
    UNION ALL
    SELECT k.tableoid, k.oid, ARRAY['constraint ' || k.conname || ' on ' || r.name, r.entry, 'schema ' || r.nspname]
    FROM rel r JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid
    UNION ALL
    SELECT w.tableoid, w.oid, ARRAY['rule ' || w.rulename || ' on ' || r.name, r.entry, 'schema ' || r.nspname]
    FROM rel r JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid
  ) AS o (tableoid, oid, allowances)
  WHERE allow <> '{}' AND pg_catalog.lower(o.allowances::text)::text[] && allow
$$;

-- All of the rest in one number, by the transactions that wrote the rows: while it and the hash stay the same, nobody has made, changed or dropped
-- anything that is looked at.  Of triggers those that foreign keys make are left out.
CREATE OR REPLACE FUNCTION brant.platform_mark(schemas text[]) RETURNS numeric
LANGUAGE plpgsql STABLE AS $$
DECLARE
  ns oid[] := ARRAY(SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ANY (schemas));
  rel oid[] := ARRAY(SELECT oid FROM pg_catalog.pg_class WHERE relnamespace = ANY (ns));
  roles oid[] := ARRAY(SELECT oid FROM pg_catalog.pg_roles
    WHERE rolname IN ('anon', 'authenticated', 'service_role', 'authenticator', 'pgbouncer', 'dashboard_user', 'postgres')
       OR rolname LIKE 'supabase\_%');
BEGIN
  RETURN (SELECT pg_catalog.sum(x.hash) FROM (
    SELECT pg_catalog.hashint8extended(o.object::bigint << 32 | o.made::text::bigint, o.class)
    FROM (
      SELECT attrelid, xmin, 100 + attnum FROM pg_catalog.pg_attribute WHERE attrelid = ANY (rel) AND attnum > 0
      UNION ALL SELECT oid, xmin, 1 FROM pg_catalog.pg_proc WHERE pronamespace = ANY (ns)
      UNION ALL SELECT oid, xmin, 2 FROM pg_catalog.pg_type WHERE typnamespace = ANY (ns)
      UNION ALL SELECT oid, xmin, 3 FROM pg_catalog.pg_trigger WHERE tgrelid = ANY (rel) AND NOT tgisinternal
      UNION ALL SELECT oid, xmin, 4 FROM pg_catalog.pg_policy WHERE polrelid = ANY (rel)
      UNION ALL SELECT oid, xmin, 5 FROM pg_catalog.pg_constraint WHERE conrelid = ANY (rel)
      UNION ALL SELECT oid, xmin, 6 FROM pg_catalog.pg_rewrite WHERE ev_class = ANY (rel)
      UNION ALL SELECT oid, xmin, 7 FROM pg_catalog.pg_default_acl WHERE defaclnamespace = ANY (ns)
      UNION ALL SELECT oid, xmin, 8 FROM pg_catalog.pg_event_trigger
      UNION ALL SELECT roleid, xmin, 1000 + member::bigint FROM pg_catalog.pg_auth_members
                WHERE roleid = ANY (roles) OR member = ANY (roles)
      UNION ALL SELECT setrole, xmin, -1 - setdatabase::bigint FROM pg_catalog.pg_db_role_setting WHERE setrole = ANY (roles)
    ) AS o (object, made, class)
    UNION ALL SELECT pg_catalog.hashtextextended(pg_catalog.concat_ws('/', oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb,
      rolcanlogin, rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil), 0) FROM pg_catalog.pg_roles WHERE oid = ANY (roles)
  ) AS x (hash));
END
$$;

-- What the platform is like, for boundary_end of this transaction and of those that follow it in the run.
CREATE OR REPLACE FUNCTION brant.boundary_begin(fence bigint, schemas text[], allow text[]) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  objects bigint[] := COALESCE(brant.platform_objects(schemas), '{}');
BEGIN
  IF allow <> '{}' THEN
    objects := ARRAY(SELECT pg_catalog.unnest(objects) EXCEPT ALL SELECT brant.platform_allowed(schemas, allow));
  END IF;
  UPDATE brant.run AS r
  SET platform = objects, platform_hash = brant.platform_hash(schemas), platform_roles = brant.platform_roles(),
      platform_mark = brant.platform_mark(schemas), platform_seen = pg_catalog.pg_current_xact_id()::text::bigint
  WHERE r.fence = boundary_begin.fence;
END
$$;

-- Just before its COMMIT: what this transaction did to the platform, each as the entry of boundary.allow that would permit it.  certain: it is this
-- transaction that did it; else the platform only differs from what was seen, and others may have done it since.
DROP FUNCTION IF EXISTS brant.boundary_changes(bigint, text[]);
CREATE OR REPLACE FUNCTION brant.boundary_changes(run_fence bigint, schemas text[])
  RETURNS TABLE (object text, allowances text[], certain boolean)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mine xid[];
  top bigint := pg_catalog.pg_current_xact_id()::text::bigint;
  old integer := pg_catalog.age((top % 4294967296)::text::xid);
  before bigint[];
  hash_before bigint;
  roles_before jsonb;
  ns oid[] := ARRAY(SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ANY (schemas));
  rel oid[] := ARRAY(SELECT oid FROM pg_catalog.pg_class WHERE relnamespace = ANY (ns));
BEGIN
  -- Our ids: this transaction's and those of its subtransactions (a DO block with EXCEPTION has its own).  A row that we can see and
  -- whose xmin is still in progress was made by ourselves; subtransactions have higher numbers than their parents.  Only rows that are
  -- looked at below are asked: a database has many more.
  mine := ARRAY(
    SELECT x FROM (
      SELECT xmin FROM pg_catalog.pg_namespace WHERE oid = ANY (ns) AND pg_catalog.age(xmin) <= old
      UNION SELECT xmin FROM pg_catalog.pg_class WHERE oid = ANY (rel) AND pg_catalog.age(xmin) <= old
      UNION SELECT xmin FROM pg_catalog.pg_attribute WHERE attrelid = ANY (rel) AND pg_catalog.age(xmin) <= old
      UNION SELECT xmin FROM pg_catalog.pg_proc WHERE pronamespace = ANY (ns) AND pg_catalog.age(xmin) <= old
      UNION SELECT xmin FROM pg_catalog.pg_type WHERE typnamespace = ANY (ns) AND pg_catalog.age(xmin) <= old
      UNION SELECT xmin FROM pg_catalog.pg_trigger WHERE tgrelid = ANY (rel) AND pg_catalog.age(xmin) <= old
      UNION SELECT xmin FROM pg_catalog.pg_policy WHERE polrelid = ANY (rel) AND pg_catalog.age(xmin) <= old
      UNION SELECT xmin FROM pg_catalog.pg_constraint WHERE (conrelid = ANY (rel) OR confrelid = ANY (rel)) AND pg_catalog.age(xmin) <= old
      UNION SELECT xmin FROM pg_catalog.pg_rewrite WHERE ev_class = ANY (rel) AND pg_catalog.age(xmin) <= old
      UNION SELECT xmin FROM pg_catalog.pg_default_acl WHERE defaclnamespace = ANY (ns) AND pg_catalog.age(xmin) <= old
      UNION SELECT xmin FROM pg_catalog.pg_event_trigger WHERE pg_catalog.age(xmin) <= old) AS u (x)
    WHERE pg_catalog.pg_xact_status((top - top % 4294967296 + x::text::bigint
            + CASE WHEN x::text::bigint < top % 4294967296 THEN 4294967296 ELSE 0 END)::text::xid8) = 'in progress');

  SELECT r.platform, r.platform_hash, r.platform_roles INTO before, hash_before, roles_before FROM brant.run AS r WHERE r.fence = run_fence;

  -- Rows written: this transaction holds RowExclusiveLock on the table until it ends.  Tables of an extension (a queue, a vault) are
  -- written by calling its functions, which is what they are for.
  RETURN QUERY
  SELECT pg_catalog.format('rows of %s.%s', n.nspname, c.relname),
         ARRAY[pg_catalog.format('rows of %s.%s', n.nspname, c.relname), pg_catalog.format('table %s.%s', n.nspname, c.relname),
               'schema ' || n.nspname], true
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.oid = ANY (rel) AND c.relkind IN ('r', 'p', 'S', 'f')
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.mode = 'RowExclusiveLock'
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');

  -- Made or changed: where no row is ours there is none to be told.
  IF pg_catalog.cardinality(mine) > 0 THEN
    RETURN QUERY
    SELECT pg_catalog.format('%s %s', k.kind, k.name), ARRAY[pg_catalog.format('%s %s', k.kind, k.name), k.wider, 'schema ' || k.schema], true
    FROM (
      SELECT 'schema' AS kind, nspname::text AS name, NULL AS wider, nspname::text AS schema
      FROM pg_catalog.pg_namespace WHERE oid = ANY (ns) AND xmin = ANY (mine)
      UNION ALL
      SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence' ELSE 'table' END,
             pg_catalog.format('%s.%s', n.nspname, c.relname), NULL, n.nspname
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = ANY (rel) AND c.xmin = ANY (mine) AND (c.tableoid::bigint << 32 | c.oid::bigint) NOT IN (SELECT pg_catalog.unnest(before))
      UNION ALL
      SELECT 'column', pg_catalog.format('%s on %s.%s', a.attname, n.nspname, c.relname),
             pg_catalog.format('table %s.%s', n.nspname, c.relname), n.nspname
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE a.attrelid = ANY (rel) AND a.xmin = ANY (mine) AND (c.tableoid::bigint << 32 | c.oid::bigint) IN (SELECT pg_catalog.unnest(before))
      UNION ALL
      SELECT 'function', pg_catalog.format('%s.%s', n.nspname, p.proname), NULL, n.nspname
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      WHERE p.pronamespace = ANY (ns) AND p.xmin = ANY (mine)
      UNION ALL
      SELECT 'type', pg_catalog.format('%s.%s', n.nspname, t.typname), NULL, n.nspname
      FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      WHERE t.typnamespace = ANY (ns) AND t.xmin = ANY (mine) AND t.typrelid = 0 AND t.typelem = 0
      UNION ALL
      SELECT 'trigger', pg_catalog.format('%s on %s.%s', t.tgname, n.nspname, c.relname),
             pg_catalog.format('trigger on %s.%s', n.nspname, c.relname), n.nspname
      FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE t.tgrelid = ANY (rel) AND t.xmin = ANY (mine) AND NOT t.tgisinternal
      UNION ALL
      SELECT 'policy', pg_catalog.format('%s on %s.%s', p.polname, n.nspname, c.relname),
             pg_catalog.format('policy on %s.%s', n.nspname, c.relname), n.nspname
      FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE p.polrelid = ANY (rel) AND p.xmin = ANY (mine)
        AND (n.nspname, c.relname) NOT IN (('storage', 'objects'), ('storage', 'buckets'), ('realtime', 'messages'))
      UNION ALL
      SELECT 'constraint', pg_catalog.format('%s on %s.%s', k.conname, n.nspname, c.relname),
             pg_catalog.format('table %s.%s', n.nspname, c.relname), n.nspname
      FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE k.conrelid = ANY (rel) AND k.xmin = ANY (mine)
      UNION ALL
      SELECT 'rule', pg_catalog.format('%s on %s.%s', r.rulename, n.nspname, c.relname),
             pg_catalog.format('table %s.%s', n.nspname, c.relname), n.nspname
      FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE r.ev_class = ANY (rel) AND r.xmin = ANY (mine)
      UNION ALL
      SELECT 'foreign key to', pg_catalog.format('%s.%s', n.nspname, c.relname), NULL, n.nspname
      FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.confrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE k.confrelid = ANY (rel) AND NOT k.conrelid = ANY (rel) AND k.xmin = ANY (mine)
        AND (n.nspname, c.relname) <> ('auth', 'users')
      UNION ALL
      SELECT 'default privileges in schema', n.nspname, NULL, n.nspname
      FROM pg_catalog.pg_default_acl d JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
      WHERE d.defaclnamespace = ANY (ns) AND d.xmin = ANY (mine)
    ) k;
    IF FOUND THEN
      RETURN;
    END IF;
  END IF;

  RETURN QUERY
  SELECT 'event trigger ' || e.evtname, ARRAY['event trigger ' || e.evtname, 'event trigger'], true
  FROM pg_catalog.pg_event_trigger e WHERE e.xmin = ANY (mine)
  UNION ALL
  SELECT 'role ' || r.key, ARRAY['role ' || r.key, 'role'], false
  FROM pg_catalog.jsonb_each(brant.platform_roles()) r WHERE roles_before -> r.key IS DISTINCT FROM r.value;
  IF FOUND THEN
    RETURN;
  END IF;

  -- Dropped: known before, not there now.  Their names are gone with them; the reader asks for them after the rollback.
  RETURN QUERY
  SELECT pg_catalog.format('dropped:%s:%s', (b >> 32), b & 4294967295), ARRAY[]::text[], false
  FROM (SELECT pg_catalog.unnest(before) EXCEPT SELECT pg_catalog.unnest(brant.platform_objects(schemas))) AS gone (b)
  ORDER BY CASE (b >> 32)::oid WHEN 'pg_catalog.pg_class'::regclass THEN 1 WHEN 'pg_catalog.pg_proc'::regclass THEN 2
                               WHEN 'pg_catalog.pg_namespace'::regclass THEN 0 ELSE 3 END, b;
  IF FOUND THEN
    RETURN;
  END IF;

  IF hash_before IS DISTINCT FROM brant.platform_hash(schemas) THEN
    RETURN QUERY
    SELECT 'owner, privileges, row security or storage of ' || CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'i' THEN 'index ' ELSE 'table ' END ||
             pg_catalog.format('%s.%s', n.nspname, c.relname),
           ARRAY[pg_catalog.format('table %s.%s', n.nspname, c.relname), 'schema ' || n.nspname], false
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = ANY (rel) AND c.xmin = ANY (mine);
    IF NOT FOUND THEN
      RETURN QUERY SELECT 'owner or privileges of a platform schema', ARRAY[]::text[], false;
    END IF;
  END IF;
END
$$;

-- Has this transaction nothing of the platform's in its hands?  Its locks tell: whoever writes rows of a table, or makes a foreign key that points at
-- it, keeps a lock until the end.  (A foreign key to auth.users is allowed, and takes no stronger one.)
CREATE OR REPLACE FUNCTION brant.platform_untouched(schemas text[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN NOT EXISTS (
    SELECT FROM pg_catalog.pg_locks l
    JOIN pg_catalog.pg_class c ON c.oid = l.relation
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
      AND n.nspname = ANY (schemas)
      AND NOT (l.mode = 'ShareRowExclusiveLock' AND n.nspname = 'auth' AND c.relname = 'users'));
END
$$;

-- Mostly nothing has happened to the platform since it was looked at last, in this run: then there is nothing to be told.  What differs without being
-- certainly ours is BR005: the step is tried once more, and the platform is looked at within its own transaction.
CREATE OR REPLACE FUNCTION brant.boundary_end(fence bigint, schemas text[], allow text[]) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  found_object text;
  found_allowances text[];
  found_certain boolean;
  seen bigint;
  same boolean;
BEGIN
  SELECT r.platform_seen, r.platform_hash = brant.platform_hash(schemas) AND r.platform_mark = brant.platform_mark(schemas)
  INTO seen, same FROM brant.run AS r WHERE r.fence = boundary_end.fence;
  IF same AND brant.platform_untouched(schemas) THEN
    RETURN;
  END IF;
  SELECT c.object, c.allowances, c.certain INTO found_object, found_allowances, found_certain
  FROM brant.boundary_changes(fence, schemas) c
  WHERE NOT pg_catalog.lower(c.allowances::text)::text[] && allow
  LIMIT 1;
  IF FOUND AND (found_certain OR seen = pg_catalog.pg_current_xact_id()::text::bigint) THEN
    RAISE EXCEPTION USING ERRCODE = 'BR003', MESSAGE = found_object, HINT = COALESCE(found_allowances[1], '');
  ELSIF FOUND OR seen IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'BR005', MESSAGE = 'the platform has changed since this run looked at it';
  END IF;
  IF same IS NOT TRUE THEN
    PERFORM brant.boundary_begin(fence, schemas, allow);
  END IF;
END
$$
