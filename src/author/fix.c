#include "author/fix.h"

#include "author/fix_bench.h"
#include "author/fix_down.h"
#include "author/fix_look.h"
#include "author/fix_parts.h"
#include "base/file.h"
#include "base/patch.h"
#include "project/local_platform.h"
#include "session/session.h"
#include "workshop/place.h"

struct fixing {
	struct ctx *ctx;
	struct workshop shop;
	const char *base;       /* the database that has all migrations before the one that is looked at */
	struct benches benches; /* for that one */
	struct buf diff;
	size_t fixed, files, unproved;
	struct fix_parts writes;
};

/* ---- proof ---- */

static bool proof_failed(struct err *err, const char *path, const char *why)
{
	return err_set(err, ERR_FAILED, "fix-unproved", "%s stays as it is: its rewrite could not be proved: %s", path,
		       why);
}

static bool open_copy(struct fixing *f, struct looking *l, struct bench *bench, struct err *err)
{
	return bench_open(&f->benches, bench, err) && workshop_connect(bench->shop, bench->database, &l->db, err) &&
		look_begin(l, err);
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

/* As it stands: what was told to be beyond repair may stay. */
static bool prove(struct fixing *f, const struct looking *was, struct bench *unsafe, const struct script *script,
		  struct err *err)
{
	struct arena *arena = f->ctx->arena;
	struct looking l = { .ctx = f->ctx, .migration = was->migration, .script = script };
	struct bench bench;
	struct seen seen;
	if (!open_copy(f, &l, &bench, err))
		return false;
	bool ok = look_run(&l, &seen, err);
	db_close(l.db);
	if (!ok) /* Ctrl-C says nothing about the rewrite, and nor does a server that is gone */
		return err->code != ERR_CANCELLED && !err->connection_lost &&
			proof_failed(err, script->source.path, err->message);
	if (seen.blocked && !was->unfixed)
		return proof_failed(err, script->source.path,
				    arena_printf(arena, "line %u locks %s while it works", seen.line, seen.blocked));
	return same_schema(f, unsafe, &bench, script->source.path, err);
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

/* The others are no worse for it. */
static bool leave_unproved(struct fixing *f, struct err *err)
{
	if (!err->name || strcmp(err->name, "fix-unproved") != 0)
		return false;
	report_note(f->ctx->report, "fix-unproved", "%s", err->message);
	err_clear(err);
	f->unproved++;
	return true;
}

static bool fix_it(struct fixing *f, const struct looking *was, struct bench *unsafe, struct err *err)
{
	const struct migration *migration = was->migration;
	const struct script *script = was->script;
	const struct edits *edits = &was->edits;
	struct arena *arena = f->ctx->arena;
	struct script_options options = { .include_dir = f->ctx->project->root };
	struct script *fixed = arena_alloc(arena, sizeof(*fixed));
	const char *text = patch_apply(arena, script->source.text, edits);
	if (!script_parse(arena, &options, migration->path, str_of(text), fixed, err))
		return false;
	if (!prove(f, was, unsafe, fixed, err))
		return leave_unproved(f, err);
	if (!show_fixed(f, migration, script, fixed, edits, err))
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
	struct looking l = { .ctx = f->ctx, .migration = migration, .script = &script };
	struct bench bench;
	const struct project *project = f->ctx->project;
	if (!project->format->read(f->ctx->arena, &project->settings, migration, &script, err))
		return false;
	if (script.by_tool)
		return true;
	if (!benches_begin(&f->shop, f->base, &script, &f->benches, err) || !open_copy(f, &l, &bench, err))
		return false;
	bool ok = look_at_script(&l, err);
	db_close(l.db);
	ok = ok && (!l.edits.len || fix_it(f, &l, &bench, err));
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
	report_number(f->ctx->report, "unproved", NULL, (long long)f->unproved);
	if (!f->fixed && f->unproved)
		report_outcome(f->ctx->report, C_WARN, "nothing rewritten");
	else if (!f->fixed)
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
