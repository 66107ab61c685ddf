#include "sql/facts.h"

/*
 * Schemas and extensions
 */

void read_schema(struct facts *f, const void *message)
{
	const PgQuery__CreateSchemaStmt *create = message;
	const char *name = create->schemaname;
	/* CREATE SCHEMA AUTHORIZATION r: it is called like the role. */
	if (!*name && create->authrole)
		name = create->authrole->rolename;
	facts_plain(f, TOUCH_CREATE, OBJECT_SCHEMA, name);
	facts_role(f, TOUCH_READ, create->authrole);
	f->in_schema = arena_strdup(f->scratch, name);
	for (size_t i = 0; i < create->n_schema_elts; i++)
		facts_statement(f, create->schema_elts[i]);
	f->in_schema = NULL;
	f->stmt->tag = "CREATE SCHEMA";
}

static const char *option_text(size_t n, PgQuery__Node *const *options, const char *name)
{
	const PgQuery__DefElem *option = option_find(n, options, name);
	return option ? node_text(option->arg) : NULL;
}

void read_extension(struct facts *f, const void *message)
{
	const PgQuery__CreateExtensionStmt *create = message;
	facts_touch(f, TOUCH_CREATE, OBJECT_EXTENSION,
		    (struct name){ .schema = option_text(create->n_options, create->options, "schema"),
				   .name = create->extname });
	facts_opaque(f);
}

void read_alter_extension(struct facts *f, const void *message)
{
	const PgQuery__AlterExtensionStmt *alter = message;
	facts_plain(f, TOUCH_ALTER, OBJECT_EXTENSION, alter->extname);
	facts_opaque(f);
}

void read_extension_contents(struct facts *f, const void *message)
{
	const PgQuery__AlterExtensionContentsStmt *alter = message;
	facts_plain(f, TOUCH_ALTER, OBJECT_EXTENSION, alter->extname);
	facts_object(f, TOUCH_ALTER, alter->objtype, NULL, alter->object);
}

/*
 * Publications and subscriptions
 */

/* A published table cannot be changed as before: its updates need a replica identity. */
static void read_published(struct facts *f, size_t n, PgQuery__Node *const *objects)
{
	for (size_t i = 0; i < n; i++) {
		if (objects[i]->node_case != PG_QUERY__NODE__NODE_PUBLICATION_OBJ_SPEC)
			continue;
		const PgQuery__PublicationObjSpec *object = objects[i]->publication_obj_spec;
		if (object->pubtable) {
			facts_relation(f, TOUCH_ALTER, OBJECT_TABLE, object->pubtable->relation);
			facts_walk_stored(f, object->pubtable->where_clause);
		} else if (*object->name) {
			facts_plain(f, TOUCH_ALTER, OBJECT_SCHEMA, object->name);
		}
	}
}

void read_publication(struct facts *f, const void *message)
{
	const PgQuery__CreatePublicationStmt *create = message;
	facts_plain(f, TOUCH_CREATE, OBJECT_PUBLICATION, create->pubname);
	read_published(f, create->n_pubobjects, create->pubobjects);
}

void read_alter_publication(struct facts *f, const void *message)
{
	const PgQuery__AlterPublicationStmt *alter = message;
	facts_plain(f, TOUCH_ALTER, OBJECT_PUBLICATION, alter->pubname);
	read_published(f, alter->n_pubobjects, alter->pubobjects);
}

static bool switched_off(size_t n, PgQuery__Node *const *options, const char *name)
{
	return option_find(n, options, name) && !option_is_on(n, options, name);
}

void read_subscription(struct facts *f, const void *message)
{
	const PgQuery__CreateSubscriptionStmt *create = message;
	facts_plain(f, TOUCH_CREATE, OBJECT_SUBSCRIPTION, create->subname);
	if (!switched_off(create->n_options, create->options, "connect") &&
	    !switched_off(create->n_options, create->options, "create_slot"))
		f->stmt->no_tx = NO_TX_STATEMENT;
}

void read_alter_subscription(struct facts *f, const void *message)
{
	const PgQuery__AlterSubscriptionStmt *alter = message;
	PgQuery__AlterSubscriptionType kind = alter->kind;
	facts_plain(f, TOUCH_ALTER, OBJECT_SUBSCRIPTION, alter->subname);
	bool publications = kind == PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_SET_PUBLICATION ||
		kind == PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_ADD_PUBLICATION ||
		kind == PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_DROP_PUBLICATION;
	if (kind == PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_REFRESH ||
	    (publications && !switched_off(alter->n_options, alter->options, "refresh")))
		f->stmt->no_tx = NO_TX_STATEMENT;
}

void read_drop_subscription(struct facts *f, const void *message)
{
	const PgQuery__DropSubscriptionStmt *drop = message;
	facts_plain(f, TOUCH_DROP, OBJECT_SUBSCRIPTION, drop->subname);
	f->stmt->no_tx = NO_TX_STATEMENT;
}

/* It fires in every statement that follows. */
void read_event_trigger(struct facts *f, const void *message)
{
	const PgQuery__CreateEventTrigStmt *create = message;
	facts_plain(f, TOUCH_CREATE, OBJECT_EVENT_TRIGGER, create->trigname);
	facts_named(f, TOUCH_READ, OBJECT_FUNCTION, create->n_funcname, create->funcname);
	facts_opaque(f);
}

void read_alter_event_trigger(struct facts *f, const void *message)
{
	const PgQuery__AlterEventTrigStmt *alter = message;
	facts_plain(f, TOUCH_ALTER, OBJECT_EVENT_TRIGGER, alter->trigname);
	facts_opaque(f);
}

/*
 * Databases and tablespaces
 */

void read_create_database(struct facts *f, const void *message)
{
	const PgQuery__CreatedbStmt *create = message;
	facts_plain(f, TOUCH_CREATE, OBJECT_DATABASE, create->dbname);
	f->stmt->no_tx = NO_TX_STATEMENT;
}

void read_alter_database(struct facts *f, const void *message)
{
	const PgQuery__AlterDatabaseStmt *alter = message;
	facts_plain(f, TOUCH_ALTER, OBJECT_DATABASE, alter->dbname);
	if (option_find(alter->n_options, alter->options, "tablespace"))
		f->stmt->no_tx = NO_TX_STATEMENT;
}

void read_alter_database_set(struct facts *f, const void *message)
{
	const PgQuery__AlterDatabaseSetStmt *alter = message;
	facts_plain(f, TOUCH_ALTER, OBJECT_DATABASE, alter->dbname);
}

void read_refresh_database(struct facts *f, const void *message)
{
	const PgQuery__AlterDatabaseRefreshCollStmt *alter = message;
	facts_plain(f, TOUCH_ALTER, OBJECT_DATABASE, alter->dbname);
}

void read_drop_database(struct facts *f, const void *message)
{
	const PgQuery__DropdbStmt *drop = message;
	facts_plain(f, TOUCH_DROP, OBJECT_DATABASE, drop->dbname);
	f->stmt->no_tx = NO_TX_STATEMENT;
}

void read_tablespace(struct facts *f, const void *message)
{
	const PgQuery__CreateTableSpaceStmt *create = message;
	facts_plain(f, TOUCH_CREATE, OBJECT_OTHER, create->tablespacename);
	f->stmt->no_tx = NO_TX_STATEMENT;
}

void read_drop_tablespace(struct facts *f, const void *message)
{
	const PgQuery__DropTableSpaceStmt *drop = message;
	facts_plain(f, TOUCH_DROP, OBJECT_OTHER, drop->tablespacename);
	f->stmt->no_tx = NO_TX_STATEMENT;
}

void read_alter_tablespace(struct facts *f, const void *message)
{
	const PgQuery__AlterTableSpaceOptionsStmt *alter = message;
	facts_plain(f, TOUCH_ALTER, OBJECT_OTHER, alter->tablespacename);
}

/*
 * Foreign data
 */

void read_wrapper(struct facts *f, const void *message)
{
	const PgQuery__CreateFdwStmt *create = message;
	facts_plain(f, TOUCH_CREATE, OBJECT_OTHER, create->fdwname);
}

void read_alter_wrapper(struct facts *f, const void *message)
{
	const PgQuery__AlterFdwStmt *alter = message;
	facts_plain(f, TOUCH_ALTER, OBJECT_OTHER, alter->fdwname);
}

void read_server(struct facts *f, const void *message)
{
	const PgQuery__CreateForeignServerStmt *create = message;
	facts_plain(f, TOUCH_CREATE, OBJECT_OTHER, create->servername);
}

void read_alter_server(struct facts *f, const void *message)
{
	const PgQuery__AlterForeignServerStmt *alter = message;
	facts_plain(f, TOUCH_ALTER, OBJECT_OTHER, alter->servername);
}

void read_user_mapping(struct facts *f, const void *message)
{
	const PgQuery__CreateUserMappingStmt *create = message;
	facts_plain(f, TOUCH_CREATE, OBJECT_OTHER, create->servername);
}

void read_alter_user_mapping(struct facts *f, const void *message)
{
	const PgQuery__AlterUserMappingStmt *alter = message;
	facts_plain(f, TOUCH_ALTER, OBJECT_OTHER, alter->servername);
}

void read_drop_user_mapping(struct facts *f, const void *message)
{
	const PgQuery__DropUserMappingStmt *drop = message;
	facts_plain(f, TOUCH_DROP, OBJECT_OTHER, drop->servername);
}

/* Which tables there will be, the other server knows. */
void read_import(struct facts *f, const void *message)
{
	const PgQuery__ImportForeignSchemaStmt *import = message;
	facts_plain(f, TOUCH_ALTER, OBJECT_SCHEMA, import->local_schema);
	bool listed = import->list_type == PG_QUERY__IMPORT_FOREIGN_SCHEMA_TYPE__FDW_IMPORT_SCHEMA_LIMIT_TO;
	for (size_t i = 0; listed && i < import->n_table_list; i++)
		facts_touch(f, TOUCH_CREATE, OBJECT_TABLE,
			    (struct name){ import->local_schema, import->table_list[i]->range_var->relname, NULL, 0 });
	facts_opaque(f);
}
