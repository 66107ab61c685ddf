-- class, object, sub, text: an attribute of the object that it is about.  An extension brings its own.
SELECT d.classoid, d.objoid, d.objsubid, d.description FROM pg_description d
WHERE d.objoid >= 16384 AND d.classoid <> 'pg_extension'::regclass OR d.objoid = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = 'public') AND d.description <> 'standard public schema'
