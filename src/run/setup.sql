-- brant's own state, in a schema of its own.  Every statement may run again; which version this is stands in state.h.
--
-- A database that has none gets what every run needs: this file and setup_functions.sql.  What looks at the platform (boundary.sql) comes with the first step that
-- needs it, what backfills need (backfill/tables.sql) with the first of these.  An earlier version gets all of it, and setup_older.sql in between.
--
--   lease     who may apply now: at most one runner (fence counts the holders)
--   run       one row a run: its fence, and how far it is, for `brant status` elsewhere
--   step      the journal: steps of migrations that take more than one transaction and are not finished
--   checksum  what the file of an applied migration was
CREATE SCHEMA IF NOT EXISTS brant;

REVOKE ALL ON SCHEMA brant FROM PUBLIC;

-- fence stands in a unique constraint so that changing it conflicts with FOR KEY SHARE, by which batches of a backfill keep from being overtaken.
-- origin: where the lease was taken (brant.here).  boundary: what looks at the platform is there.
CREATE TABLE IF NOT EXISTS brant.lease (
  name text PRIMARY KEY,
  fence bigint NOT NULL UNIQUE,
  holder text,
  acquired_at timestamptz,
  renewed_at timestamptz,
  expires_at timestamptz,
  anchored_at timestamptz,
  origin text[],
  schema_version integer,
  boundary boolean
);

-- renewed_at: when the run last renewed its lease from within a transaction; asked of its own row, so that the lease's is left alone.
-- ledger, next: what was next in the order of the files when this run looked, although the project's own tool passes over it from now on; mostly NULL.
-- platform_...: what the platform was like, and in which transaction it was looked at (brant.boundary_begin).
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
  outcome text,
  ledger text,
  next text[]
);

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
