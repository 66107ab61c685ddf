-- What ALTER ROLE and ALTER DATABASE have set, where it bears on migrations: for the roles of the API and for this one.
SELECT r.rolname,
       split_part(setting, '=', 1),
       substr(setting, strpos(setting, '=') + 1),
       d.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user))
FROM pg_catalog.pg_db_role_setting d
CROSS JOIN LATERAL unnest(d.setconfig) AS setting
LEFT JOIN pg_catalog.pg_roles r ON r.oid = d.setrole
WHERE d.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
  AND (d.setrole = 0 OR r.rolname IN (session_user, 'authenticator', 'anon', 'authenticated', 'service_role'))
  AND (setting LIKE '%\_timeout=%' OR setting LIKE 'search\_path=%' OR setting LIKE 'role=%'
       OR setting LIKE 'default\_transaction\_%')
ORDER BY 1 NULLS FIRST, 2
