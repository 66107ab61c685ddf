#include "cmd/fix.h"

#include "base/file.h"
#include "base/patch.h"
#include "check/observe.h"
#include "cmd/fix_bench.h"
#include "cmd/fix_down.h"
#include "cmd/fix_parts.h"
#include "cmd/place.h"
#include "cmd/session.h"
#include "project/local_platform.h"
#include "sql/enum_rebuild.h"
#include "sql/lex.h"
#include "sql/quote.h"
#include "sql/unsafe.h"

struct fixing {
	struct ctx *ctx;
	struct workshop shop;
	const char *base;       /* the database that has all migrations before the one that is looked at */
	struct benches benches; /* for that one */
	struct buf diff;
	size_t fixed, files;
	size_t unfixed; /* in the migration that is looked at */
	struct fix_parts writes;
};

/* A migration being looked at: what it is run in, and what is to be put in place of what. */
struct looking {
	struct fixing *f;
	const struct script *script;
	struct bench bench;
	struct db *db;
	struct observer observer;
	struct edits edits;
	bool in_transaction; /* of the file's own */
	bool not_sql;        /* the file is in another language: its statements are what it emits */
};

static void note(struct fixing *f, const struct stmt *stmt, const char *what)
{
	report_note(f->ctx->report, "unsafe-statement", "%s:%u: %s", stmt->made_by ? stmt->made_by : stmt->source->path,
		    stmt->made_by ? stmt->made_line : stmt->line, what);
	f->unfixed++;
}

static void no_other_form(struct fixing *f, const struct stmt *stmt, enum unsafe_kind kind, const char *blocked)
{
	struct arena *arena = f->ctx->arena;
	if (kind == UNSAFE_TYPE)
		note(f, stmt,
		     arena_printf(arena, "it locks %s while it works; \"brant retype\" changes a type in steps",
				  blocked));
	else if (kind == UNSAFE_REQUIRED)
		note(f, stmt,
		     arena_printf(arena, "it fails where %s has rows: the column is NOT NULL and has no default",
				  blocked));
	else
		note(f, stmt,
		     arena_printf(arena, "it locks %s while it works, and brant knows no other form", blocked));
}

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
	struct arena *arena = l->f->ctx->arena;
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
	*ret_name = names.len ? str_dup(l->f->ctx->arena, names.ptr[0]) : "";
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

/* One part of a statement: run as it is, watched; its other form where it kept others out. */
static bool look_at_part(struct looking *l, const struct stmt *stmt, const struct unsafe *part, struct buf *text,
			 bool *ret_unsafe, struct err *err)
{
	struct arena *arena = l->f->ctx->arena;
	const char *blocked, *name = part->name;
	struct strs nullable = { 0 };
	struct str sql = part->head.len
		? str_of(arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(part->head), STR_ARG(part->part)))
		: part->part;
	bool named = part->kind == UNSAFE_UNIQUE || part->kind == UNSAFE_PRIMARY || part->kind == UNSAFE_FOREIGN ||
		part->kind == UNSAFE_CHECK;
	if ((part->columns.len && !nullable_columns(l, part, &nullable, err)) ||
	    !observe(arena, l->db, &l->observer, sql, &blocked, err))
		return false;
	if (named && !name && !last_constraint(l, part, &name, err))
		return false;
	bool unsafe = blocked && unsafe_has_form(part->kind);
	if (unsafe && !has_safe_form(l, part, &unsafe, err))
		return false;
	if (blocked && !unsafe)
		no_other_form(l->f, stmt, part->kind, blocked);
	*ret_unsafe = *ret_unsafe || unsafe;
	if (part->comments.len)
		buf_printf(text, STR_FMT "\n", STR_ARG(part->comments));
	if (unsafe)
		buf_text(text, unsafe_rewrite(arena, part, name, &nullable));
	else
		buf_printf(text, STR_FMT ";\n", STR_ARG(sql));
	return true;
}

/* Statements that the tool wants to be told apart. */
static struct str separated(struct looking *l, struct str text)
{
	const char *separator = l->f->ctx->project->format->separator;
	struct buf buf = buf_init(l->f->ctx->arena);
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
	struct token end = lex_significant(text, to);
	vec_push(l->f->ctx->arena, &l->edits,
		 (struct edit){ .from = from,
				.to = token_is_punct(text, &end, ';') ? end.to : to,
				.with = separated(l, str_trim(str_of(with))) });
}

/* Does the file itself hold the statement, as it is sent?  A format may read it from a copy in which other places differ. */
static bool stands_in_file(const struct looking *l, const struct stmt *stmt)
{
	const struct source *file = &l->script->source;
	size_t end = stmt->offset + stmt->length;
	return !l->not_sql && !stmt->expansion && strcmp(stmt->source->path, file->path) == 0 &&
		end <= file->text.len &&
		str_eq(str_slice(file->text, stmt->offset, end), str_slice(stmt->source->text, stmt->offset, end));
}

/* Where it does not, it cannot be put in its place: it is shown. */
static void fix_statements(struct looking *l, const struct stmt *first, const struct stmt *last, const char *safe)
{
	struct arena *arena = l->f->ctx->arena;
	if (l->in_transaction)
		note(l->f, first, "its safe form cannot be inside the transaction that the file opens");
	else if (l->not_sql)
		note(l->f, first,
		     arena_printf(
			     arena,
			     "it locks a table while it works. In an autocommit_block(), each by an op.execute():\n%s",
			     safe));
	else if (!stands_in_file(l, first) || !stands_in_file(l, last))
		note(l->f, first,
		     arena_printf(
			     arena,
			     "it locks a table while it works, and its text has a psql variable or is included. Instead:\n%s",
			     safe));
	else
		replace(l, first->offset, last->offset + last->length, safe);
}

static bool look_at_statement(struct looking *l, const struct stmt *stmt, struct err *err)
{
	struct arena *arena = l->f->ctx->arena;
	struct unsafes parts;
	struct buf text = buf_init(arena);
	bool unsafe = false;
	const char *blocked = NULL;
	unsafe_read(arena, stmt, &parts);
	if (!parts.len && !observe(arena, l->db, &l->observer, stmt->text, &blocked, err))
		return stmt_err_at(err, stmt, 0);
	for (size_t i = 0; i < parts.len; i++)
		if (!look_at_part(l, stmt, &parts.ptr[i], &text, &unsafe, err))
			return stmt_err_at(err, stmt, 0);
	if (unsafe)
		fix_statements(l, stmt, stmt, text.ptr);
	else if (blocked)
		no_other_form(l->f, stmt, UNSAFE_NOTHING, blocked);
	return true;
}

static bool look_at_enum(struct looking *l, const struct enum_rebuild *rebuild, struct err *err)
{
	struct arena *arena = l->f->ctx->arena;
	const struct stmt *first = &l->script->stmts.ptr[rebuild->first],
			  *last = &l->script->stmts.ptr[rebuild->end - 1];
	struct strs old;
	const char *blocked = NULL, *one;
	if (!ask(l, "SELECT enumlabel FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype($1) ORDER BY enumsortorder",
		 rebuild->type, NULL, &old, err))
		return false;
	for (size_t i = rebuild->first; i < rebuild->end; i++) {
		if (!observe(arena, l->db, &l->observer, l->script->stmts.ptr[i].text, &one, err))
			return stmt_err_at(err, &l->script->stmts.ptr[i], 0);
		blocked = one ? one : blocked;
	}
	const char *text = enum_rebuild_rewrite(arena, rebuild, &old);
	if (blocked && text)
		fix_statements(l, first, last, text);
	else if (blocked)
		note(l->f, first, "it rewrites a table, and ALTER TYPE ... ADD VALUE cannot say the same");
	return true;
}

static bool refuses_transaction(const struct stmt *stmt)
{
	return stmt->kind == STMT_SQL && (stmt->no_tx == NO_TX_CONCURRENTLY || stmt->no_tx == NO_TX_STATEMENT);
}

/* Outside of what is watched: settings, and what cannot be in a transaction. */
static bool just_run(struct looking *l, const struct stmt *stmt, struct err *err)
{
	struct rows none;
	return db_query(l->db, l->f->ctx->arena, str_dup(l->f->ctx->arena, stmt->text), 0, NULL, &none, err) ||
		stmt_err_at(err, stmt, 0);
}

static bool look_at_all(struct looking *l, struct err *err)
{
	const struct stmts *stmts = &l->script->stmts;
	struct enum_rebuild rebuild;
	bool more = enum_rebuild_find(l->f->ctx->arena, stmts, 0, &rebuild);
	for (size_t i = 0; i < stmts->len; i++) {
		const struct stmt *stmt = &stmts->ptr[i];
		bool ok = true;
		if (more && i == rebuild.first) {
			ok = look_at_enum(l, &rebuild, err);
			i = rebuild.end - 1;
			more = enum_rebuild_find(l->f->ctx->arena, stmts, rebuild.end, &rebuild);
		} else if (stmt->kind == STMT_BEGIN || stmt->kind == STMT_COMMIT) {
			l->in_transaction = stmt->kind == STMT_BEGIN;
		} else if (stmt->kind == STMT_SET || refuses_transaction(stmt)) {
			ok = just_run(l, stmt, err);
		} else if (stmt->kind == STMT_SQL) {
			ok = look_at_statement(l, stmt, err);
		}
		if (!ok)
			return false;
	}
	return true;
}

/* ---- proof ---- */

static bool proof_failed(struct err *err, const char *path, const char *why)
{
	err_set(err, ERR_FAILED, "fix-unproved", "the rewrite of %s could not be proved: %s", path, why);
	return err_hint(err, "Nothing was written. This is worth a report, with the file.");
}

/* Runs the new text and sees that nothing of it keeps others out for long. */
static bool run_safely(struct looking *l, struct err *err)
{
	struct arena *arena = l->f->ctx->arena;
	const char *blocked = NULL;
	for (size_t i = 0; i < l->script->stmts.len; i++) {
		const struct stmt *stmt = &l->script->stmts.ptr[i];
		bool ok = true;
		if (stmt->kind == STMT_SET || refuses_transaction(stmt))
			ok = just_run(l, stmt, err);
		else if (stmt->kind == STMT_SQL)
			ok = observe(arena, l->db, &l->observer, stmt->text, &blocked, err) ||
				stmt_err_at(err, stmt, 0);
		if (!ok)
			return proof_failed(err, l->script->source.path, err->message);
		/* What was told to be beyond repair may stay. */
		if (blocked && !l->f->unfixed)
			return proof_failed(
				err, l->script->source.path,
				arena_printf(arena, "line %u locks %s while it works", stmt->line, blocked));
	}
	return true;
}

static bool open_copy(struct looking *l, struct err *err)
{
	return bench_open(&l->f->benches, &l->bench, err) &&
		workshop_connect(l->bench.shop, l->bench.database, &l->db, err) &&
		observer_begin(l->f->ctx->arena, l->db, &l->observer, err);
}

static bool same_schema(struct fixing *f, struct bench *a, struct bench *b, const char *path, struct err *err)
{
	struct schema unsafe, safe;
	struct diff_options options = { .plain = true };
	struct diff diff;
	if (!workshop_load(a->shop, a->database, &unsafe, err) || !workshop_load(b->shop, b->database, &safe, err))
		return false;
	diff_schemas(f->ctx->arena, &unsafe, &safe, &options, &diff);
	return !diff.differences.len ||
		proof_failed(
			err, path,
			arena_printf(f->ctx->arena, "its schema is another one (%s)", diff.differences.ptr[0].text));
}

static bool prove(struct fixing *f, struct bench *unsafe, const struct script *script, struct err *err)
{
	struct looking l = { .f = f, .script = script };
	if (!open_copy(&l, err))
		return false;
	bool ok = run_safely(&l, err);
	db_close(l.db);
	return ok && same_schema(f, unsafe, &l.bench, script->source.path, err);
}

/* ---- a migration ---- */

/* One that was not there before: all of it is new. */
static char *new_file_diff(struct arena *arena, const struct fix_part *part)
{
	struct buf buf = buf_init(arena);
	size_t lines = 0;
	struct str line, rest = part->text;
	for (bool more = rest.len > 0; more && rest.len; lines++) {
		more = str_cut(rest, '\n', &line, &rest);
		buf_printf(&buf, "+" STR_FMT "\n", STR_ARG(line));
	}
	return arena_printf(arena, "--- /dev/null\n+++ b/%s\n@@ -0,0 +1,%zu @@\n%s", part->path, lines, buf.ptr);
}

/* The first part in the place of the whole file. */
static char *cut_diff(struct arena *arena, const char *path, struct str old, struct str new)
{
	struct edits edits = { 0 };
	size_t same = 0;
	while (same < old.len && same < new.len &&old.ptr[same] == new.ptr[same])
		same++;
	while (same && old.ptr[same - 1] != '\n')
		same--;
	vec_push(arena, &edits, (struct edit){ .from = same, .to = old.len, .with = str_slice(new, same, new.len) });
	return patch_diff(arena, path, old, &edits);
}

/* Each part with its own way back. */
static bool show_downs(struct fixing *f, const struct migration *migration, const struct fix_parts *parts,
		       struct err *err)
{
	struct arena *arena = f->ctx->arena;
	struct fix_parts downs;
	struct bench bench;
	struct str old;
	if (!migration->down_path)
		return true;
	if (!file_read(arena, migration->down_path, &old, err) || !bench_open(&f->benches, &bench, err) ||
	    !fix_down_cut(bench.shop, bench.database, migration, parts, &downs, err))
		return false;
	if (!downs.len)
		report_note(
			f->ctx->report, "unsafe-statement",
			"%s: it undoes what becomes %zu migrations now, and cannot be cut like them: give each a down.sql of its own by hand",
			migration->down_path, parts->len);
	for (size_t i = 0; i < downs.len; i++) {
		if (i || !str_eq(downs.ptr[i].text, old))
			buf_text(&f->diff,
				 i ? new_file_diff(arena, &downs.ptr[i])
				   : cut_diff(arena, migration->down_path, old, downs.ptr[i].text));
		vec_push(arena, &f->writes, downs.ptr[i]);
	}
	return true;
}

/* Written last: what comes behind is looked at on top of the files as they were. */
static bool show_fixed(struct fixing *f, const struct migration *migration, const struct script *script,
		       const struct script *fixed, const struct edits *edits, struct err *err)
{
	struct arena *arena = f->ctx->arena;
	const struct format *format = f->ctx->project->format;
	struct fix_parts parts;
	fix_cut(arena, migration->path, fixed, &parts);
	if (!format->one_message || parts.len == 1) {
		if (format->short_forms && !format->one_message && parts.len > 1)
			report_note(
				f->ctx->report, "unsafe-statement",
				"%s: %s runs its migrations in one transaction and cannot run this one any more; \"brant up\" can",
				migration->path, format->title);
		buf_text(&f->diff, patch_diff(arena, migration->path, script->source.text, edits));
		vec_push(arena, &f->writes, (struct fix_part){ .path = migration->path, .text = fixed->source.text });
		return true;
	}
	for (size_t i = 0; i < parts.len; i++) {
		if (i && file_exists(parts.ptr[i].path)) {
			err_set(err, ERR_FAILED, "file-exists", "%s is there already", parts.ptr[i].path);
			return err_hint(err,
					"What cannot be in one transaction would become a migration of that name.");
		}
		buf_text(&f->diff,
			 i ? new_file_diff(arena, &parts.ptr[i])
			   : cut_diff(arena, migration->path, script->source.text, parts.ptr[i].text));
		vec_push(arena, &f->writes, parts.ptr[i]);
	}
	return show_downs(f, migration, &parts, err);
}

static bool fix_it(struct fixing *f, const struct migration *migration, const struct script *script,
		   const struct edits *edits, struct bench *unsafe, struct err *err)
{
	struct arena *arena = f->ctx->arena;
	struct script_options options = { .include_dir = f->ctx->project->root };
	struct script *fixed = arena_alloc(arena, sizeof(*fixed));
	const char *text = patch_apply(arena, script->source.text, edits);
	if (!script_parse(arena, &options, migration->path, str_of(text), fixed, err) ||
	    !prove(f, unsafe, fixed, err) || !show_fixed(f, migration, script, fixed, edits, err))
		return false;
	f->fixed += edits->len;
	f->files++;
	return true;
}

static bool write_all(struct fixing *f, struct err *err)
{
	for (size_t i = 0; i < f->writes.len; i++) {
		const struct fix_part *part = &f->writes.ptr[i];
		if (!dir_make(path_dir(f->ctx->arena, part->path), 0755, err) ||
		    !file_write(part->path, part->text, 0644, err))
			return false;
	}
	return true;
}

static bool look_at_migration(struct fixing *f, struct migration *migration, struct err *err)
{
	struct script script;
	struct looking l = { .f = f, .script = &script };
	const struct project *project = f->ctx->project;
	if (!project->format->read(f->ctx->arena, &project->settings, migration, &script, err))
		return false;
	if (script.by_tool)
		return true;
	l.not_sql = !str_ends(str_of(migration->path), STR(".sql"));
	f->unfixed = 0;
	if (!benches_begin(&f->shop, f->base, &script, &f->benches, err) || !open_copy(&l, err))
		return false;
	bool ok = look_at_all(&l, err);
	db_close(l.db);
	ok = ok && (!l.edits.len || fix_it(f, migration, &script, &l.edits, &l.bench, err));
	benches_end(&f->benches);
	return ok;
}

static bool begin(struct fixing *f, struct err *err)
{
	struct schema_place place;
	if (!schema_place_find(f->ctx, "history", &place, err) || !workshop_open(f->ctx, &place, 1, &f->shop, err))
		return false;
	/* Migration by migration, from nothing: no image of what the whole history makes. */
	f->shop.with_history = false;
	return workshop_copy(&f->shop, PLATFORM_DATABASE, &f->base, err);
}

static void report_end(struct fixing *f, bool written)
{
	report_block(f->ctx->report, "diff", buf_as_str(&f->diff));
	report_number(f->ctx->report, "fixed", NULL, (long long)f->fixed);
	report_flag(f->ctx->report, "written", written && f->files);
	if (!f->fixed)
		report_outcome(f->ctx->report, C_GOOD,
			       "no statement that locks a table while it works and has a safe form");
	else
		report_outcome(f->ctx->report, C_GOOD, "%zu %s in %zu %s rewritten, same schema proved%s", f->fixed,
			       f->fixed == 1 ? "statement" : "statements", f->files, f->files == 1 ? "file" : "files",
			       written ? "" : "; --write writes it");
}

bool fix_migrations(struct ctx *ctx, struct history *history, const bool *chosen, bool write, struct err *err)
{
	struct fixing f = { .ctx = ctx, .diff = buf_init(ctx->arena) };
	if (!begin(&f, err))
		return false;
	for (size_t i = 0; i < history->len; i++) {
		if (!chosen[i])
			continue;
		if (i && !workshop_replay(&f.shop, f.base, history->ptr[i - 1].version, err))
			return false;
		if (!look_at_migration(&f, &history->ptr[i], err))
			return false;
	}
	if (write && !write_all(&f, err))
		return false;
	report_end(&f, write);
	return true;
}
