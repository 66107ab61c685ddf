-- Who may do more, or less, than the default privileges in force give: a row per object, grantee and direction.  "+" was granted beyond
-- them, "-" is lacking; who granted it is told where it was not the owner.  The same ACL under the same defaults is taken apart once, however many objects have it: MATERIALIZED, since the
-- planner expects one row and would fold them anew for each object.
WITH member AS (
	SELECT d.classid, d.objid, i.initprivs FROM pg_depend d LEFT JOIN pg_init_privs i ON i.classoid = d.classid AND i.objoid = d.objid AND i.objsubid = 0
	WHERE d.deptype = 'e' AND cardinality($1::text[]) = 3
), object AS (
	SELECT c.tableoid AS class, c.oid AS object, 0 AS sub, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char" AS type,
		CASE c.relkind WHEN 'S' THEN 'S' ELSE 'r' END::"char" AS dtype, c.relowner AS owner, c.relnamespace AS nsp, c.relacl AS acl, NULL::aclitem[] AS init
	FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.oid >= 16384
	AND c.oid = ANY ($oids) --only
	UNION ALL SELECT p.tableoid, p.oid, 0, 'f', 'f', p.proowner, p.pronamespace, p.proacl, NULL FROM pg_proc p WHERE p.oid >= 16384 --whole
	UNION ALL SELECT t.tableoid, t.oid, 0, 'T', 'T', t.typowner, t.typnamespace, t.typacl, NULL FROM pg_type t --whole
		WHERE t.oid >= 16384 AND t.typtype IN ('e', 'd', 'r', 'c', 'b') AND (t.typacl IS NOT NULL OR EXISTS (SELECT FROM pg_default_acl d WHERE d.defaclobjtype = 'T')) --whole
	-- What a new database says of public it says of whoever owns it.
	UNION ALL SELECT n.tableoid, n.oid, 0, 'n', 'n', n.nspowner, 0, n.nspacl, --whole
		(SELECT array_agg(makeaclitem(CASE x.grantee WHEN x.grantor THEN n.nspowner ELSE x.grantee END, n.nspowner, x.privilege_type, x.is_grantable)) FROM aclexplode(i.initprivs) x) --whole
		FROM pg_namespace n --whole
		LEFT JOIN pg_init_privs i ON i.classoid = n.tableoid AND i.objoid = n.oid WHERE n.oid >= 16384 OR n.nspname = 'public' --whole
	UNION ALL SELECT 'pg_class'::regclass, a.attrelid, a.attnum, 'c', '-', c.relowner, 0, a.attacl, NULL
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND a.attrelid >= 16384
	AND a.attrelid = ANY ($oids) --only
	-- What belongs to an extension: its own script, not the defaults, says what holds without a grant.
	UNION ALL SELECT c.tableoid, c.oid, -2, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", '-', c.relowner, 0, c.relacl, m.initprivs --whole
		FROM pg_class c JOIN member m ON m.classid = c.tableoid AND m.objid = c.oid WHERE c.relacl IS NOT NULL --whole
	UNION ALL SELECT p.tableoid, p.oid, -2, 'f', '-', p.proowner, 0, p.proacl, m.initprivs --whole
		FROM pg_proc p JOIN member m ON m.classid = p.tableoid AND m.objid = p.oid WHERE p.proacl IS NOT NULL --whole
	UNION ALL SELECT t.tableoid, t.oid, -2, 'T', '-', t.typowner, 0, t.typacl, m.initprivs --whole
		FROM pg_type t JOIN member m ON m.classid = t.tableoid AND m.objid = t.oid WHERE t.typacl IS NOT NULL --whole
	UNION ALL SELECT l.tableoid, l.oid, 0, 'l', '-', l.lanowner, 0, l.lanacl, NULL FROM pg_language l WHERE l.lanacl IS NOT NULL AND l.oid >= 16384 --whole
	UNION ALL SELECT f.tableoid, f.oid, 0, 'F', '-', f.fdwowner, 0, f.fdwacl, NULL FROM pg_foreign_data_wrapper f WHERE f.fdwacl IS NOT NULL --whole
	UNION ALL SELECT s.tableoid, s.oid, 0, 'S', '-', s.srvowner, 0, s.srvacl, NULL FROM pg_foreign_server s WHERE s.srvacl IS NOT NULL --whole
), form AS (
	SELECT row_number() OVER () AS id, f.* FROM (SELECT DISTINCT type, dtype, owner, nsp, acl::text AS acl, init::text AS init FROM object
		WHERE acl IS NOT NULL OR EXISTS (SELECT FROM pg_default_acl d WHERE d.defaclrole = owner AND d.defaclobjtype = dtype AND d.defaclnamespace IN (0, nsp))) f
), privilege AS (
	SELECT f.id, x.grantee, nullif(x.grantor, f.owner) AS grantor, x.privilege_type, x.is_grantable, true AS has FROM form f,
		aclexplode(CASE WHEN f.acl IS NULL THEN acldefault(f.type, f.owner) WHEN f.acl <> '{}' THEN f.acl::aclitem[] END) x
	UNION ALL
	SELECT f.id, x.grantee, NULL, x.privilege_type, x.is_grantable, false FROM form f, aclexplode(coalesce(f.init::aclitem[], (SELECT d.defaclacl FROM pg_default_acl d
		WHERE d.defaclrole = f.owner AND d.defaclobjtype = f.dtype AND d.defaclnamespace = 0), acldefault(f.type, f.owner))) x
	UNION ALL
	SELECT f.id, x.grantee, NULL, x.privilege_type, x.is_grantable, false FROM form f JOIN pg_default_acl d
		ON d.defaclrole = f.owner AND d.defaclobjtype = f.dtype AND d.defaclnamespace = f.nsp AND f.nsp <> 0, aclexplode(d.defaclacl) x
), delta AS (
	SELECT id, grantee, grantor, privilege_type, is_grantable, bool_or(has) AS has FROM privilege
	GROUP BY 1, 2, 3, 4, 5 HAVING bool_or(has) <> bool_or(NOT has)
), folded AS MATERIALIZED (
	SELECT d.id, d.grantee, d.grantor, d.has, d.is_grantable, string_agg(d.privilege_type, ', ' ORDER BY d.privilege_type) AS privileges,
		count(*) = (SELECT count(*) FROM aclexplode(acldefault(f.type, f.owner)) x WHERE x.grantee = f.owner) AS complete
	FROM delta d JOIN form f USING (id) GROUP BY d.id, d.grantee, d.grantor, d.has, d.is_grantable, f.type, f.owner
)
SELECT 'grant' AS kind, NULL AS class, NULL AS object, NULL AS sub, o.class AS pclass, o.object AS pobject, o.sub::text AS parent,
	format('%s %s%s%s', CASE WHEN g.has THEN '+' ELSE '-' END, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
		' by ' || quote_ident(pg_get_userbyid(g.grantor)), CASE WHEN g.is_grantable THEN ' with grant option' END) AS ident,
	NULL AS schema, pg_get_userbyid(g.grantee) AS name,
	g.privileges AS privileges,
	CASE WHEN g.has THEN '+' ELSE '-' END AS _sign,
	CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END AS _grantee,
	quote_ident(pg_get_userbyid(g.grantor)) AS _grantor,
	CASE WHEN g.is_grantable THEN 't' END AS _grantable,
	CASE WHEN g.complete AND o.type <> 'c' THEN 't' END AS _complete,
	CASE WHEN g.grantee = o.owner THEN 't' END AS _owner
FROM object o JOIN form f ON f.type = o.type AND f.dtype = o.dtype AND f.owner = o.owner AND f.nsp = o.nsp AND f.acl IS NOT DISTINCT FROM o.acl::text AND f.init IS NOT DISTINCT FROM o.init::text
JOIN folded g ON g.id = f.id
