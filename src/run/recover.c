#include "run/recover.h"

#include <stdlib.h>

#include "sql/quote.h"

#include "index_shape.sql.h"

/* What the catalog says of an index by its name. */
enum index_state { INDEX_MISSING, INDEX_INVALID, INDEX_VALID, INDEX_MANY };

static const struct touch *find_touch(const struct stmt *stmt, enum touch_verb verb, enum object_kind kind)
{
	for (size_t i = 0; i < stmt->touches.len; i++)
		if (stmt->touches.ptr[i].verb == verb && stmt->touches.ptr[i].kind == kind)
			return &stmt->touches.ptr[i];
	return NULL;
}

static const char *cstring(struct arena *arena, struct str s)
{
	return s.ptr ? str_dup(arena, s) : NULL;
}

static bool look_at_index(struct arena *arena, struct db *db, const struct touch *index, enum index_state *ret_state,
			  const char **ret_name, struct err *err)
{
	static const char sql[] = "SELECT format('%I.%I', n.nspname, c.relname), i.indisvalid AND i.indisready "
				  "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
				  "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
				  "WHERE c.relname = $1 AND ($2::text IS NULL OR n.nspname = $2)";
	const char *params[] = { cstring(arena, index->name), cstring(arena, index->schema) };
	struct rows rows;
	if (!db_query(db, arena, sql, 2, params, &rows, err))
		return false;
	*ret_state = INDEX_MISSING;
	if (rows.rows) {
		*ret_name = str_dup(arena, rows_cell(&rows, 0, 0));
		*ret_state = rows.rows > 1                         ? INDEX_MANY
			: str_eq(rows_cell(&rows, 0, 1), STR("t")) ? INDEX_VALID
								   : INDEX_INVALID;
	}
	return true;
}

static bool cannot_tell(struct err *err, const struct stmt *stmt, const char *detail)
{
	err_set(err, ERR_DECISION, "in-doubt",
		"a crash interrupted %s, and the catalog does not tell whether it was done", stmt->tag);
	err_detail(err, "%s", detail);
	err_hint(err, "Look at the database, then say it: brant resolve VERSION --applied | --rolled-back.");
	return stmt_err_at(err, stmt, 0);
}

static bool drop_index(struct arena *arena, struct db *db, const char *name, struct err *err)
{
	return db_query(db, arena, arena_printf(arena, "DROP INDEX CONCURRENTLY IF EXISTS %s", name), 0, NULL, NULL,
			err);
}

static bool tag_is(const struct stmt *stmt, const char *tag)
{
	return strcmp(stmt->tag, tag) == 0;
}

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
		(unsigned char)c >= 0x80;
}

/* End of the name, qualified or not, that begins at from. */
static size_t name_end(struct str text, size_t from)
{
	size_t i = from;
	for (;;) {
		if (i < text.len && text.ptr[i] == '"') {
			for (i++; i < text.len; i++)
				if (text.ptr[i] == '"' && (i + 1 == text.len || text.ptr[++i] != '"'))
					break;
		} else {
			while (i < text.len && is_name_byte(text.ptr[i]))
				i++;
		}
		if (i == text.len || text.ptr[i] != '.')
			return i;
		i++;
	}
}

static ptrdiff_t find_word(struct str text, struct str word)
{
	for (size_t i = 0; i + word.len <= text.len; i++)
		if (str_eq_nocase(str_slice(text, i, i + word.len), word) && (i == 0 || !is_name_byte(text.ptr[i - 1])))
			return (ptrdiff_t)i;
	return -1;
}

/* The same index on a twin of its table: without CONCURRENTLY, the table's name replaced. */
static const char *twin_statement(struct arena *arena, const struct stmt *stmt, size_t table_offset)
{
	struct str head = str_slice(stmt->text, 0, table_offset);
	struct str tail = str_slice(stmt->text, name_end(stmt->text, table_offset), stmt->text.len);
	ptrdiff_t at = find_word(head, STR("concurrently"));
	if (at < 0)
		return NULL;
	return arena_printf(arena, "%.*s%.*s pg_temp.brant_twin " STR_FMT, (int)at, head.ptr,
			    (int)(head.len - (size_t)at - strlen("concurrently")),
			    head.ptr + at + strlen("concurrently"), STR_ARG(tail));
}

struct shapes {
	bool asked, equal;
};

static void take_shapes(void *ctx, const struct result *result)
{
	struct shapes *shapes = ctx;
	shapes->asked = result->kind == RESULT_ROWS && result->rows == 1;
	shapes->equal = shapes->asked && result_bool(result, 0, 0);
}

/*
 * Is the index that is there the one that the statement makes?  Builds the statement's on an empty twin of the table and compares what the
 * catalog says of both, since only the server knows the normal form of an expression.  All of it is rolled back.
 */
static bool same_index(struct arena *arena, struct db *db, const struct stmt *stmt, const char *name, bool *ret_same,
		       struct err *err)
{
	const struct touch *table = find_touch(stmt, TOUCH_ALTER, OBJECT_TABLE);
	const char *statement = table ? twin_statement(arena, stmt, table->offset) : NULL;
	if (!statement)
		return cannot_tell(err, stmt, "Its table cannot be told from its text.");
	struct shapes shapes = { 0 };
	const char *like = sql_qualified(arena, table->schema, table->name);
	const char *params[] = { name };
	db_send(db, STR("BEGIN"), 0, NULL, NULL, NULL);
	db_send(db, str_of(arena_printf(arena, "CREATE TEMPORARY TABLE brant_twin (LIKE %s) ON COMMIT DROP", like)), 0,
		NULL, NULL, NULL);
	db_send(db, str_of(statement), 0, NULL, NULL, NULL);
	db_send(db, str_of(sql_index_shape), 1, params, take_shapes, &shapes);
	db_send(db, STR("ROLLBACK"), 0, NULL, NULL, NULL);
	db_sync(db);
	bool ok = db_run(db, err);
	db_rollback(db);
	*ret_same = shapes.equal;
	return ok;
}

static bool other_index(struct err *err, const struct stmt *stmt, const char *name)
{
	err_set(err, ERR_REFUSED, "index-differs",
		"there is an index %s already, and it is not the one that this statement makes", name);
	err_hint(err, "Rename or drop one of the two. Nothing was changed.");
	return stmt_err_at(err, stmt, 0);
}

static bool recover_create_index(struct arena *arena, struct db *db, const struct stmt *stmt,
				 enum recovery *ret_recovery, struct err *err)
{
	const struct touch *index = find_touch(stmt, TOUCH_CREATE, OBJECT_INDEX);
	enum index_state state;
	const char *name = NULL;
	bool same = false;
	if (!index || !index->name.len)
		return cannot_tell(err, stmt,
				   "The statement gives the index no name, so that it cannot be looked for.");
	if (!look_at_index(arena, db, index, &state, &name, err))
		return false;
	*ret_recovery = RECOVER_RUN;
	switch (state) {
	case INDEX_MISSING:
		return true;
	case INDEX_INVALID:
		return drop_index(arena, db, name, err);
	case INDEX_VALID:
		*ret_recovery = RECOVER_SKIP;
		return same_index(arena, db, stmt, name, &same, err) && (same || other_index(err, stmt, name));
	case INDEX_MANY:
		return cannot_tell(err, stmt, "Several schemas have an index of that name.");
	}
	return true;
}

bool recover_leftover(struct arena *arena, struct db *db, const struct stmt *stmt, struct err *err)
{
	const struct touch *index = find_touch(stmt, TOUCH_CREATE, OBJECT_INDEX);
	enum index_state state;
	const char *name = NULL;
	if (!tag_is(stmt, "CREATE INDEX") || !index || !index->name.len || find_word(stmt->text, STR("exists")) < 0)
		return true;
	if (!look_at_index(arena, db, index, &state, &name, err))
		return false;
	return state != INDEX_INVALID || drop_index(arena, db, name, err);
}

static bool recover_drop_index(struct arena *arena, struct db *db, const struct stmt *stmt, enum recovery *ret_recovery,
			       struct err *err)
{
	const struct touch *index = find_touch(stmt, TOUCH_DROP, OBJECT_INDEX);
	enum index_state state = INDEX_MISSING;
	const char *name;
	if (index && !look_at_index(arena, db, index, &state, &name, err))
		return false;
	*ret_recovery = state == INDEX_MISSING ? RECOVER_SKIP : RECOVER_RUN;
	return true;
}

/* ALTER TYPE ... ADD VALUE: the value is there, or it is not. */
static bool recover_enum_value(struct arena *arena, struct db *db, const struct stmt *stmt, enum recovery *ret_recovery,
			       struct err *err)
{
	static const char sql[] = "SELECT FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid "
				  "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
				  "WHERE t.typname = $1 AND e.enumlabel = $2 AND ($3::text IS NULL OR n.nspname = $3)";
	const char *params[] = { cstring(arena, stmt->enum_type), cstring(arena, stmt->enum_value),
				 cstring(arena, stmt->enum_schema) };
	struct rows rows;
	if (!db_query(db, arena, sql, 3, params, &rows, err))
		return false;
	*ret_recovery = rows.rows ? RECOVER_SKIP : RECOVER_RUN;
	return true;
}

bool recover_lone(struct arena *arena, struct db *db, const struct stmt *stmt, enum recovery *ret_recovery,
		  struct err *err)
{
	if (tag_is(stmt, "CREATE INDEX"))
		return recover_create_index(arena, db, stmt, ret_recovery, err);
	if (tag_is(stmt, "DROP INDEX"))
		return recover_drop_index(arena, db, stmt, ret_recovery, err);
	if (tag_is(stmt, "VACUUM") || tag_is(stmt, "REINDEX") || tag_is(stmt, "CLUSTER") ||
	    tag_is(stmt, "ALTER SYSTEM") || tag_is(stmt, "ANALYZE")) {
		*ret_recovery = RECOVER_RUN;
		return true;
	}
	if (stmt->enum_value.ptr)
		return recover_enum_value(arena, db, stmt, ret_recovery, err);
	/* What is valid already, is looked at again and found valid. */
	if (tag_is(stmt, "ALTER TABLE") && find_word(stmt->text, STR("validate")) >= 0 &&
	    find_word(stmt->text, STR("add")) < 0) {
		*ret_recovery = RECOVER_RUN;
		return true;
	}
	return cannot_tell(err, stmt, "Running it a second time could do its work twice.");
}

/* "dropped:1259:16434": the object is there again after the rollback, so its name can be asked for. */
static const char *name_of_dropped(struct arena *arena, struct db *db, const char *message)
{
	struct err ignored = { .arena = arena };
	struct str rest, class, object;
	struct rows rows;
	str_cut(str_of(message), ':', &class, &rest);
	if (str_starts(str_of(message), STR("foreign key to ")))
		return arena_printf(arena, "makes a %s", boundary_object(arena, str_of(message)));
	if (!str_eq(class, STR("dropped")))
		return arena_printf(arena, "changes %s", boundary_object(arena, str_of(message)));
	str_cut(rest, ':', &class, &object);
	const char *params[] = { str_dup(arena, class), str_dup(arena, object) };
	if (!db_query(db, arena, "SELECT pg_catalog.pg_describe_object($1::oid, $2::oid, 0)", 2, params, &rows,
		      &ignored) ||
	    !rows_cell(&rows, 0, 0).ptr)
		return "drops an object of a platform schema";
	return arena_printf(arena, "drops %s", boundary_object(arena, rows_cell(&rows, 0, 0)));
}

void recover_boundary(struct arena *arena, struct db *db, struct err *err)
{
	struct err found = *err;
	if (strcmp(err->sqlstate, "BR003") != 0)
		return;
	const char *what = name_of_dropped(arena, db, err->message);
	err_set(err, ERR_REFUSED, "boundary", "the migration %s", what);
	err_detail(
		err,
		"It was found inside the transaction, just before its COMMIT, and rolled back: nothing was changed.");
	if (found.hint && *found.hint)
		err_hint(err, "If it is meant, allow it by name in brant.yaml: boundary: { allow: [\"%s\"] }",
			 found.hint);
	else
		err_hint(err, "Take it out of the migration. \"brant explain boundary\" tells more.");
	err_at(err, found.file, found.line, found.column);
}
