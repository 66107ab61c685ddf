-- What ALTER DEFAULT PRIVILEGES said, as the difference from what holds without it.
WITH form AS (
	SELECT d.oid, d.defaclrole AS role, d.defaclnamespace AS nsp, d.defaclobjtype AS type, d.defaclacl AS acl,
		CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END::"char" AS atype FROM pg_default_acl d
), privilege AS (
	SELECT f.oid, x.grantee, x.privilege_type, x.is_grantable, true AS has FROM form f, aclexplode(f.acl) x
	UNION ALL
	SELECT f.oid, x.grantee, x.privilege_type, x.is_grantable, false FROM form f, aclexplode(acldefault(f.atype, f.role)) x WHERE f.nsp = 0
), delta AS (
	SELECT oid, grantee, privilege_type, is_grantable, bool_or(has) AS has FROM privilege GROUP BY 1, 2, 3, 4 HAVING bool_or(has) <> bool_or(NOT has)
)
SELECT 'default privileges' AS kind, NULL AS class, NULL AS object, NULL AS sub, NULL AS pclass, NULL AS pobject, NULL AS parent,
	format('%s%s %s %s%s', CASE WHEN n.oid IS NOT NULL THEN 'in schema ' || quote_ident(n.nspname) || ' ' END,
		CASE f.type WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END,
		CASE WHEN d.has THEN '+' ELSE '-' END, CASE d.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(d.grantee)) END,
		CASE WHEN d.is_grantable THEN ' with grant option' END) AS ident,
	n.nspname AS schema, pg_get_userbyid(d.grantee) AS name,
	pg_get_userbyid(f.role) AS owner,
	string_agg(d.privilege_type, ', ' ORDER BY d.privilege_type) AS privileges,
	CASE WHEN d.has THEN '+' ELSE '-' END AS _sign,
	CASE d.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(d.grantee)) END AS _grantee,
	CASE WHEN d.is_grantable THEN 't' END AS _grantable,
	CASE WHEN count(*) = (SELECT count(*) FROM aclexplode(acldefault(f.atype, f.role)) x WHERE x.grantee = f.role) THEN 't' END AS _complete,
	CASE f.type WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS _objects,
	CASE WHEN d.grantee = f.role THEN 't' END AS _owner
FROM delta d JOIN form f USING (oid) LEFT JOIN pg_namespace n ON n.oid = f.nsp
WHERE n.oid IS NULL OR n.nspname NOT LIKE ALL ($1::text[])
GROUP BY f.type, f.atype, f.role, n.oid, n.nspname, d.grantee, d.has, d.is_grantable
