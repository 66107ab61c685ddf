#include "workshop/attempt.h"

#include "sql/quote.h"

/*
 * Roles belong to the server: another of the places may have made this one already.  And a file that runs on an empty database may make
 * what the platform has made here: the schema extensions, the publication supabase_realtime.
 */
static bool is_there_already(const struct attempt *attempt, const char *sqlstate)
{
	static const char duplicate_schema[] = "42P06", duplicate_object[] = "42710";
	struct str text = attempt->stmt->text;
	return strcmp(sqlstate, duplicate_schema) == 0 ||
		(strcmp(sqlstate, duplicate_object) == 0 &&
		 (str_find(text, STR("ROLE")) >= 0 || str_find(text, STR("PUBLICATION")) >= 0));
}

static void take_attempt(void *ctx, const struct result *result)
{
	struct attempt *attempt = ctx;
	attempt->failed = result->kind == RESULT_ERROR;
	if (attempt->failed && is_there_already(attempt, result->err->sqlstate))
		attempt->failed = false;
	attempt->position = result->error_position;
	if (attempt->failed)
		err_copy(&attempt->err, result->err);
}

void attempts_add(struct arena *arena, const struct script *script, bool optional, struct attempts *attempts)
{
	for (size_t i = 0; i < script->stmts.len; i++) {
		const struct stmt *stmt = &script->stmts.ptr[i];
		if (stmt->kind == STMT_SQL || stmt->kind == STMT_SET)
			vec_push(arena, attempts,
				 (struct attempt){ .stmt = stmt, .optional = optional, .err = { .arena = arena } });
	}
}

bool scripts_read(struct arena *arena, const struct schema_place *place, const char *root, struct scripts *ret_scripts,
		  struct err *err)
{
	struct script *scripts = arena_alloc(arena, (place->files.len + 2) * sizeof(*scripts));
	struct script *prelude = &scripts[place->files.len], *wanted = prelude + 1;
	struct script_options options = { .include_dir = root };
	for (size_t i = 0; i < place->files.len; i++)
		if (!script_load(arena, &options, str_dup(arena, place->files.ptr[i]), &scripts[i], err))
			return false;
	if (!script_parse(arena, &options, "the history", place->prelude, prelude, err) ||
	    (place->kind == PLACE_WANTED &&
	     !script_parse(arena, &options, place->wanted.said, place->wanted.ddl, wanted, err)))
		return false;
	*ret_scripts = (struct scripts){ scripts, prelude, wanted };
	return true;
}

void attempts_add_all(struct arena *arena, const struct schema_place *place, const struct scripts *scripts,
		      struct attempts *attempts)
{
	attempts_add(arena, scripts->prelude, true, attempts);
	for (size_t i = 0; i < place->files.len; i++)
		attempts_add(arena, &scripts->files[i], false, attempts);
	attempts_add(arena, scripts->wanted, false, attempts);
}

bool make_missing_role(struct arena *arena, struct db *db, const struct err *failure)
{
	static const char head[] = "role \"", tail[] = "\" does not exist";
	struct rows rows;
	struct err ignored = { .arena = arena };
	struct str message = str_of(failure->message);
	if (strcmp(failure->sqlstate, "42704") != 0 || !str_starts(message, str_of(head)) ||
	    !str_ends(message, str_of(tail)))
		return false;
	struct str role = str_slice(message, strlen(head), message.len - strlen(tail));
	return db_query(db, arena, arena_printf(arena, "CREATE ROLE %s", sql_ident(arena, role)), 0, NULL, &rows,
			&ignored);
}

/* One round; what failed is left in attempts. */
static bool try_all(struct db *db, struct attempts *attempts, struct err *err)
{
	size_t left = 0;
	for (size_t i = 0; i < attempts->len; i++) {
		db_send(db, attempts->ptr[i].stmt->text, 0, NULL, take_attempt, &attempts->ptr[i]);
		db_sync(db);
	}
	if (!db_run(db, err))
		return false;
	for (size_t i = 0; i < attempts->len; i++)
		if (attempts->ptr[i].failed)
			attempts->ptr[left++] = attempts->ptr[i];
	attempts->len = left;
	return true;
}

/* Of those that failed; NULL: none is missed. */
static const struct attempt *first_needed(const struct attempts *attempts)
{
	for (size_t i = 0; i < attempts->len; i++)
		if (!attempts->ptr[i].optional)
			return &attempts->ptr[i];
	return NULL;
}

bool attempts_run(struct arena *arena, const struct schema_place *place, struct attempts *attempts, struct db *db,
		  bool *ret_again, struct err *err)
{
	db_send(db, STR("SET check_function_bodies = off"), 0, NULL, NULL, NULL);
	db_sync(db);
	for (size_t before = attempts->len + 1; attempts->len && attempts->len < before;) {
		before = attempts->len;
		if (!try_all(db, attempts, err))
			return false;
		for (size_t i = 0; i < attempts->len; i++)
			*ret_again = make_missing_role(arena, db, &attempts->ptr[i].err) || *ret_again;
		if (*ret_again)
			return true;
	}
	const struct attempt *first = first_needed(attempts);
	if (!first)
		return true;
	err_copy(err, &first->err);
	if (place->kind == PLACE_WANTED && !err->detail)
		err_detail(err, "The statement was: " STR_FMT, STR_ARG(str_trim(first->stmt->text)));
	return stmt_err_at(err, first->stmt, first->position);
}
