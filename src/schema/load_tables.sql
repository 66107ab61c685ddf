-- Before some tables are loaded alone: their numbers with those of what belongs to them (indexes, constraints, sequences, defaults, ...), whether something
-- may have acted beyond them, and then for each family that a table may lack whether there is one.  $1: names of tables, in whatever schema.
WITH t AS MATERIALIZED (
	SELECT c.oid FROM pg_class c WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'f') AND c.relname = ANY ($1::text[])
), o AS MATERIALIZED (
	SELECT t.oid FROM t UNION SELECT d.objid FROM pg_depend d JOIN t ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
), p AS MATERIALIZED (
	SELECT o.oid FROM o UNION SELECT d.objid FROM pg_depend d JOIN o ON d.refobjid = o.oid WHERE d.deptype IN ('a', 'i')
)
SELECT ARRAY(SELECT p.oid FROM p) AS oids, EXISTS (SELECT FROM pg_event_trigger) AS acts,
	EXISTS (SELECT FROM pg_sequence s JOIN p ON p.oid = s.seqrelid) AS sequences,
	EXISTS (SELECT FROM pg_attrdef d JOIN t ON t.oid = d.adrelid) AS defaults,
	EXISTS (SELECT FROM pg_sequence s JOIN p ON p.oid = s.seqrelid) AS ownerships,
	EXISTS (SELECT FROM pg_statistic_ext s JOIN t ON t.oid = s.stxrelid) AS statistics,
	EXISTS (SELECT FROM pg_rewrite r JOIN t ON t.oid = r.ev_class) AS rules,
	EXISTS (SELECT FROM pg_trigger g JOIN t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal) AS triggers,
	EXISTS (SELECT FROM pg_policy p JOIN t ON t.oid = p.polrelid) AS policies,
	EXISTS (SELECT FROM pg_depend d JOIN p ON p.oid = d.objid WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x') AS extension_needs
