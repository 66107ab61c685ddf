#include "author/fix_look.h"

#include "sql/enum_rebuild.h"
#include "sql/lex.h"
#include "sql/quote.h"
#include "sql/unsafe.h"

/* ---- telling ---- */

/* Parts of one statement have often the same to be told. */
static void note(struct looking *l, const struct stmt *stmt, const char *what)
{
	const char *text = arena_printf(l->ctx->arena, "%s:%u: %s", stmt->made_by ? stmt->made_by : stmt->source->path,
					stmt->made_by ? stmt->made_line : stmt->line, what);
	if (!l->told || strcmp(l->told, text) != 0)
		report_note(l->ctx->report, "unsafe-statement", "%s", text);
	l->told = text;
	l->unfixed++;
}

static void no_other_form(struct looking *l, const struct stmt *stmt, enum unsafe_kind kind,
			  const struct observed *observed)
{
	struct arena *arena = l->ctx->arena;
	const char *blocked = observed->blocked;
	if (kind == UNSAFE_TYPE)
		note(l, stmt,
		     arena_printf(arena, "it locks %s while it works; \"brant retype\" changes a type in steps",
				  blocked));
	else if (kind == UNSAFE_REQUIRED)
		note(l, stmt,
		     arena_printf(arena, "it fails where %s has rows: the column is NOT NULL and has no default",
				  blocked));
	else if (observed->earlier)
		note(l, stmt,
		     arena_printf(
			     arena,
			     "while it works, %s is locked by a statement before it in the same transaction; in a migration of its own it is not",
			     blocked));
	else
		note(l, stmt,
		     arena_printf(arena, "it locks %s while it works, and brant knows no other form", blocked));
}

/*
 * Does a statement of it count on the transaction that it stands in?  Then none may be set apart from the others: a table that is gone at COMMIT, a lock that is held
 * to the end, a place to roll back to, a search path for the rest, triggers that nobody else may miss.
 */
static bool is_of_one_piece(struct arena *arena, const struct script *script)
{
	static const char *const drops[] = { "on commit drop", "on commit delete", NULL };
	static const char *const timeouts[] = { "timeout", NULL };
	static const char *const disables[] = { "disable trigger", "disable rule", NULL };
	static const char *const firsts[] = { "savepoint", "lock", "declare" };
	for (size_t i = 0; i < script->stmts.len; i++) {
		const struct stmt *stmt = &script->stmts.ptr[i];
		struct token first = lex_significant(stmt->text, 0), second = lex_significant(stmt->text, first.to);
		if (stmt->kind != STMT_SQL && stmt->kind != STMT_SET)
			continue;
		for (size_t k = 0; k < LEN(firsts); k++)
			if (token_is_word(stmt->text, &first, firsts[k]))
				return true;
		if (token_is_word(stmt->text, &first, "set") && token_is_word(stmt->text, &second, "local") &&
		    !str_mentions(arena, stmt->text, timeouts))
			return true;
		if (token_is_word(stmt->text, &first, "create") && str_mentions(arena, stmt->text, drops))
			return true;
		if (token_is_word(stmt->text, &first, "alter") && str_mentions(arena, stmt->text, disables))
			return true;
	}
	return false;
}

/* ---- running ---- */

static bool command(struct looking *l, const char *sql, struct err *err)
{
	struct rows none;
	return db_query(l->db, l->ctx->arena, sql, 0, NULL, &none, err);
}

static bool refuses_transaction(const struct stmt *stmt)
{
	return stmt->kind == STMT_SQL && (stmt->no_tx == NO_TX_CONCURRENTLY || stmt->no_tx == NO_TX_STATEMENT);
}

/* Outside of what is watched: settings, and what cannot be in a transaction. */
static bool just_run(struct looking *l, const struct stmt *stmt, struct err *err)
{
	return command(l, str_dup(l->ctx->arena, stmt->text), err) || stmt_err_at(err, stmt, 0);
}

static bool copy_in(struct looking *l, const struct stmt *stmt, struct err *err)
{
	unsigned position;
	return db_copy_in(l->db, stmt->text, stmt->copy_data, &position, err) || stmt_err_at(err, stmt, position);
}

static bool begin(struct looking *l, const struct step *step, struct err *err)
{
	bool ok = command(l, "BEGIN", err);
	l->open = true;
	l->in_transaction = step->begin != NULL;
	for (size_t i = 0; ok && i < step->ncarried; i++)
		ok = just_run(l, step->carried[i], err);
	return ok;
}

static bool end(struct looking *l, bool rolls_back, struct err *err)
{
	bool open = l->open;
	l->open = false;
	return !open || command(l, rolls_back ? "ROLLBACK" : "COMMIT", err);
}

/* Its other form ends the transaction that it stands in, and what follows begins another, perhaps with the table locked by the other form's last statement. */
static bool begin_anew(struct looking *l, const char *locked, struct err *err)
{
	return command(l, "COMMIT", err) && command(l, "BEGIN", err) &&
		(!locked || command(l, arena_printf(l->ctx->arena, "LOCK TABLE %s", locked), err));
}

/* With what only reads and writes rows an index is used on a large table, and on the small one here only if it must. */
static bool is_about_rows(const struct stmt *stmt)
{
	static const char *const tags[] = { "INSERT",
					    "UPDATE",
					    "DELETE",
					    "MERGE",
					    "SELECT",
					    "CREATE TABLE AS",
					    "CREATE MATERIALIZED VIEW",
					    "REFRESH MATERIALIZED VIEW" };
	for (size_t i = 0; i < LEN(tags); i++)
		if (strcmp(stmt->tag, tags[i]) == 0)
			return true;
	return false;
}

static bool watch(struct looking *l, const struct stmt *stmt, struct str sql, struct observed *ret_observed,
		  struct err *err)
{
	bool rows = is_about_rows(stmt);
	return (!rows || command(l, "SET LOCAL enable_seqscan = off", err)) &&
		observe(l->ctx->arena, l->db, &l->observer, sql, ret_observed, err) &&
		(!rows || command(l, "SET LOCAL enable_seqscan = on", err));
}

typedef bool visit_fn(struct looking *l, size_t at, void *ctx, struct err *err);

/* A procedure that commits can do so outside of a transaction only. */
static bool visit_lone(struct looking *l, const struct step *step, visit_fn *visit, void *ctx, struct err *err)
{
	const struct stmt *stmt = &l->script->stmts.ptr[step->first];
	static const char invalid_termination[] = "2D000";
	if (refuses_transaction(stmt))
		return just_run(l, stmt, err);
	if (begin(l, step, err) && visit(l, step->first, ctx, err))
		return end(l, false, err);
	db_rollback(l->db);
	l->open = false;
	if (strcmp(err->sqlstate, invalid_termination) != 0)
		return false;
	err_clear(err);
	return just_run(l, stmt, err);
}

static bool visit_transaction(struct looking *l, const struct step *step, visit_fn *visit, void *ctx, struct err *err)
{
	bool ok = begin(l, step, err);
	for (size_t i = step->first; ok && i < step->end; i++) {
		const struct stmt *stmt = &l->script->stmts.ptr[i];
		if (i < l->done || !step_sends(stmt))
			continue;
		if (stmt->kind == STMT_COPY_IN)
			ok = copy_in(l, stmt, err);
		else if (stmt->kind == STMT_SET || i < step->before)
			ok = just_run(l, stmt, err);
		else
			ok = visit(l, i, ctx, err);
	}
	return ok && end(l, step->rolls_back, err);
}

static bool visit_all(struct looking *l, visit_fn *visit, void *ctx, struct err *err)
{
	bool ok = true;
	for (size_t i = 0; ok && i < l->plan.len; i++) {
		const struct step *step = &l->plan.ptr[i];
		bool lone = step->kind == STEP_LONE || step->kind == STEP_BACKFILL;
		if (step->end > step->first && step->end <= l->done)
			continue;
		ok = (lone ? visit_lone : visit_transaction)(l, step, visit, ctx, err);
	}
	db_rollback(l->db);
	return ok;
}

/* ---- what the database says ---- */

static struct strs strings(struct arena *arena, const struct rows *rows)
{
	struct strs values = { 0 };
	for (size_t i = 0; i < rows->rows; i++)
		vec_push(arena, &values, rows_cell(rows, i, 0));
	return values;
}

static bool ask(struct looking *l, const char *sql, struct str first, const struct strs *second,
		struct strs *ret_values, struct err *err)
{
	struct arena *arena = l->ctx->arena;
	const char *params[] = { str_dup(arena, first), second ? sql_array(arena, second) : NULL };
	struct rows rows;
	if (!db_query(l->db, arena, sql, second ? 2 : 1, params, &rows, err))
		return false;
	*ret_values = strings(arena, &rows);
	return true;
}

static bool nullable_columns(struct looking *l, const struct unsafe *part, struct strs *ret_columns, struct err *err)
{
	return ask(
		l,
		"SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass($1) AND attname = ANY ($2::text[]) AND NOT attnotnull "
		"AND NOT attisdropped ORDER BY attnum",
		part->table, &part->columns, ret_columns, err);
}

/* The name that the server has given to the constraint that was made last. */
static bool last_constraint(struct looking *l, const struct unsafe *part, const char **ret_name, struct err *err)
{
	struct strs names;
	if (!ask(l,
		 "SELECT conname FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass($1) ORDER BY oid DESC LIMIT 1",
		 part->table, NULL, &names, err))
		return false;
	*ret_name = names.len ? str_dup(l->ctx->arena, names.ptr[0]) : "";
	return true;
}

/* What is partitioned takes neither CONCURRENTLY nor USING INDEX nor a foreign key that is NOT VALID; checks it does. */
static bool has_safe_form(struct looking *l, const struct unsafe *part, bool *ret_has, struct err *err)
{
	struct strs partitioned;
	if (!ask(l, "SELECT relname FROM pg_catalog.pg_class WHERE oid = to_regclass($1) AND relkind = 'p'",
		 part->table, NULL, &partitioned, err))
		return false;
	*ret_has = part->kind == UNSAFE_NOT_NULL || part->kind == UNSAFE_CHECK || !partitioned.len;
	return true;
}

/* ---- another form ---- */

/* Statements that the tool wants to be told apart. */
static struct str separated(struct looking *l, struct str text)
{
	const char *separator = l->ctx->project->format->separator;
	struct buf buf = buf_init(l->ctx->arena);
	size_t from = 0;
	for (struct token t = lex_significant(text, 0); separator && t.kind != TOKEN_END;
	     t = lex_significant(text, t.to)) {
		if (!token_is_punct(text, &t, ';') || lex_significant(text, t.to).kind == TOKEN_END)
			continue;
		buf_printf(&buf, STR_FMT "%s", STR_ARG(str_slice(text, from, t.to)), separator);
		from = t.to;
	}
	buf_str(&buf, str_slice(text, from, text.len));
	return buf_as_str(&buf);
}

/* The statement's semicolon goes with it. */
static void replace(struct looking *l, size_t from, size_t to, const char *with)
{
	struct str text = l->script->source.text;
	struct token semicolon = lex_significant(text, to);
	vec_push(l->ctx->arena, &l->edits,
		 (struct edit){ .from = from,
				.to = token_is_punct(text, &semicolon, ';') ? semicolon.to : to,
				.with = separated(l, str_trim(str_of(with))) });
}

/* Does the file itself hold the statement, as it is sent?  A format may read it from a copy in which other places differ. */
static bool stands_in_file(const struct looking *l, const struct stmt *stmt)
{
	const struct source *file = &l->script->source;
	size_t behind = stmt->offset + stmt->length;
	return !l->not_sql && !stmt->expansion && strcmp(stmt->source->path, file->path) == 0 &&
		behind <= file->text.len &&
		str_eq(str_slice(file->text, stmt->offset, behind),
		       str_slice(stmt->source->text, stmt->offset, behind));
}

/*
 * Where it does not, it cannot be put in its place: it is shown.  Then, too, it is believed that this will be done.  locked: the table that the other
 * form's last statement leaves locked, NULL: none.
 */
static bool fix_statements(struct looking *l, const struct stmt *first, const struct stmt *last, const char *safe,
			   const char *locked, struct err *err)
{
	struct arena *arena = l->ctx->arena;
	if (l->in_transaction || l->of_one_piece) {
		note(l, first,
		     l->in_transaction
			     ? "its safe form cannot be inside the transaction that the file opens"
			     : "its safe form cannot be in one transaction with the rest of the file, which must be in one");
		return true;
	}
	if (l->not_sql)
		note(l, first,
		     arena_printf(
			     arena,
			     "it locks a table while it works. In an autocommit_block(), each by an op.execute():\n%s",
			     safe));
	else if (!stands_in_file(l, first) || !stands_in_file(l, last))
		note(l, first,
		     arena_printf(
			     arena,
			     "it locks a table while it works, and its text has a psql variable or is included. Instead:\n%s",
			     safe));
	else
		replace(l, first->offset, last->offset + last->length, safe);
	return begin_anew(l, locked, err);
}

/* One part of a statement: run as it is, watched; its other form where it kept others out. */
static bool look_at_part(struct looking *l, const struct stmt *stmt, const struct unsafe *part, struct buf *text,
			 bool *ret_unsafe, struct err *err)
{
	struct arena *arena = l->ctx->arena;
	struct observed observed;
	const char *name = part->name;
	struct strs nullable = { 0 };
	struct str sql = part->head.len
		? str_of(arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(part->head), STR_ARG(part->part)))
		: part->part;
	bool named = part->kind == UNSAFE_UNIQUE || part->kind == UNSAFE_PRIMARY || part->kind == UNSAFE_FOREIGN ||
		part->kind == UNSAFE_CHECK;
	if ((part->columns.len && !nullable_columns(l, part, &nullable, err)) || !watch(l, stmt, sql, &observed, err))
		return false;
	if (named && !name && !last_constraint(l, part, &name, err))
		return false;
	bool unsafe = observed.blocked && unsafe_has_form(part->kind);
	if (unsafe && !has_safe_form(l, part, &unsafe, err))
		return false;
	if (observed.blocked && !unsafe)
		no_other_form(l, stmt, part->kind, &observed);
	*ret_unsafe = unsafe;
	if (part->comments.len)
		buf_printf(text, STR_FMT "\n", STR_ARG(part->comments));
	if (unsafe)
		buf_text(text, unsafe_rewrite(arena, part, name, &nullable));
	else
		buf_printf(text, STR_FMT ";\n", STR_ARG(sql));
	return true;
}

static bool look_at_parts(struct looking *l, const struct stmt *stmt, const struct unsafes *parts, struct err *err)
{
	struct arena *arena = l->ctx->arena;
	struct buf text = buf_init(arena);
	const char *locked = NULL;
	bool any = false;
	for (size_t i = 0; i < parts->len; i++) {
		const struct unsafe *part = &parts->ptr[i];
		bool unsafe;
		if (!look_at_part(l, stmt, part, &text, &unsafe, err))
			return stmt_err_at(err, stmt, 0);
		/* What its form ends with, or a part that stays as it is, stands in the transaction of what follows. */
		locked = unsafe && !unsafe_ends_locked(part) ? NULL : str_dup(arena, part->table);
		any = any || unsafe;
	}
	return !any || fix_statements(l, stmt, stmt, text.ptr, locked, err);
}

/* What it works on was locked before: alone it harms nobody. */
static bool set_apart(struct looking *l, const struct stmt *stmt, struct err *err)
{
	const char *apart = arena_printf(l->ctx->arena, UNSAFE_ALONE STR_FMT ";", STR_ARG(stmt->text));
	return fix_statements(l, stmt, stmt, apart, NULL, err);
}

static bool look_at_statement(struct looking *l, const struct stmt *stmt, struct err *err)
{
	struct unsafes parts;
	struct observed observed;
	unsafe_read(l->ctx->arena, stmt, &parts);
	if (parts.len)
		return look_at_parts(l, stmt, &parts, err);
	if (!watch(l, stmt, stmt->text, &observed, err))
		return stmt_err_at(err, stmt, 0);
	if (observed.blocked && observed.earlier && is_about_rows(stmt))
		return set_apart(l, stmt, err);
	if (observed.blocked)
		no_other_form(l, stmt, UNSAFE_NOTHING, &observed);
	return true;
}

static bool look_at_enum(struct looking *l, const struct enum_rebuild *rebuild, struct err *err)
{
	struct arena *arena = l->ctx->arena;
	const struct stmt *first = &l->script->stmts.ptr[rebuild->first],
			  *last = &l->script->stmts.ptr[rebuild->end - 1];
	struct strs old;
	struct observed one, worst = { 0 };
	if (!ask(l, "SELECT enumlabel FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype($1) ORDER BY enumsortorder",
		 rebuild->type, NULL, &old, err))
		return false;
	for (size_t i = rebuild->first; i < rebuild->end; i++) {
		const struct stmt *stmt = &l->script->stmts.ptr[i];
		if (!watch(l, stmt, stmt->text, &one, err))
			return stmt_err_at(err, stmt, 0);
		worst = one.blocked ? one : worst;
	}
	const char *text = enum_rebuild_rewrite(arena, rebuild, &old);
	if (worst.blocked && text)
		return fix_statements(l, first, last, text, NULL, err);
	if (worst.blocked)
		note(l, first, "it rewrites a table, and ALTER TYPE ... ADD VALUE cannot say the same");
	return true;
}

struct rebuilds {
	struct enum_rebuild next;
	bool more;
};

static bool look_at(struct looking *l, size_t at, void *ctx, struct err *err)
{
	struct rebuilds *rebuilds = ctx;
	if (!rebuilds->more || at != rebuilds->next.first)
		return look_at_statement(l, &l->script->stmts.ptr[at], err);
	struct enum_rebuild rebuild = rebuilds->next;
	l->done = rebuild.end;
	rebuilds->more = enum_rebuild_find(l->ctx->arena, &l->script->stmts, rebuild.end, &rebuilds->next);
	return look_at_enum(l, &rebuild, err);
}

bool look_at_script(struct looking *l, struct err *err)
{
	struct rebuilds rebuilds = { 0 };
	rebuilds.more = enum_rebuild_find(l->ctx->arena, &l->script->stmts, 0, &rebuilds.next);
	return visit_all(l, look_at, &rebuilds, err);
}

/* ---- only watching ---- */

static bool run_one(struct looking *l, size_t at, void *ctx, struct err *err)
{
	struct seen *seen = ctx;
	const struct stmt *stmt = &l->script->stmts.ptr[at];
	struct observed observed;
	if (!watch(l, stmt, stmt->text, &observed, err))
		return stmt_err_at(err, stmt, 0);
	if (observed.blocked && !seen->blocked)
		*seen = (struct seen){ .blocked = observed.blocked, .line = stmt->line };
	return true;
}

bool look_run(struct looking *l, struct seen *ret_seen, struct err *err)
{
	*ret_seen = (struct seen){ 0 };
	return visit_all(l, run_one, ret_seen, err);
}

/* The plan's transactions; whether the boundary would let them be is another question. */
bool look_begin(struct looking *l, struct err *err)
{
	const struct project *project = l->ctx->project;
	struct run_options options = { .format = project->format,
				       .settings = project->settings,
				       .lock_timeout = project->lock_timeout,
				       .boundary = { .off = true },
				       .command = "check" };
	struct state state = { 0 };
	l->not_sql = !str_ends(str_of(l->migration->path), STR(".sql"));
	l->of_one_piece = is_of_one_piece(l->ctx->arena, l->script);
	return observer_begin(l->ctx->arena, l->db, &l->observer, err) &&
		plan_add(l->ctx->arena, &options, &state, l->migration, l->script, &l->plan, err);
}
