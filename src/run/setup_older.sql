-- A schema of an earlier version, once its tables are there.  Where the columns are there, nothing may be altered: another runner may be at work, and would have
-- to wait for us, or we for it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'brant.lease'::regclass AND attname = 'origin') THEN
    ALTER TABLE brant.lease ADD COLUMN origin text[];
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'brant.lease'::regclass AND attname = 'schema_version') THEN
    ALTER TABLE brant.lease ADD COLUMN schema_version integer;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'brant.lease'::regclass AND attname = 'boundary') THEN
    ALTER TABLE brant.lease ADD COLUMN boundary boolean;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'brant.run'::regclass AND attname = 'renewed_at') THEN
    ALTER TABLE brant.run ADD COLUMN renewed_at timestamptz NOT NULL DEFAULT clock_timestamp();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'brant.run'::regclass AND attname = 'platform_seen') THEN
    ALTER TABLE brant.run ADD COLUMN platform_mark numeric, ADD COLUMN platform_seen bigint;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'brant.run'::regclass AND attname = 'next') THEN
    ALTER TABLE brant.run ADD COLUMN ledger text, ADD COLUMN next text[];
  END IF;
END
$$;

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

DROP FUNCTION IF EXISTS brant.enter(bigint, integer, text, text, text, text);

DROP FUNCTION IF EXISTS brant.boundary_changes(bigint, text[]);
