#include "sql/facts.h"

#include "sql/lex.h"

struct statement_row {
	const char *tag;
	facts_reader *read; /* NULL where there is nothing more to say */
};

#define NODE(name) [PG_QUERY__NODE__NODE_##name]

/* Every statement of PostgreSQL 15. */
static const struct statement_row rows[] = {
	NODE(INSERT_STMT) = { "INSERT", read_insert },
	NODE(DELETE_STMT) = { "DELETE", read_delete },
	NODE(UPDATE_STMT) = { "UPDATE", read_update },
	NODE(MERGE_STMT) = { "MERGE", read_merge },
	NODE(SELECT_STMT) = { "SELECT", read_select },
	NODE(ALTER_TABLE_STMT) = { "ALTER TABLE", read_alter_table },
	NODE(ALTER_DOMAIN_STMT) = { "ALTER DOMAIN", read_alter_domain },
	NODE(GRANT_STMT) = { "GRANT", read_grant },
	NODE(GRANT_ROLE_STMT) = { "GRANT ROLE", read_grant_role },
	NODE(ALTER_DEFAULT_PRIVILEGES_STMT) = { "ALTER DEFAULT PRIVILEGES", read_default_privileges },
	NODE(CLOSE_PORTAL_STMT) = { "CLOSE CURSOR", NULL },
	NODE(CLUSTER_STMT) = { "CLUSTER", read_cluster },
	NODE(COPY_STMT) = { "COPY", read_copy },
	NODE(CREATE_STMT) = { "CREATE TABLE", read_create_table },
	NODE(DEFINE_STMT) = { "CREATE", read_define },
	NODE(DROP_STMT) = { "DROP", read_drop },
	NODE(TRUNCATE_STMT) = { "TRUNCATE TABLE", read_truncate },
	NODE(COMMENT_STMT) = { "COMMENT", read_comment },
	NODE(FETCH_STMT) = { "FETCH", read_execute },
	NODE(INDEX_STMT) = { "CREATE INDEX", read_index },
	NODE(CREATE_FUNCTION_STMT) = { "CREATE FUNCTION", read_function },
	NODE(ALTER_FUNCTION_STMT) = { "ALTER FUNCTION", read_alter_function },
	NODE(DO_STMT) = { "DO", read_do },
	NODE(RENAME_STMT) = { "ALTER", read_rename },
	NODE(RULE_STMT) = { "CREATE RULE", read_rule },
	NODE(NOTIFY_STMT) = { "NOTIFY", NULL },
	NODE(LISTEN_STMT) = { "LISTEN", NULL },
	NODE(UNLISTEN_STMT) = { "UNLISTEN", NULL },
	NODE(TRANSACTION_STMT) = { "BEGIN", read_transaction },
	NODE(VIEW_STMT) = { "CREATE VIEW", read_view },
	NODE(LOAD_STMT) = { "LOAD", read_load },
	NODE(CREATE_DOMAIN_STMT) = { "CREATE DOMAIN", read_domain },
	NODE(CREATEDB_STMT) = { "CREATE DATABASE", read_create_database },
	NODE(DROPDB_STMT) = { "DROP DATABASE", read_drop_database },
	NODE(VACUUM_STMT) = { "VACUUM", read_vacuum },
	NODE(EXPLAIN_STMT) = { "EXPLAIN", read_explain },
	NODE(CREATE_TABLE_AS_STMT) = { "CREATE TABLE AS", read_create_table_as },
	NODE(CREATE_SEQ_STMT) = { "CREATE SEQUENCE", read_create_sequence },
	NODE(ALTER_SEQ_STMT) = { "ALTER SEQUENCE", read_alter_sequence },
	NODE(VARIABLE_SET_STMT) = { "SET", read_set },
	NODE(VARIABLE_SHOW_STMT) = { "SHOW", NULL },
	NODE(DISCARD_STMT) = { "DISCARD", read_discard },
	NODE(CREATE_TRIG_STMT) = { "CREATE TRIGGER", read_trigger },
	NODE(CREATE_PLANG_STMT) = { "CREATE LANGUAGE", read_language },
	NODE(CREATE_ROLE_STMT) = { "CREATE ROLE", read_create_role },
	NODE(ALTER_ROLE_STMT) = { "ALTER ROLE", read_alter_role },
	NODE(DROP_ROLE_STMT) = { "DROP ROLE", read_drop_role },
	NODE(LOCK_STMT) = { "LOCK TABLE", read_lock },
	NODE(CONSTRAINTS_SET_STMT) = { "SET CONSTRAINTS", NULL },
	NODE(REINDEX_STMT) = { "REINDEX", read_reindex },
	NODE(CHECK_POINT_STMT) = { "CHECKPOINT", NULL },
	NODE(CREATE_SCHEMA_STMT) = { "CREATE SCHEMA", read_schema },
	NODE(ALTER_DATABASE_STMT) = { "ALTER DATABASE", read_alter_database },
	NODE(ALTER_DATABASE_REFRESH_COLL_STMT) = { "ALTER DATABASE", read_refresh_database },
	NODE(ALTER_DATABASE_SET_STMT) = { "ALTER DATABASE", read_alter_database_set },
	NODE(ALTER_ROLE_SET_STMT) = { "ALTER ROLE", read_alter_role_set },
	NODE(CREATE_CONVERSION_STMT) = { "CREATE CONVERSION", read_conversion },
	NODE(CREATE_CAST_STMT) = { "CREATE CAST", read_cast },
	NODE(CREATE_OP_CLASS_STMT) = { "CREATE OPERATOR CLASS", read_operator_class },
	NODE(CREATE_OP_FAMILY_STMT) = { "CREATE OPERATOR FAMILY", read_operator_family },
	NODE(ALTER_OP_FAMILY_STMT) = { "ALTER OPERATOR FAMILY", read_alter_operator_family },
	NODE(PREPARE_STMT) = { "PREPARE", read_prepare },
	NODE(EXECUTE_STMT) = { "EXECUTE", read_execute },
	NODE(DEALLOCATE_STMT) = { "DEALLOCATE", NULL },
	NODE(DECLARE_CURSOR_STMT) = { "DECLARE CURSOR", read_cursor },
	NODE(CREATE_TABLE_SPACE_STMT) = { "CREATE TABLESPACE", read_tablespace },
	NODE(DROP_TABLE_SPACE_STMT) = { "DROP TABLESPACE", read_drop_tablespace },
	NODE(ALTER_OBJECT_DEPENDS_STMT) = { "ALTER", read_depends },
	NODE(ALTER_OBJECT_SCHEMA_STMT) = { "ALTER", read_set_schema },
	NODE(ALTER_OWNER_STMT) = { "ALTER", read_owner },
	NODE(ALTER_OPERATOR_STMT) = { "ALTER OPERATOR", read_alter_operator },
	NODE(ALTER_TYPE_STMT) = { "ALTER TYPE", read_alter_type },
	NODE(DROP_OWNED_STMT) = { "DROP OWNED", read_drop_owned },
	NODE(REASSIGN_OWNED_STMT) = { "REASSIGN OWNED", read_reassign_owned },
	NODE(COMPOSITE_TYPE_STMT) = { "CREATE TYPE", read_composite },
	NODE(CREATE_ENUM_STMT) = { "CREATE TYPE", read_enum },
	NODE(CREATE_RANGE_STMT) = { "CREATE TYPE", read_range },
	NODE(ALTER_ENUM_STMT) = { "ALTER TYPE", read_alter_enum },
	NODE(ALTER_TSDICTIONARY_STMT) = { "ALTER TEXT SEARCH DICTIONARY", read_dictionary },
	NODE(ALTER_TSCONFIGURATION_STMT) = { "ALTER TEXT SEARCH CONFIGURATION", read_text_config },
	NODE(CREATE_FDW_STMT) = { "CREATE FOREIGN DATA WRAPPER", read_wrapper },
	NODE(ALTER_FDW_STMT) = { "ALTER FOREIGN DATA WRAPPER", read_alter_wrapper },
	NODE(CREATE_FOREIGN_SERVER_STMT) = { "CREATE SERVER", read_server },
	NODE(ALTER_FOREIGN_SERVER_STMT) = { "ALTER SERVER", read_alter_server },
	NODE(CREATE_USER_MAPPING_STMT) = { "CREATE USER MAPPING", read_user_mapping },
	NODE(ALTER_USER_MAPPING_STMT) = { "ALTER USER MAPPING", read_alter_user_mapping },
	NODE(DROP_USER_MAPPING_STMT) = { "DROP USER MAPPING", read_drop_user_mapping },
	NODE(ALTER_TABLE_SPACE_OPTIONS_STMT) = { "ALTER TABLESPACE", read_alter_tablespace },
	NODE(ALTER_TABLE_MOVE_ALL_STMT) = { "ALTER TABLE", read_move_all },
	NODE(SEC_LABEL_STMT) = { "SECURITY LABEL", read_label },
	NODE(CREATE_FOREIGN_TABLE_STMT) = { "CREATE FOREIGN TABLE", read_create_foreign_table },
	NODE(IMPORT_FOREIGN_SCHEMA_STMT) = { "IMPORT FOREIGN SCHEMA", read_import },
	NODE(CREATE_EXTENSION_STMT) = { "CREATE EXTENSION", read_extension },
	NODE(ALTER_EXTENSION_STMT) = { "ALTER EXTENSION", read_alter_extension },
	NODE(ALTER_EXTENSION_CONTENTS_STMT) = { "ALTER EXTENSION", read_extension_contents },
	NODE(CREATE_EVENT_TRIG_STMT) = { "CREATE EVENT TRIGGER", read_event_trigger },
	NODE(ALTER_EVENT_TRIG_STMT) = { "ALTER EVENT TRIGGER", read_alter_event_trigger },
	NODE(REFRESH_MAT_VIEW_STMT) = { "REFRESH MATERIALIZED VIEW", read_refresh },
	NODE(ALTER_SYSTEM_STMT) = { "ALTER SYSTEM", read_system },
	NODE(CREATE_POLICY_STMT) = { "CREATE POLICY", read_create_policy },
	NODE(ALTER_POLICY_STMT) = { "ALTER POLICY", read_alter_policy },
	NODE(CREATE_TRANSFORM_STMT) = { "CREATE TRANSFORM", read_transform },
	NODE(CREATE_AM_STMT) = { "CREATE ACCESS METHOD", read_access_method },
	NODE(CREATE_PUBLICATION_STMT) = { "CREATE PUBLICATION", read_publication },
	NODE(ALTER_PUBLICATION_STMT) = { "ALTER PUBLICATION", read_alter_publication },
	NODE(CREATE_SUBSCRIPTION_STMT) = { "CREATE SUBSCRIPTION", read_subscription },
	NODE(ALTER_SUBSCRIPTION_STMT) = { "ALTER SUBSCRIPTION", read_alter_subscription },
	NODE(DROP_SUBSCRIPTION_STMT) = { "DROP SUBSCRIPTION", read_drop_subscription },
	NODE(CREATE_STATS_STMT) = { "CREATE STATISTICS", read_statistics },
	NODE(ALTER_COLLATION_STMT) = { "ALTER COLLATION", read_collation },
	NODE(CALL_STMT) = { "CALL", read_call },
	NODE(ALTER_STATS_STMT) = { "ALTER STATISTICS", read_alter_statistics },
};

void facts_statement(struct facts *f, const PgQuery__Node *node)
{
	const struct statement_row *row = (size_t)node->node_case < LEN(rows) ? &rows[node->node_case] : NULL;
	if (!row || !row->tag) {
		f->stmt->understood = false;
		f->stmt->opaque = true;
		return;
	}
	f->stmt->tag = row->tag;
	if (row->read)
		row->read(f, node_message(node));
}

/* Places further in than this are not looked for: what is named there is inside a body. */
enum { LOCATE_MAX = 4096 };

/* Is the token the name of the touch, behind its schema if it has one? */
static bool is_named(struct facts *f, const struct touch *touch, const struct token *token, struct str before)
{
	struct str text = f->stmt->text;
	if (token->kind != TOKEN_WORD && token->kind != TOKEN_QUOTED)
		return false;
	if (!str_eq(token_name(f->scratch, text, token), touch->name))
		return false;
	return touch->schema.len ? str_eq(before, touch->schema) : !before.len;
}

/* The grammar keeps no places of most names in DROP, COMMENT, GRANT and CREATE: they are looked for among the tokens. */
static void locate(struct facts *f)
{
	struct str text = f->stmt->text, before = { 0 };
	size_t missing = 0, start = 0;
	for (size_t i = 0; i < f->touches.len; i++)
		missing += !f->touches.ptr[i].offset && f->touches.ptr[i].name.len;
	for (struct token t = lex_significant(text, 0); missing && t.kind != TOKEN_END && t.from < LOCATE_MAX;) {
		for (size_t i = 0; i < f->touches.len; i++) {
			struct touch *touch = &f->touches.ptr[i];
			if (touch->offset || !touch->name.len || !is_named(f, touch, &t, before))
				continue;
			touch->offset = before.len ? start : t.from;
			missing--;
		}
		struct token next = lex_significant(text, t.to);
		bool dotted = token_is_punct(text, &next, '.') && (t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED);
		start = before.len && dotted ? start : t.from;
		before = dotted ? token_name(f->scratch, text, &t) : (struct str){ 0 };
		t = dotted ? lex_significant(text, next.to) : next;
	}
}

static void from_tree(struct facts *f, const PgQuery__Node *node)
{
	struct stmt *stmt = f->stmt;
	enum stmt_kind kind = stmt->kind;
	stmt->understood = true;
	facts_statement(f, node);
	if (node->node_case == PG_QUERY__NODE__NODE_SELECT_STMT) {
		if (is_session_set(node->select_stmt))
			stmt->kind = STMT_SET;
		if (node->select_stmt->into_clause)
			stmt->tag = "SELECT INTO";
	}
	if (kind == STMT_COPY_IN)
		stmt->kind = kind;
	stmt->touches = (struct touches){ 0 };
	if (!f->touches.len)
		return;
	locate(f);
	size_t size = f->touches.len * sizeof(*f->touches.ptr);
	stmt->touches.ptr = arena_alloc(f->arena, size);
	stmt->touches.len = stmt->touches.cap = f->touches.len;
	memcpy(stmt->touches.ptr, f->touches.ptr, size);
}

void stmt_classify(struct arena *arena, struct stmt *stmt)
{
	stmt->tag = "\\echo";
	stmt->understood = true;
	if (stmt->kind == STMT_ECHO || facts_plain_insert(arena, stmt))
		return;
	struct arena *scratch = arena_new(NULL);
	struct facts f = { .arena = arena, .scratch = scratch, .stmt = stmt };
	const PgQuery__Node *node = parse_statement(scratch, stmt->text);
	if (node)
		from_tree(&f, node);
	else
		facts_from_tokens(arena, stmt);
	stmt->only_fires = f.fires && !stmt->opaque;
	stmt->opaque |= f.fires;
	stmt->may_set |= stmt->opaque;
	arena_free(scratch);
}
