-- Everything that belongs to the schemas $1 (joined by chr(1)) and to the platform's roles: its name, in the words of
-- boundary.allow, two wider names, and what it looks like.
WITH ns AS (SELECT oid, nspname::text AS schema FROM pg_catalog.pg_namespace WHERE nspname = ANY (string_to_array($1, chr(1)))),
     rel AS (
       SELECT c.*, n.schema, format('%s.%s', n.schema, c.relname) AS qualified,
              CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index'
                             WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type' ELSE 'table' END AS kind
       FROM pg_catalog.pg_class c JOIN ns n ON n.oid = c.relnamespace)
SELECT 'schema ' || n.nspname, NULL, NULL, concat_ws(' ', n.nspowner::regrole, n.nspacl)
FROM pg_catalog.pg_namespace n WHERE n.oid IN (SELECT oid FROM ns)
UNION ALL
SELECT kind || ' ' || qualified, NULL, 'schema ' || schema,
       concat_ws(' ', relowner::regrole, relacl, relrowsecurity, relforcerowsecurity, reloptions, relpersistence, relreplident,
                 CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) WHEN relkind = 'i' THEN pg_get_indexdef(oid) END)
FROM rel
UNION ALL
SELECT 'rows of ' || qualified, 'table ' || qualified, 'schema ' || schema, (s.n_tup_ins + s.n_tup_upd + s.n_tup_del)::text
FROM rel JOIN pg_catalog.pg_stat_all_tables s ON s.relid = rel.oid
WHERE relkind IN ('r', 'p') AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = rel.oid AND d.deptype = 'e')
UNION ALL
SELECT format('column %s on %s', a.attname, qualified), 'table ' || qualified, 'schema ' || schema,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attacl, a.attidentity, a.attgenerated,
                 pg_get_expr(d.adbin, d.adrelid))
FROM rel JOIN pg_catalog.pg_attribute a ON a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
UNION ALL
SELECT format('constraint %s on %s', k.conname, qualified), 'table ' || qualified, 'schema ' || schema, pg_get_constraintdef(k.oid)
FROM rel JOIN pg_catalog.pg_constraint k ON k.conrelid = rel.oid
UNION ALL
SELECT 'foreign key to ' || qualified, 'foreign key to ' || qualified, 'schema ' || schema,
       string_agg(format('%s on %s', k.conname, k.conrelid::regclass), ', ' ORDER BY k.conname, k.conrelid::regclass::text)
FROM rel JOIN pg_catalog.pg_constraint k ON k.confrelid = rel.oid AND k.contype = 'f' AND k.conrelid NOT IN (SELECT oid FROM rel)
WHERE qualified <> 'auth.users'
GROUP BY qualified, schema
UNION ALL
SELECT format('trigger %s on %s', t.tgname, qualified), 'trigger on ' || qualified, 'table ' || qualified,
       concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid))
FROM rel JOIN pg_catalog.pg_trigger t ON t.tgrelid = rel.oid AND NOT t.tgisinternal
UNION ALL
SELECT format('policy %s on %s', p.polname, qualified), 'policy on ' || qualified, 'table ' || qualified,
       concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid),
                 pg_get_expr(p.polwithcheck, p.polrelid))
FROM rel JOIN pg_catalog.pg_policy p ON p.polrelid = rel.oid
WHERE qualified NOT IN ('storage.objects', 'storage.buckets', 'realtime.messages')
UNION ALL
SELECT format('rule %s on %s', r.rulename, qualified), 'table ' || qualified, 'schema ' || schema, pg_get_ruledef(r.oid)
FROM rel JOIN pg_catalog.pg_rewrite r ON r.ev_class = rel.oid AND r.rulename <> '_RETURN'
UNION ALL
SELECT format('function %s.%s', n.schema, p.proname), NULL, 'schema ' || n.schema,
       concat_ws(' ', pg_get_function_identity_arguments(p.oid), p.proowner::regrole, p.proacl, p.prosecdef, p.provolatile, p.proconfig,
                 p.prosrc, p.probin)
FROM pg_catalog.pg_proc p JOIN ns n ON n.oid = p.pronamespace
UNION ALL
SELECT format('type %s.%s', n.schema, t.typname), NULL, 'schema ' || n.schema,
       concat_ws(' ', t.typowner::regrole, t.typacl, t.typtype, format_type(t.typbasetype, t.typtypmod),
                 (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid))
FROM pg_catalog.pg_type t JOIN ns n ON n.oid = t.typnamespace
WHERE t.typrelid = 0 AND t.typelem = 0
UNION ALL
SELECT 'default privileges in schema ' || n.schema, NULL, 'schema ' || n.schema,
       concat_ws(' ', d.defaclrole::regrole, d.defaclobjtype, d.defaclacl)
FROM pg_catalog.pg_default_acl d JOIN ns n ON n.oid = d.defaclnamespace
UNION ALL
SELECT 'role ' || r.rolname, NULL, 'role',
       concat_ws(' ', r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls,
                 r.rolconnlimit,
                 (SELECT string_agg(s.setconfig::text, ' ' ORDER BY s.setdatabase) FROM pg_catalog.pg_db_role_setting s
                  WHERE s.setrole = r.oid),
                 (SELECT string_agg(m.roleid::regrole::text, ',' ORDER BY m.roleid::regrole::text) FROM pg_catalog.pg_auth_members m
                  WHERE m.member = r.oid))
FROM pg_catalog.pg_roles r
WHERE r.rolname IN ('anon', 'authenticated', 'service_role', 'authenticator', 'pgbouncer', 'dashboard_user', 'postgres')
   OR r.rolname LIKE 'supabase\_%'
UNION ALL
SELECT 'event trigger ' || e.evtname, NULL, 'event trigger', concat_ws(' ', e.evtevent, e.evtenabled, e.evtfoid::regprocedure, e.evttags)
FROM pg_catalog.pg_event_trigger e
