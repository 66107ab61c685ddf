/*
 * render.c - the SQL of revisions.
 *
 * A revision's SQL is what its upgrade() or downgrade() emits in Alembic's offline mode.  All that a plan needs are asked for at once, in one process, and
 * kept (cache.h).  Where the SQL depends on what the database holds there is none: such a revision is left to Alembic.
 */
#include "format/alembic/cache.h"
#include "format/alembic/helper.h"

/* ---- asking ---- */

static struct json **place_of(const struct migration *migration, bool down)
{
	struct revision *revision = migration->extra;
	return down ? &revision->down_sql : &revision->up_sql;
}

static bool take_answers(struct arena *arena, const struct rendered *cache, struct migration *const *asked, size_t n,
			 bool down, const struct json *answer, struct err *err)
{
	const struct json *entries = json_get_kind(answer, "revisions", JS_ARRAY);
	for (size_t i = 0; i < n; i++) {
		if (!entries || i >= entries->len ||
		    strcmp(json_get_text(&entries->ptr[i], "revision", ""), asked[i]->version) != 0)
			return err_set(err, ERR_FAILED, "python-failed",
				       "the project's Python left out revision \"%s\"", asked[i]->id);
		struct json *entry = arena_alloc(arena, sizeof(*entry));
		*entry = entries->ptr[i];
		*place_of(asked[i], down) = entry;
		rendered_keep(arena, cache, asked[i], down, entry);
	}
	return true;
}

bool alembic_prepare(struct arena *arena, const struct format_settings *settings, struct migration *const *migrations,
		     size_t n, bool down, struct err *err)
{
	struct alembic *alembic = settings->extra;
	VEC(struct migration *) asked = { 0 };
	struct json list = json_new(JS_ARRAY), answer;
	struct rendered cache = { 0 };
	for (size_t i = 0; i < n; i++) {
		struct json **place = place_of(migrations[i], down);
		if (!*place && !cache.common)
			cache = rendered_open(arena, settings);
		if (!*place)
			*place = rendered_find(arena, alembic, &cache, migrations[i], down);
		if (*place)
			continue;
		struct json one = json_new(JS_OBJECT);
		json_put(arena, &one, "revision", json_of_text(migrations[i]->version));
		json_put(arena, &one, "down", json_of_bool(down));
		json_add(arena, &list, one);
		vec_push(arena, &asked, migrations[i]);
	}
	if (!asked.len)
		return true;
	struct json request = helper_request(arena, alembic, "render");
	if (alembic->target)
		helper_add_database(arena, &request, alembic->target);
	json_put(arena, &request, "revisions", list);
	return helper_ask(arena, settings, &request, NULL, &answer, err) &&
		take_answers(arena, &cache, asked.ptr, asked.len, down, &answer, err);
}

/* ---- a script of it ---- */

/* Where each statement of the script came from. */
struct piece {
	size_t offset;
	unsigned line;
	bool alone;
};

struct pieces {
	struct piece *ptr;
	size_t len, cap;
};

/* A comment on the last line must not take the semicolon. */
static void add_piece(struct arena *arena, const struct json *statement, struct buf *text, struct pieces *pieces)
{
	long long line = 0;
	struct str sql = str_trim(str_of(json_get_text(statement, "sql", "")));
	while (sql.len && sql.ptr[sql.len - 1] == ';')
		sql = str_trim(str_slice(sql, 0, sql.len - 1));
	json_integer_of(json_get(statement, "line"), &line);
	vec_push(arena, pieces, (struct piece){ text->len, (unsigned)line, json_get_true(statement, "alone") });
	buf_str(text, sql);
	buf_text(text, str_find(sql, STR("--")) >= 0 ? "\n;\n\n" : ";\n\n");
}

static void mark_statements(struct script *script, const struct migration *migration, const struct pieces *pieces)
{
	size_t at = 0;
	for (size_t i = 0; i < script->stmts.len; i++) {
		struct stmt *stmt = &script->stmts.ptr[i];
		while (at + 1 < pieces->len && pieces->ptr[at + 1].offset <= stmt->offset)
			at++;
		stmt->made_by = migration->path;
		stmt->made_line = pieces->ptr[at].line;
		if (pieces->ptr[at].alone && stmt->kind == STMT_SQL && stmt->no_tx == NO_TX_NOT)
			stmt->no_tx = NO_TX_MARKED;
	}
}

static bool no_function(const struct migration *migration, bool down, struct err *err)
{
	err_set(err, ERR_FAILED, down ? "no-down" : "revision-failed", "revision \"%s\" has no %s()", migration->id,
		down ? "downgrade" : "upgrade");
	err_hint(err, "Write one. Nothing was changed.");
	return err_at(err, migration->path, 0, 0);
}

static bool make_script(struct arena *arena, const struct format_settings *settings, const struct migration *migration,
			const struct json *entry, struct script *script, struct err *err)
{
	const struct json *error = json_get_kind(entry, "error", JS_OBJECT);
	const struct json *statements = json_get_kind(entry, "statements", JS_ARRAY);
	struct script_options options = { .include_dir = settings->root };
	struct buf text = buf_init(arena);
	struct pieces pieces = { 0 };
	if (error)
		return helper_error(settings->extra, error, err);
	if (json_get_true(entry, "missing"))
		return no_function(migration, json_get_true(entry, "down"), err);
	for (size_t i = 0; statements && i < statements->len; i++)
		add_piece(arena, &statements->ptr[i], &text, &pieces);
	if (!script_parse(arena, &options, migration->path, buf_as_str(&text), script, err))
		return err_prefix(err, "the SQL of revision \"%s\"", migration->id);
	mark_statements(script, migration, &pieces);
	script->by_tool = json_get_text(entry, "by_tool", NULL);
	/* The digest is that of the file that people edit. */
	return source_load(arena, migration->path, &script->source, err);
}

static bool read_script(struct arena *arena, const struct format_settings *settings, struct migration *migration,
			bool down, struct script *ret_script, struct err *err)
{
	if (!alembic_prepare(arena, settings, &migration, 1, down, err))
		return false;
	return make_script(arena, settings, migration, *place_of(migration, down), ret_script, err);
}

bool alembic_read(struct arena *arena, const struct format_settings *settings, struct migration *migration,
		  struct script *ret_up, struct err *err)
{
	return read_script(arena, settings, migration, false, ret_up, err);
}

bool alembic_read_down(struct arena *arena, const struct format_settings *settings, struct migration *migration,
		       struct script *ret_down, struct err *err)
{
	return read_script(arena, settings, migration, true, ret_down, err);
}

/* ---- what only Alembic can do ---- */

bool alembic_run(struct arena *arena, const struct format_settings *settings, const struct target *target,
		 const struct migration *migration, bool undo, struct run_guard *guard, const struct run_tick *tick,
		 struct err *err)
{
	struct json request = helper_request(arena, settings->extra, "run"), said = json_new(JS_OBJECT);
	json_put(arena, &said, "begin", json_of_text(guard->begin));
	json_put(arena, &said, "commit", json_of_text(guard->commit));
	json_put(arena, &request, "guard", said);
	json_put(arena, &request, "pooled", json_of_bool(guard->pooled));
	helper_add_database(arena, &request, target);
	json_put(arena, &request, "down", json_of_bool(undo));
	json_put(arena, &request, "revision", json_of_text(migration->version));
	return helper_run(arena, settings, &request, tick, guard, err);
}
