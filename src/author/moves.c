#include "author/moves.h"

#include "base/file.h"
#include "schema/kind.h"
#include "sql/lex.h"
#include "sql/quote.h"

/* ---- what a last step says of itself ---- */

static bool next_name(struct arena *arena, struct str *rest, struct strs *names)
{
	struct token t = lex_token(*rest, 0);
	if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED)
		return false;
	vec_push(arena, names, str_of(str_dup(arena, token_name(arena, *rest, &t))));
	*rest = str_slice(*rest, t.to, rest->len);
	return true;
}

/* "public.users.name full_name": the parts before the blank, and what is behind it. */
static bool read_subject(struct arena *arena, struct str *rest, struct strs *names)
{
	bool more = next_name(arena, rest, names);
	while (more && rest->len && rest->ptr[0] == '.') {
		*rest = str_slice(*rest, 1, rest->len);
		more = next_name(arena, rest, names);
	}
	*rest = str_trim(*rest);
	return more && names->len >= 2 && names->len <= 3 && rest->len;
}

static bool read_types(struct arena *arena, struct str rest, struct known_move *move)
{
	ptrdiff_t at = str_find(rest, STR(" from "));
	if (at < 0)
		return false;
	move->type = str_dup(arena, str_slice(rest, 0, (size_t)at));
	move->old_type = str_dup(arena, str_slice(rest, (size_t)at + strlen(" from "), rest.len));
	return true;
}

static bool read_move(struct arena *arena, struct str arguments, struct known_move *move)
{
	struct str verb, rest;
	struct strs subject = { 0 }, name = { 0 };
	if (!str_cut(arguments, ' ', &verb, &rest) || !read_subject(arena, &rest, &subject))
		return false;
	move->schema = subject.ptr[0].ptr;
	move->table = subject.ptr[1].ptr;
	move->column = subject.len > 2 ? subject.ptr[2].ptr : NULL;
	if (str_eq(verb, STR("retype")))
		return move->column && read_types(arena, rest, move);
	if (!str_eq(verb, STR("rename")) || !next_name(arena, &rest, &name))
		return false;
	move->name = name.ptr[0].ptr;
	return true;
}

/* ---- names ---- */

/* brant writes keywords in capitals, and functions with a parenthesis behind them. */
static bool is_name(struct str text, const struct token *t)
{
	struct token next = lex_significant(text, t->to);
	if (t->kind == TOKEN_WORD)
		return text.ptr[t->from] >= 'a' && text.ptr[t->from] <= 'z' && !token_is_punct(text, &next, '(');
	return t->kind == TOKEN_QUOTED;
}

/* The table itself and its new column are there before the last step, too. */
static void add_touched(struct arena *arena, struct known_move *move, struct str text)
{
	for (struct token t = lex_significant(text, 0); t.kind != TOKEN_END; t = lex_significant(text, t.to)) {
		struct str name = is_name(text, &t) ? token_name(arena, text, &t) : (struct str){ 0 };
		bool stays = !name.len || str_eq(name, str_of(move->schema)) ||
			(move->type && str_find(str_of(move->type), name) >= 0) ||
			(move->column && str_eq(name, str_of(move->table))) ||
			(move->name && str_eq(name, str_of(move->name)));
		if (stays)
			continue;
		map_set(arena, &move->touched, str_of(str_dup(arena, name)), move);
		/* That of the old index, which goes with its column. */
		if (str_ends(name, STR("_brant")))
			map_set(arena, &move->touched,
				str_of(str_dup(arena, str_slice(name, 0, name.len - strlen("_brant")))), move);
	}
}

/* Names of a text; of anything that is written: keywords do no harm. */
static void add_names(struct arena *arena, struct map *names, struct str text)
{
	for (struct token t = lex_significant(text, 0); t.kind != TOKEN_END; t = lex_significant(text, t.to))
		if (t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED)
			map_set(arena, names, str_of(str_dup(arena, token_name(arena, text, &t))), names);
}

/* A column's name alone says nothing where it is not known whose it is. */
static bool share(struct arena *arena, const struct known_move *move, struct str text, bool columns)
{
	for (struct token t = lex_significant(text, 0); t.kind != TOKEN_END; t = lex_significant(text, t.to)) {
		if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED)
			continue;
		struct str name = token_name(arena, text, &t);
		bool is_column = move->column && str_eq(name, str_of(move->column));
		if (is_column ? columns : map_get(&move->touched, name) != NULL)
			return true;
	}
	return false;
}

/* What it grants and what a default calls has names of its own. */
static bool tells_names(struct str text)
{
	return !str_starts(text, STR("GRANT ")) && str_find(text, STR(" SET DEFAULT ")) < 0;
}

/* ---- the history ---- */

static void add_moves(struct arena *arena, const struct migration *migration, const struct script *script,
		      struct known_moves *known)
{
	for (size_t i = 0; i < script->directives.len; i++) {
		const struct directive *directive = &script->directives.ptr[i];
		struct known_move move = { .version = migration->version, .id = migration->id };
		if (!str_eq(directive->key, STR("contract")) || !read_move(arena, directive->arguments, &move))
			continue;
		for (size_t k = 0; k < script->stmts.len; k++)
			if (tells_names(script->stmts.ptr[k].text))
				add_touched(arena, &move, script->stmts.ptr[k].text);
		vec_push(arena, known, move);
	}
}

/* Read as text first: few migrations are last steps. */
static bool may_be_one(struct arena *arena, const struct migration *migration)
{
	struct err ignored = { .arena = arena };
	struct str text;
	return migration->path && file_read(arena, migration->path, &text, &ignored) &&
		str_find(text, STR("brant: contract ")) >= 0;
}

struct known_moves moves_known(struct ctx *ctx)
{
	const struct project *project = ctx->project;
	struct err ignored = { .arena = ctx->arena };
	struct known_moves known = { 0 };
	struct history history;
	if (!project->format->load(ctx->arena, &project->settings, &history, &ignored))
		return known;
	for (size_t i = 0; i < history.len; i++) {
		struct script script;
		if (may_be_one(ctx->arena, &history.ptr[i]) &&
		    project->format->read(ctx->arena, &project->settings, &history.ptr[i], &script, &ignored))
			add_moves(ctx->arena, &history.ptr[i], &script, &known);
	}
	return known;
}

/* ---- what waits ---- */

static void put_after(struct buf *buf, const struct known_move *move)
{
	buf_printf(buf, "-- brant: after %s\n", move->version);
}

/* Does a statement of the text change the move's table, or what hangs on its new column? */
static bool alters(struct arena *arena, const struct known_move *move, const struct script *script)
{
	for (size_t i = 0; i < script->stmts.len; i++) {
		struct str text = script->stmts.ptr[i].text;
		struct map names = { 0 };
		add_names(arena, &names, text);
		/* DROP INDEX names no table. */
		bool its_table = map_get(&names, str_of(move->table)) != NULL;
		if (share(arena, move, text, its_table) ||
		    (its_table && move->name && map_get(&names, STR("alter")) && map_get(&names, STR("column")) &&
		     map_get(&names, str_of(move->name))))
			return true;
	}
	return false;
}

const char *moves_after(struct arena *arena, const struct known_moves *known, const char *up)
{
	struct script_options none = { 0 };
	struct err ignored = { .arena = arena };
	struct buf buf = buf_init(arena);
	struct script script;
	if (known->len && script_parse(arena, &none, "the new migration", str_of(up), &script, &ignored))
		for (size_t i = 0; i < known->len; i++)
			if (alters(arena, &known->ptr[i], &script))
				put_after(&buf, &known->ptr[i]);
	return buf.ptr ? buf.ptr : "";
}

static bool same_table(const struct known_move *a, const struct known_move *b)
{
	return strcmp(a->schema, b->schema) == 0 && strcmp(a->table, b->table) == 0;
}

/* What it is called in the end. */
static const char *end_of(const struct known_move *move)
{
	return move->name ? move->name : move->column;
}

static bool in_the_way(struct arena *arena, const struct known_move *before, const struct known_move *new,
		       const struct move *move)
{
	if (!before->column)
		return false;
	if (same_table(before, new) && (!new->column || strcmp(new->column, end_of(before)) == 0))
		return true;
	for (size_t i = 0; i < move->steps.len; i++) {
		struct str up = str_of(move->steps.ptr[i].up);
		struct map names = { 0 };
		add_names(arena, &names, up);
		/* An index of both columns is not there yet as it is going to be. */
		if (share(arena, before, up, false) ||
		    (same_table(before, new) && map_get(&names, str_of(end_of(before)))))
			return true;
	}
	return false;
}

const char *moves_after_move(struct arena *arena, const struct known_moves *known, const struct move *move)
{
	static const char contract[] = "-- brant: contract ";
	struct str line, rest;
	struct known_move new = { 0 };
	struct buf buf = buf_init(arena);
	str_cut(str_of(move->steps.ptr[move->steps.len - 1].up), '\n', &line, &rest);
	if (!str_starts(line, str_of(contract)) || !read_move(arena, str_slice(line, strlen(contract), line.len), &new))
		return "";
	for (size_t i = 0; i < known->len; i++)
		if (in_the_way(arena, &known->ptr[i], &new, move))
			put_after(&buf, &known->ptr[i]);
	return buf.ptr ? buf.ptr : "";
}

void moves_tell_waiting(struct ctx *ctx)
{
	report_note(
		ctx->report, "contract-held",
		"what says \"brant: after\" waits until the migration that it names has run: \"brant up --to VERSION\" applies that one");
}

/* ---- a wanted schema that has not followed ---- */

static const struct object *table_of(const struct schema *schema, const char *space, const char *name)
{
	for (size_t i = 0; i < schema->objects.len; i++) {
		const struct object *object = schema->objects.ptr[i];
		if (object->kind == KIND_TABLE && strcmp(object->schema, space) == 0 && strcmp(object->name, name) == 0)
			return object;
	}
	return NULL;
}

static const struct object *column_of(struct arena *arena, const struct object *table, const char *name)
{
	const char *ident = sql_ident(arena, str_of(name));
	for (size_t i = 0; table && i < table->children.len; i++)
		if (table->children.ptr[i]->kind == KIND_COLUMN && strcmp(table->children.ptr[i]->ident, ident) == 0)
			return table->children.ptr[i];
	return NULL;
}

/* What the column (NULL: nobody asks) and its table are called when all moves of the history have run: name -> full_name -> whole_name. */
static void chain_end(const struct known_moves *known, size_t first, const char **ret_table, const char **ret_column)
{
	const struct known_move *move = &known->ptr[first];
	const char *table = move->column ? move->table : move->name, *column = move->column ? end_of(move) : NULL;
	for (size_t i = first + 1; i < known->len; i++) {
		const struct known_move *next = &known->ptr[i];
		if (strcmp(next->schema, move->schema) != 0 || strcmp(next->table, table) != 0)
			continue;
		if (!next->column)
			table = next->name;
		else if (column && strcmp(next->column, column) == 0)
			column = end_of(next);
	}
	*ret_table = table;
	*ret_column = column;
}

/* Said by hand: it is to be renamed back. */
static bool is_asked_for(const struct diffing *d, const struct known_move *move)
{
	const struct strs *said = &d->wanted->renames;
	const char *back = move->column ? move->column : move->table;
	for (size_t i = 0; i < said->len; i++) {
		struct str from, to;
		if (str_cut(said->ptr[i], '=', &from, &to) && str_eq(to, str_of(back)))
			return true;
	}
	return false;
}

static bool has_type(const struct object *column, const char *type)
{
	const char *its = column ? object_get(column, "type") : NULL;
	return its && strcmp(its, type) == 0;
}

static bool is_behind(const struct diffing *d, const struct known_moves *known, size_t i)
{
	struct arena *arena = d->ctx->arena;
	const struct known_move *move = &known->ptr[i];
	const char *table, *column;
	chain_end(known, i, &table, &column);
	const struct object *there = table_of(&d->from, move->schema, table),
			    *wanted = table_of(&d->to, move->schema, move->table);
	if (!there || !wanted || is_asked_for(d, move))
		return false;
	if (!move->column)
		return !table_of(&d->from, move->schema, move->table) && !table_of(&d->to, move->schema, move->name);
	if (move->type)
		return has_type(column_of(arena, there, column), move->type) &&
			has_type(column_of(arena, wanted, move->column), move->old_type);
	return !column_of(arena, there, move->column) && column_of(arena, there, column) &&
		column_of(arena, wanted, move->column) && !column_of(arena, wanted, move->name);
}

static const char *statement_of(struct arena *arena, const struct known_move *move)
{
	const char *table = sql_qualified(arena, str_of(move->schema), str_of(move->table));
	const char *column = move->column ? sql_ident(arena, str_of(move->column)) : NULL;
	if (move->type)
		return arena_printf(arena, "ALTER TABLE %s ALTER COLUMN %s TYPE %s", table, column, move->type);
	return arena_printf(arena, "ALTER TABLE %s RENAME %s%s TO %s", table, column ? "COLUMN " : "",
			    column ? column : "", sql_ident(arena, str_of(move->name)));
}

/* As if the file had been changed, and with it the names that are made of the column's. */
static bool follow(struct diffing *d, const struct known_move *move, struct err *err)
{
	struct arena *arena = d->ctx->arena;
	struct move_request request = { .table = sql_qualified(arena, str_of(move->schema), str_of(move->table)),
					.column = move->column,
					.name = move->name,
					.type = move->type };
	struct statements statements = { 0 };
	struct strs names = { 0 };
	struct db *db;
	/* What was kept of it has no database to change. */
	d->places[1].keeps = false;
	if (!d->to_database && !schema_place_load(&d->shop, &d->places[1], &d->to, &d->to_database, err))
		return false;
	if (!workshop_connect(&d->shop, d->to_database, &db, err))
		return false;
	bool ok = move_names(arena, db, &request, &names, err);
	db_close(db);
	if (!ok)
		return false;
	statements_add(arena, &statements, "%s", statement_of(arena, move));
	for (size_t i = 0; i < names.len; i++)
		statements_add(arena, &statements, STR_FMT, STR_ARG(names.ptr[i]));
	return workshop_run(&d->shop, d->to_database, &statements, err) &&
		workshop_load(&d->shop, d->to_database, &d->to, err);
}

static void tell(struct diffing *d, const struct known_move *move)
{
	struct arena *arena = d->ctx->arena;
	const char *old =
		arena_printf(arena, "%s%s%s", move->table, move->column ? "." : "", move->column ? move->column : "");
	if (move->type)
		report_note(d->ctx->report, "contract-held",
			    "the wanted schema still has %s as %s, which \"%s\" makes %s: write that there", old,
			    move->old_type, move->id, move->type);
	else
		report_note(
			d->ctx->report, "contract-held",
			"the wanted schema still says %s, which \"%s\" renames to %s: write that there (to rename it back: --rename %s%s%s=%s)",
			old, move->id, move->name, move->column ? move->table : "", move->column ? "." : "", move->name,
			move->column ? move->column : move->table);
}

bool moves_follow(struct diffing *d, struct err *err)
{
	const struct known_moves *known = d->moves;
	if (d->places[0].kind != PLACE_HISTORY ||
	    (d->places[1].kind != PLACE_WANTED && d->places[1].kind != PLACE_FILES))
		return true;
	for (size_t i = 0; i < known->len; i++) {
		if (!is_behind(d, known, i))
			continue;
		if (!follow(d, &known->ptr[i], err))
			return err_prefix(err, "the wanted schema, with the new name");
		tell(d, &known->ptr[i]);
	}
	return true;
}
