#include "author/move.h"

#include "author/moves.h"
#include "session/session.h"
#include "sql/lex.h"
#include "sql/quote.h"
#include "workshop/place.h"

static bool bad_name(struct err *err, const char *text, const char *hint)
{
	err_set(err, ERR_USAGE, "usage", "\"%s\" is not a name", text);
	return err_hint(err, "%s", hint);
}

/* The parts between the dots, unquoted and folded. */
static bool name_parts(struct arena *arena, const char *text, struct strs *ret_parts)
{
	struct str s = str_of(text);
	struct strs parts = { 0 };
	bool wants_name = true;
	for (struct token t = lex_token(s, 0); t.kind != TOKEN_END; t = lex_token(s, t.to)) {
		bool is_name = t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED;
		if (t.unterminated || (wants_name ? !is_name : !token_is_punct(s, &t, '.')))
			return false;
		if (is_name)
			vec_push(arena, &parts, token_name(arena, s, &t));
		wants_name = !is_name;
	}
	*ret_parts = parts;
	return parts.len > 0 && !wants_name;
}

bool move_target(struct arena *arena, const char *text, struct move_request *request, struct err *err)
{
	struct strs parts;
	if (!name_parts(arena, text, &parts) || parts.len > 3)
		return bad_name(
			err, text,
			"TABLE.COLUMN, SCHEMA.TABLE.COLUMN or TABLE; names with other letters in double quotes.");
	struct str none = { 0 };
	struct str schema = parts.len == 3 ? parts.ptr[0] : none, table = parts.ptr[parts.len == 3];
	request->table = sql_qualified(arena, schema, table);
	request->column = parts.len > 1 ? str_dup(arena, parts.ptr[parts.len - 1]) : NULL;
	return true;
}

bool move_new_name(struct arena *arena, const char *text, struct move_request *request, struct err *err)
{
	struct strs parts;
	if (!name_parts(arena, text, &parts) || parts.len != 1)
		return bad_name(err, text, "The new name stands alone, without its table.");
	request->name = str_dup(arena, parts.ptr[0]);
	return true;
}

/* Words, numbers in parentheses, brackets: no way out of the place where it will stand. */
bool move_new_type(struct arena *arena, const char *text, struct move_request *request, struct err *err)
{
	struct str s = str_of(text);
	size_t tokens = 0;
	for (struct token t = lex_token(s, 0); t.kind != TOKEN_END; t = lex_token(s, t.to), tokens++) {
		bool punctuation = t.kind == TOKEN_PUNCT && strchr("()[],.", s.ptr[t.from]) && t.to == t.from + 1;
		if (t.unterminated ||
		    (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED && t.kind != TOKEN_NUMBER && !punctuation))
			return bad_name(err, text, "A type, for example bigint, numeric(10,2) or text[].");
	}
	request->type = text;
	(void)arena;
	return tokens > 0 || bad_name(err, text, "A type, for example bigint.");
}

/* What a dot means is known where the tables are: public.users, or a column "users" of a table "public". */
static bool settle_dot(struct arena *arena, struct db *db, struct move_request *request, struct err *err)
{
	struct rows rows;
	if (!request->column || request->type)
		return true;
	const char *as_table = arena_printf(arena, "%s.%s", request->table, sql_ident(arena, str_of(request->column)));
	const char *params[] = { request->table, as_table };
	if (!db_query(
		    db, arena,
		    "SELECT pg_catalog.to_regclass($1) IS NULL AND pg_catalog.array_length(pg_catalog.parse_ident($2), 1) < 3 "
		    "AND pg_catalog.to_regclass($2) IS NOT NULL",
		    2, params, &rows, err))
		return false;
	if (str_eq(rows_cell(&rows, 0, 0), STR("t"))) {
		request->table = as_table;
		request->column = NULL;
	}
	return true;
}

static bool run_steps(struct workshop *shop, const char *database, const struct move *move, struct err *err)
{
	for (size_t i = 0; i + 1 < move->steps.len; i++)
		if (!workshop_run_text(shop, database, str_of(move->steps.ptr[i].up), err))
			return false;
	return true;
}

static bool undo_steps(struct workshop *shop, const char *database, const struct move *move, struct err *err)
{
	for (size_t i = move->steps.len - 1; i > 0; i--)
		if (!workshop_run_text(shop, database, str_of(move->steps.ptr[i - 1].down), err))
			return false;
	return true;
}

/*
 * There, back, and there again, on a copy of the throwaway database: a type or an expression that does not exist is told now, and not when the files
 * are applied.  The last step has to fail while something uses the old name.
 */
static bool prove(struct workshop *shop, const char *database, const struct move *move, struct err *err)
{
	const char *copy, *last = move->steps.ptr[move->steps.len - 1].up;
	if (!workshop_copy(shop, database, &copy, err))
		return false;
	if (run_steps(shop, copy, move, err) && undo_steps(shop, copy, move, err) && run_steps(shop, copy, move, err) &&
	    (move->in_use || workshop_run_text(shop, copy, str_of(last), err)))
		return true;
	err_prefix(err, "what would be written does not run");
	return err_hint(err, "Nothing was written. Look at the type and the expressions: --print shows what would be.");
}

static bool may_step(struct ctx *ctx, const struct move_request *request, struct err *err)
{
	const char *why = ctx->project->format->no_table_steps;
	if (request->column || !why)
		return true;
	err_set(err, ERR_REFUSED, "move-refused", "%s cannot be renamed like this: %s", request->table, why);
	return err_hint(err, "Change its name in the schema, and say: brant diff NAME --rename %s=%s", request->table,
			request->name);
}

static bool plan_on(struct ctx *ctx, struct move_request *request, const char *from, bool print, struct move *ret_move,
		    struct err *err)
{
	struct schema_place place;
	struct workshop shop;
	struct schema ignored;
	const char *database;
	struct db *db;
	if (!schema_place_find(ctx, from ? from : "history", &place, err) ||
	    !workshop_open(ctx, &place, 1, &shop, err) || !schema_place_load(&shop, &place, &ignored, &database, err))
		return false;
	if (!database)
		return err_set(err, ERR_USAGE, "usage",
			       "the schema is read from the history or from files, not from a database");
	if (!workshop_connect(&shop, database, &db, err))
		return false;
	bool ok = settle_dot(ctx->arena, db, request, err) && may_step(ctx, request, err) &&
		move_plan(ctx->arena, db, request, ret_move, err);
	db_close(db);
	return ok && (print || prove(&shop, database, ret_move, err));
}

static void print_steps(struct ctx *ctx, const struct move *move)
{
	struct buf buf = buf_init(ctx->arena);
	for (size_t i = 0; i < move->steps.len; i++) {
		const struct move_step *step = &move->steps.ptr[i];
		buf_printf(&buf, "%s-- %s\n%s", i ? "\n" : "", step->name, step->up);
		if (step->down)
			buf_printf(&buf, "\n-- undone by:\n%s", step->down);
	}
	report_block(ctx->report, "sql", buf_as_str(&buf));
}

/* Where the wanted schema is, for people; NULL: there is none. */
static const char *wanted_said(struct ctx *ctx)
{
	struct err ignored = { .arena = ctx->arena };
	struct schema_place place;
	if (!schema_place_find(ctx, "wanted", &place, &ignored))
		return NULL;
	if (place.kind == PLACE_WANTED)
		return place.wanted.said;
	return place.files.len == 1 ? str_dup(ctx->arena, place.files.ptr[0]) : "the wanted schema";
}

/* The user's own source has to follow: when, and with what. */
static void tell_follow(struct ctx *ctx, const struct move_request *request)
{
	const struct format *format = ctx->project->format;
	const struct around *around = request->column ? &format->column_name : &format->table_name;
	const char *source = wanted_said(ctx);
	const char *old = arena_printf(ctx->arena, "%s%s%s", request->table, request->column ? "." : "",
				       request->column ? request->column : "");
	if (!source)
		return;
	const char *words = request->type ? request->type
					  : arena_printf(ctx->arena, "%s%s%s", around->before ? around->before : "",
							 request->name, around->behind ? around->behind : "");
	report_outcome(
		ctx->report, C_PLAIN,
		"%s still says %s: write %s there once \"brant up\" has run, before \"brant up --contract\"; until then \"brant diff\" takes the one for the other",
		source, old, words);
}

static bool write_steps(struct ctx *ctx, const struct move *move, struct err *err)
{
	static const struct column columns[] = { { "file", "", false } };
	struct table *files = report_table(ctx->report, "files", NULL, columns, LEN(columns));
	struct known_moves known = moves_known(ctx);
	const char *waits = moves_after_move(ctx->arena, &known, move);
	for (size_t i = 0; i < move->steps.len; i++) {
		const struct move_step *step = &move->steps.ptr[i];
		struct new_migration made = {
			.name = step->name,
			.up = arena_printf(ctx->arena, "%s%s", waits, step->up),
			.down = step->down,
			.part = i,
			.parts = move->steps.len,
			.with_down = step->down ? DOWN_YES : DOWN_NO,
		};
		if (!session_create(ctx, &made, files, err))
			return false;
	}
	if (*waits)
		moves_tell_waiting(ctx);
	report_outcome(ctx->report, C_PLAIN,
		       "\"brant up\" applies all but the last, which it holds back until \"brant up --contract\"");
	return true;
}

bool move_write(struct ctx *ctx, struct move_request *request, const char *from, bool print, struct err *err)
{
	struct move move;
	request->apart = ctx->project->format->short_forms;
	if (!plan_on(ctx, request, from, print, &move, err))
		return false;
	for (size_t i = 0; i < move.notes.len; i++)
		report_note(ctx->report, "move-uses", STR_FMT, STR_ARG(move.notes.ptr[i]));
	if (!print) {
		if (!write_steps(ctx, &move, err))
			return false;
		tell_follow(ctx, request);
		return true;
	}
	print_steps(ctx, &move);
	return true;
}
