-- class, object, sub, text: an attribute of the object that it is about.  An extension brings its own; another one is
-- the user's, but for a platform ($1 has its schemas), whose servers grow older.
SELECT d.classoid, d.objoid, d.objsubid, d.description FROM pg_description d
WHERE d.objoid = ANY ($oids) --only
WHERE d.objoid >= 16384 AND d.classoid <> 'pg_extension'::regclass OR d.objoid = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = 'public') AND d.description <> 'standard public schema' --whole
UNION ALL --whole
SELECT d.classoid, d.objoid, 0, d.description FROM pg_description d JOIN pg_extension e ON e.oid = d.objoid JOIN pg_available_extensions() a ON a.name = e.extname --whole
WHERE d.classoid = 'pg_extension'::regclass AND cardinality($1::text[]) = 3 AND d.description <> a.comment --whole
