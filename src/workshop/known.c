#include "workshop/known.h"

#include "project/local_platform.h"
#include "schema/splice.h"
#include "sql/quote.h"
#include "workshop/ahead.h"
#include "workshop/attempt.h"
#include "workshop/kept.h"
#include "workshop/partial.h"

static bool fits_transaction(const struct attempts *attempts)
{
	for (size_t i = 0; i < attempts->len; i++)
		if (attempts->ptr[i].stmt->no_tx)
			return false;
	return true;
}

/* What the platform has made already is not made again; nothing else may fail. */
static struct str unless_there(struct arena *arena, struct str text)
{
	const char *literal = sql_literal(arena, text);
	return str_of(arena_printf(
		arena, "DO LANGUAGE plpgsql %s",
		sql_literal(
			arena,
			str_of(arena_printf(
				arena,
				"BEGIN EXECUTE %s; EXCEPTION WHEN duplicate_schema OR duplicate_object OR duplicate_table OR duplicate_function THEN NULL; END",
				literal)))));
}

/*
 * The schema alone is wanted, and no database of it: it is made in the platform's own, in one transaction that is rolled back.  False where that cannot be
 * (a missing role, files in another order): then it is made in the long way, and what is wrong with it is told there.  tables: these alone, NULL: all.
 */
static bool load_at_once(struct workshop *shop, const struct attempts *attempts, const struct strs *tables,
			 struct buf *keep, struct schema *ret_schema)
{
	struct arena *arena = shop->ctx->arena;
	struct err ignored = { .arena = arena };
	if (!fits_transaction(attempts) || !workshop_session(shop, PLATFORM_DATABASE, &ignored))
		return false;
	db_send(shop->db, STR("BEGIN"), 0, NULL, NULL, NULL);
	db_send(shop->db, STR("SET LOCAL check_function_bodies = off"), 0, NULL, NULL, NULL);
	for (size_t i = 0; i < attempts->len; i++) {
		struct str text = attempts->ptr[i].stmt->text;
		db_send(shop->db, attempts->ptr[i].optional ? unless_there(arena, text) : text, 0, NULL, NULL, NULL);
	}
	/* The server makes it meanwhile. */
	db_poll(shop->db);
	workshop_look_ahead(shop);
	bool ok = db_run(shop->db, &ignored) && db_in_transaction(shop->db) &&
		(tables ? schema_load_tables(arena, shop->db, &shop->options, false, tables, keep, ret_schema)
			: schema_load_keep(arena, shop->db, &shop->options, keep, ret_schema, &ignored));
	db_rollback(shop->db);
	if (!db_query(shop->db, arena, "DISCARD ALL", 0, NULL, NULL, &ignored))
		workshop_session_close(shop);
	return ok;
}

static void split_lines(struct arena *arena, struct str text, struct strs *lines)
{
	struct str line;
	while (str_cut(text, '\n', &line, &text))
		vec_push(arena, lines, line);
}

bool known_load(struct workshop *shop, const char *path, struct schema *ret_schema)
{
	struct arena *arena = shop->ctx->arena;
	struct kept kept, base;
	struct schema part;
	struct strs tables = { 0 };
	if (!kept_read(arena, path, &kept))
		return false;
	if (!kept.base.len)
		return schema_load_kept(arena, kept.answers, &shop->options, ret_schema);
	split_lines(arena, kept.tables, &tables);
	return kept_base(arena, path, &kept, &base) &&
		schema_load_kept(arena, base.answers, &shop->options, ret_schema) &&
		schema_load_kept(arena, kept.answers, &shop->options, &part) &&
		schema_splice(arena, ret_schema, &part, &tables);
}

/* What differs from a wanted schema that is known. */
static bool load_difference(struct workshop *shop, const struct schema_place *place, const struct script *script,
			    const char *path, const struct attempts *prelude, struct schema *ret_schema)
{
	struct arena *arena = shop->ctx->arena;
	struct kept base, kept = { .prelude = place->prelude, .ddl = kept_script(arena, place) };
	struct partial partial;
	struct attempts attempts = { 0 };
	struct buf answers = buf_init(arena), tables = buf_init(arena);
	struct schema part;
	const char *name;
	if (!path || !kept_nearest(shop, place, path, &name, &base) ||
	    !partial_plan(arena, base.ddl, script, &partial) ||
	    !schema_load_kept(arena, base.answers, &shop->options, ret_schema))
		return false;
	for (size_t i = 0; i < prelude->len; i++)
		vec_push(arena, &attempts, prelude->ptr[i]);
	for (size_t i = 0; i < script->stmts.len; i++)
		if (partial.runs[i])
			vec_push(arena, &attempts, (struct attempt){ .stmt = &script->stmts.ptr[i] });
	/* What the prelude makes is there in either schema: in no plan has anything to wait for it. */
	if (!load_at_once(shop, &attempts, partial.alone ? &partial.all : NULL, &answers, &part) ||
	    !schema_splice(arena, ret_schema, &part, &partial.tables))
		return false;
	for (size_t i = 0; i < partial.tables.len; i++)
		buf_printf(&tables, STR_FMT "\n", STR_ARG(partial.tables.ptr[i]));
	kept.base = str_of(name);
	kept.tables = buf_as_str(&tables);
	kept.answers = buf_as_str(&answers);
	kept_write(arena, path, &kept);
	return true;
}

bool known_make(struct workshop *shop, const struct schema_place *place, const char *path, struct schema *ret_schema)
{
	struct arena *arena = shop->ctx->arena;
	struct err ignored = { .arena = arena };
	struct kept kept = { .prelude = place->prelude, .ddl = kept_script(arena, place) };
	struct attempts attempts = { 0 };
	struct buf answers = buf_init(arena);
	struct scripts scripts;
	workshop_start_soon(shop);
	if (!scripts_read(arena, place, shop->ctx->project->root, &scripts, &ignored))
		return false;
	attempts_add_all(arena, place, &scripts, &attempts);
	if (place->kind == PLACE_WANTED || place->files.len == 1) {
		const struct script *script = place->kind == PLACE_WANTED ? scripts.wanted : &scripts.files[0];
		struct attempts prelude = { 0 };
		attempts_add(arena, scripts.prelude, true, &prelude);
		if (load_difference(shop, place, script, path, &prelude, ret_schema))
			return true;
	}
	if (!load_at_once(shop, &attempts, NULL, path ? &answers : NULL, ret_schema))
		return false;
	kept.answers = buf_as_str(&answers);
	if (path)
		kept_write(arena, path, &kept);
	return true;
}
