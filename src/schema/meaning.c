/*
 * What a change of each attribute means.  An attribute that is not in the table replaces its object: that is right for everything, if seldom
 * the best.
 */
#include "schema/kind.h"

#define ALTER_COLUMN "ALTER TABLE %P ALTER COLUMN %N "

static const struct meaning meanings[] = {
	{ KIND_EXTENSION, "comment", CHANGE_IN_PLACE, false, "COMMENT ON EXTENSION %N IS %L",
	  "COMMENT ON EXTENSION %N IS %{_comment}" },
	{ KIND_SCHEMA, "comment", CHANGE_IN_PLACE, false, "COMMENT ON SCHEMA %N IS %L",
	  "COMMENT ON SCHEMA %N IS %{_comment}" },
	{ KIND_COLUMN, "comment", CHANGE_IN_PLACE, false, "COMMENT ON COLUMN %P.%N IS %L",
	  "COMMENT ON COLUMN %P.%N IS NULL" },
	{ ANY_KIND, "comment", CHANGE_IN_PLACE, false, "COMMENT ON %R IS %L", "COMMENT ON %R IS NULL" },
	{ KIND_DEFAULT_PRIVILEGES, "owner", CHANGE_REPLACE, true, NULL, NULL },
	{ KIND_SCHEMA, "owner", CHANGE_IN_PLACE, false, "ALTER SCHEMA %N OWNER TO %I",
	  "ALTER SCHEMA %N OWNER TO %{_first_owner}" },
	{ ANY_KIND, "owner", CHANGE_IN_PLACE, false, "ALTER %R OWNER TO %I", "ALTER %R OWNER TO CURRENT_USER" },

	{ KIND_EXTENSION, "schema_name", CHANGE_SPECIAL, true, NULL, NULL },

	{ KIND_COLLATION, "definition", CHANGE_REPLACE, true, NULL, NULL },
	{ KIND_RANGE, "definition", CHANGE_REPLACE, true, NULL, NULL },
	{ KIND_ENUM, "labels", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_DOMAIN, "type", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_DOMAIN, "collation", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_DOMAIN, "default", CHANGE_IN_PLACE, true, "ALTER DOMAIN %N SET DEFAULT %V",
	  "ALTER DOMAIN %N DROP DEFAULT" },
	{ KIND_DOMAIN, "not_null", CHANGE_IN_PLACE, true, "ALTER DOMAIN %N SET NOT NULL",
	  "ALTER DOMAIN %N DROP NOT NULL" },
	{ KIND_DOMAIN_CONSTRAINT, "not_valid", CHANGE_SPECIAL, true, NULL, "ALTER DOMAIN %P VALIDATE CONSTRAINT %N" },
	{ KIND_ATTRIBUTE, "type", CHANGE_IN_PLACE, true,
	  "ALTER TYPE %P ALTER ATTRIBUTE %N TYPE %V[ COLLATE %{collation}]", NULL },
	{ KIND_ATTRIBUTE, "collation", CHANGE_IN_PLACE, true,
	  "ALTER TYPE %P ALTER ATTRIBUTE %N TYPE %{type}[ COLLATE %{collation}]",
	  "ALTER TYPE %P ALTER ATTRIBUTE %N TYPE %{type}" },

	{ KIND_SEQUENCE, "options", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_SEQUENCE, "unlogged", CHANGE_IN_PLACE, true, "ALTER SEQUENCE %N SET UNLOGGED",
	  "ALTER SEQUENCE %N SET LOGGED" },
	{ KIND_OWNED_BY, "owned_by", CHANGE_IN_PLACE, true, "ALTER SEQUENCE %P OWNED BY %V", NULL },

	{ KIND_TABLE, "unlogged", CHANGE_IN_PLACE, true, "ALTER TABLE %N SET UNLOGGED", "ALTER TABLE %N SET LOGGED" },
	{ KIND_TABLE, "access_method", CHANGE_IN_PLACE, true, "ALTER TABLE %N SET ACCESS METHOD %V",
	  "ALTER TABLE %N SET ACCESS METHOD heap" },
	{ KIND_TABLE, "tablespace", CHANGE_IN_PLACE, true, "ALTER TABLE %N SET TABLESPACE %V",
	  "ALTER TABLE %N SET TABLESPACE pg_default" },
	{ KIND_TABLE, "partition_key", CHANGE_REPLACE, true, NULL, NULL },
	{ KIND_TABLE, "partition_of", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_TABLE, "partition_bound", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_TABLE, "inherits", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_TABLE, "of_type", CHANGE_IN_PLACE, true, "ALTER TABLE %N OF %V", "ALTER TABLE %N NOT OF" },
	{ KIND_TABLE, "options", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_TABLE, "row_security", CHANGE_IN_PLACE, false, "ALTER TABLE %N ENABLE ROW LEVEL SECURITY",
	  "ALTER TABLE %N DISABLE ROW LEVEL SECURITY" },
	{ KIND_TABLE, "force_row_security", CHANGE_IN_PLACE, false, "ALTER TABLE %N FORCE ROW LEVEL SECURITY",
	  "ALTER TABLE %N NO FORCE ROW LEVEL SECURITY" },
	{ KIND_TABLE, "replica_identity", CHANGE_IN_PLACE, false, "ALTER TABLE %N REPLICA IDENTITY %V",
	  "ALTER TABLE %N REPLICA IDENTITY DEFAULT" },
	{ KIND_FOREIGN_TABLE, "server_options", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_FOREIGN_TABLE, "inherits", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_FDW, "server_options", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_SERVER, "server_options", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_USER_MAPPING, "server_options", CHANGE_SPECIAL, true, NULL, NULL },

	{ KIND_COLUMN, "type", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_COLUMN, "collation", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_COLUMN, "not_null", CHANGE_SPECIAL, true, ALTER_COLUMN "SET NOT NULL", ALTER_COLUMN "DROP NOT NULL" },
	{ KIND_COLUMN, "generated", CHANGE_SPECIAL, true, NULL, ALTER_COLUMN "DROP EXPRESSION" },
	{ KIND_COLUMN, "identity", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_COLUMN, "identity_options", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_COLUMN, "inherited", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_COLUMN, "storage", CHANGE_SPECIAL, false, ALTER_COLUMN "SET STORAGE %V", NULL },
	{ KIND_COLUMN, "compression", CHANGE_IN_PLACE, true, ALTER_COLUMN "SET COMPRESSION %V",
	  ALTER_COLUMN "SET COMPRESSION default" },
	{ KIND_COLUMN, "statistics", CHANGE_IN_PLACE, false, ALTER_COLUMN "SET STATISTICS %V",
	  ALTER_COLUMN "SET STATISTICS -1" },
	{ KIND_COLUMN, "options", CHANGE_SPECIAL, false, ALTER_COLUMN "SET (%V)", NULL },
	{ KIND_COLUMN, "server_options", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_DEFAULT, "expression", CHANGE_IN_PLACE, true, ALTER_COLUMN "SET DEFAULT %V", NULL },
	{ KIND_CONSTRAINT, "not_valid", CHANGE_SPECIAL, true, NULL, "ALTER TABLE %P VALIDATE CONSTRAINT %N" },
	{ KIND_FOREIGN_KEY, "not_valid", CHANGE_SPECIAL, true, NULL, "ALTER TABLE %P VALIDATE CONSTRAINT %N" },
	{ KIND_CONSTRAINT, "attached_to", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_INDEX, "attached_to", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_CONSTRAINT, "index_options", CHANGE_SPECIAL, false, "ALTER INDEX %{_index} SET (%V)", NULL },
	{ KIND_CONSTRAINT, "index_comment", CHANGE_IN_PLACE, false, "COMMENT ON INDEX %{_index} IS %L",
	  "COMMENT ON INDEX %{_index} IS NULL" },
	{ KIND_CONSTRAINT, "clustered", CHANGE_IN_PLACE, false, "ALTER TABLE %P CLUSTER ON %N",
	  "ALTER TABLE %P SET WITHOUT CLUSTER" },
	{ KIND_CONSTRAINT, "replica_identity", CHANGE_IN_PLACE, false, "ALTER TABLE %P REPLICA IDENTITY USING INDEX %N",
	  "ALTER TABLE %P REPLICA IDENTITY DEFAULT" },
	{ KIND_INDEX, "tablespace", CHANGE_IN_PLACE, true, "ALTER INDEX %N SET TABLESPACE %V",
	  "ALTER INDEX %N SET TABLESPACE pg_default" },
	{ KIND_INDEX, "statistics", CHANGE_IN_PLACE, false, "ALTER INDEX %N %V", NULL },
	{ KIND_INDEX, "clustered", CHANGE_IN_PLACE, false, "ALTER TABLE %P CLUSTER ON %{_bare}",
	  "ALTER TABLE %P SET WITHOUT CLUSTER" },
	{ KIND_INDEX, "replica_identity", CHANGE_IN_PLACE, false,
	  "ALTER TABLE %P REPLICA IDENTITY USING INDEX %{_bare}", "ALTER TABLE %P REPLICA IDENTITY DEFAULT" },
	{ KIND_INDEX, "invalid", CHANGE_REPLACE, true, NULL, NULL },

	{ KIND_VIEW, "definition", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_VIEW, "columns", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_VIEW, "options", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_MATERIALIZED_VIEW, "options", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_VIEW_COLUMN, "statistics", CHANGE_IN_PLACE, false,
	  "ALTER MATERIALIZED VIEW %P ALTER COLUMN %N SET STATISTICS %V",
	  "ALTER MATERIALIZED VIEW %P ALTER COLUMN %N SET STATISTICS -1" },
	{ KIND_VIEW_COLUMN, "compression", CHANGE_IN_PLACE, false,
	  "ALTER MATERIALIZED VIEW %P ALTER COLUMN %N SET COMPRESSION %V",
	  "ALTER MATERIALIZED VIEW %P ALTER COLUMN %N SET COMPRESSION default" },
	{ KIND_VIEW_COLUMN, "storage", CHANGE_IN_PLACE, false,
	  "ALTER MATERIALIZED VIEW %P ALTER COLUMN %N SET STORAGE %V",
	  "ALTER MATERIALIZED VIEW %P ALTER COLUMN %N SET STORAGE %{_default_storage}" },

	{ KIND_FUNCTION, "definition", CHANGE_IN_PLACE, true, "%V", NULL },
	{ KIND_PROCEDURE, "definition", CHANGE_IN_PLACE, true, "%V", NULL },
	{ KIND_FUNCTION, "defaults", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_PROCEDURE, "defaults", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_STATISTICS, "target", CHANGE_IN_PLACE, false, "ALTER STATISTICS %N SET STATISTICS %V",
	  "ALTER STATISTICS %N SET STATISTICS -1" },
	{ KIND_TRIGGER, "enabled", CHANGE_IN_PLACE, false, "ALTER TABLE %P %V TRIGGER %N",
	  "ALTER TABLE %P ENABLE TRIGGER %N" },
	{ KIND_TRIGGER_STATE, "enabled", CHANGE_IN_PLACE, true, "ALTER TABLE %P %V TRIGGER %N", NULL },
	{ KIND_RULE, "enabled", CHANGE_IN_PLACE, false, "ALTER TABLE %P %V RULE %N", "ALTER TABLE %P ENABLE RULE %N" },
	{ KIND_RULE, "definition", CHANGE_REPLACE, true, NULL, NULL },
	{ KIND_POLICY, "roles", CHANGE_IN_PLACE, true, "ALTER POLICY %N ON %P TO %V",
	  "ALTER POLICY %N ON %P TO PUBLIC" },
	{ KIND_POLICY, "using", CHANGE_IN_PLACE, true, "ALTER POLICY %N ON %P USING (%V)", NULL },
	{ KIND_POLICY, "check", CHANGE_IN_PLACE, true, "ALTER POLICY %N ON %P WITH CHECK (%V)", NULL },
	{ KIND_PUBLICATION, "publish", CHANGE_IN_PLACE, true, "ALTER PUBLICATION %N SET (%V)", NULL },
	{ KIND_SUBSCRIPTION, "connection", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_SUBSCRIPTION, "publications", CHANGE_IN_PLACE, true,
	  "ALTER SUBSCRIPTION %N SET PUBLICATION %V WITH (refresh = false)", NULL },
	{ KIND_SUBSCRIPTION, "slot_name", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_SUBSCRIPTION, "options", CHANGE_IN_PLACE, true, "ALTER SUBSCRIPTION %N SET (%V)", NULL },
	{ KIND_EVENT_TRIGGER, "enabled", CHANGE_IN_PLACE, false, "ALTER EVENT TRIGGER %N %V",
	  "ALTER EVENT TRIGGER %N ENABLE" },
	{ KIND_TS_CONFIGURATION, "mappings", CHANGE_SPECIAL, false, NULL, NULL },
	{ KIND_GRANT, "privileges", CHANGE_SPECIAL, true, NULL, NULL },
	{ KIND_DEFAULT_PRIVILEGES, "privileges", CHANGE_SPECIAL, true, NULL, NULL },
};

const struct meaning *meaning_find(enum kind kind, const char *attribute)
{
	const struct meaning *any = NULL;
	for (size_t i = 0; i < LEN(meanings); i++) {
		if (strcmp(meanings[i].attribute, attribute) != 0)
			continue;
		if (meanings[i].kind == (int)kind)
			return &meanings[i];
		if (meanings[i].kind == ANY_KIND)
			any = &meanings[i];
	}
	return any;
}
