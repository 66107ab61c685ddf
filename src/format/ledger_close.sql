-- A new table in public is open to the roles of the API by default privileges, and a ledger would be readable and writable with the
-- public key: row security on, no grants.
DO $brant$
DECLARE
  ledger regclass := %L;
  api name;
BEGIN
  FOR api IN SELECT rolname FROM pg_catalog.pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON TABLE %s FROM %I', ledger, api);
    EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', ledger);
  END LOOP;
END
$brant$
