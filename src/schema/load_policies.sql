-- Policies, those on the platform's tables too: the platform asks its users to write them.
SELECT 'policy' AS kind, p.tableoid AS class, p.oid AS object, 0 AS sub, c.tableoid AS pclass, c.oid AS pobject,
	format('%I.%I', n.nspname, c.relname) AS parent, quote_ident(p.polname) AS ident, n.nspname AS schema, p.polname AS name,
	CASE WHEN NOT p.polpermissive THEN 't' END AS restrictive,
	CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' END AS command,
	CASE WHEN p.polroles <> '{0}' THEN (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', '
		ORDER BY pg_get_userbyid(r)) FROM unnest(p.polroles) r) END AS roles,
	pg_get_expr(p.polqual, p.polrelid) AS using,
	pg_get_expr(p.polwithcheck, p.polrelid) AS check
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname || '.' || c.relname <> ALL ($2::text[]) AND n.nspname <> 'brant' AND $1::text[] IS NOT NULL
AND c.oid = ANY ($oids) --only
