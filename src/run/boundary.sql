-- What looks at the platform from within a transaction: made with the first step that needs it.
--
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
