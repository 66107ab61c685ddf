#include "schema/load_families.h"

#include <stddef.h>

#include "load_aggregates.sql.h"
#include "load_aliases.sql.h"
#include "load_collations.sql.h"
#include "load_columns.sql.h"
#include "load_comments.sql.h"
#include "load_constraints.sql.h"
#include "load_default_privileges.sql.h"
#include "load_defaults.sql.h"
#include "load_depends.sql.h"
#include "load_event_triggers.sql.h"
#include "load_extension_needs.sql.h"
#include "load_extensions.sql.h"
#include "load_foreign.sql.h"
#include "load_functions.sql.h"
#include "load_grants.sql.h"
#include "load_indexes.sql.h"
#include "load_labels.sql.h"
#include "load_namespaces.sql.h"
#include "load_operators.sql.h"
#include "load_ownerships.sql.h"
#include "load_policies.sql.h"
#include "load_publications.sql.h"
#include "load_rare.sql.h"
#include "load_relations.sql.h"
#include "load_rules.sql.h"
#include "load_sequences.sql.h"
#include "load_statistics.sql.h"
#include "load_subscriptions.sql.h"
#include "load_tables.sql.h"
#include "load_text_search.sql.h"
#include "load_triggers.sql.h"
#include "load_types.sql.h"
#include "load_unmodelled.sql.h"
#include "load_views.sql.h"

const struct load_family load_families[LOAD_FAMILIES] = {
	{ sql_load_namespaces, NULL },
	{ sql_load_extensions, "pg_extension WHERE extname <> 'plpgsql'" },
	{ sql_load_default_privileges, "pg_default_acl" },
	{ sql_load_collations, "pg_collation WHERE oid >= 16384" },
	{ sql_load_types, "pg_type WHERE oid >= 16384" },
	{ sql_load_foreign, "pg_foreign_data_wrapper" },
	{ sql_load_sequences, "pg_sequence", .part = PART_LIKELY },
	{ sql_load_functions, "pg_proc WHERE oid >= 16384" },
	{ sql_load_aggregates, "pg_proc WHERE oid >= 16384 AND prokind = 'a'" },
	{ sql_load_operators,
	  "(SELECT oid FROM pg_operator UNION ALL SELECT oid FROM pg_cast UNION ALL SELECT oid FROM pg_opfamily "
	  "UNION ALL SELECT oid FROM pg_opclass UNION ALL SELECT oid FROM pg_amop UNION ALL SELECT oid FROM pg_amproc) AS o WHERE oid >= 16384" },
	{ sql_load_text_search,
	  "(SELECT oid FROM pg_ts_config UNION ALL SELECT oid FROM pg_ts_dict UNION ALL SELECT oid FROM pg_ts_parser "
	  "UNION ALL SELECT oid FROM pg_ts_template) AS t WHERE oid >= 16384" },
	{ sql_load_rare,
	  "(SELECT oid FROM pg_language UNION ALL SELECT oid FROM pg_conversion UNION ALL SELECT oid FROM pg_am "
	  "UNION ALL SELECT oid FROM pg_transform UNION ALL SELECT umid FROM pg_user_mappings) AS r WHERE oid >= 16384" },
	{ sql_load_relations, NULL, .part = PART_ALWAYS },
	{ sql_load_columns, NULL, .part = PART_ALWAYS },
	{ sql_load_defaults, "pg_attrdef", .part = PART_LIKELY },
	{ sql_load_constraints, NULL, .part = PART_ALWAYS },
	{ sql_load_indexes, NULL, .part = PART_ALWAYS },
	{ sql_load_ownerships, "pg_sequence", .part = PART_LIKELY },
	{ sql_load_views, "pg_class WHERE oid >= 16384 AND relkind IN ('v', 'm')" },
	{ sql_load_statistics, "pg_statistic_ext", .part = PART_ASKED },
	{ sql_load_rules, "pg_rewrite WHERE oid >= 16384 AND rulename <> '_RETURN'", .part = PART_ASKED },
	{ sql_load_triggers, "pg_trigger WHERE NOT tgisinternal", .part = PART_ASKED },
	{ sql_load_policies, "pg_policy", .part = PART_ASKED },
	{ sql_load_extension_needs, "pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'x'",
	  .part = PART_ASKED },
	{ sql_load_publications, "pg_publication" },
	{ sql_load_subscriptions, "pg_subscription WHERE has_table_privilege('pg_subscription', 'SELECT')" },
	{ sql_load_event_triggers, "pg_event_trigger" },
	{ sql_load_grants, NULL, .part = PART_ALWAYS },
	{ sql_load_labels, "pg_seclabel", .unmodelled = true },
};

const char *const load_aliases = sql_load_aliases, *const load_depends = sql_load_depends,
		  *const load_comments = sql_load_comments, *const load_unmodelled = sql_load_unmodelled,
		  *const load_tables = sql_load_tables;
