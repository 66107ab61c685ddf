#include "author/fix_bench.h"

#include "base/file.h"
#include "project/local_platform.h"
#include "sql/lex.h"
#include "workshop/known.h"

/* ---- is it about what databases share? ---- */

static bool is_word_of(struct str text, const struct token *token, const char *const *words)
{
	for (; *words; words++)
		if (token_is_word(text, token, *words))
			return true;
	return false;
}

static bool has_word(struct str text, const char *word)
{
	for (struct token t = lex_significant(text, 0); t.kind != TOKEN_END; t = lex_significant(text, t.to))
		if (token_is_word(text, &t, word))
			return true;
	return false;
}

/* Code in a string: one word too many costs a moment, one too few the proof. */
static bool speaks_of_shared(struct arena *arena, struct str text)
{
	static const char *const words[] = { "role",      "database", "tablespace", "create user",
					     "drop user", "grant ",   NULL };
	return str_mentions(arena, text, words);
}

static bool is_shared(struct arena *arena, const struct stmt *stmt)
{
	static const char *const verbs[] = { "create", "alter", "drop", NULL };
	static const char *const kinds[] = { "role", "user", "group", "tablespace", "database", NULL };
	static const char *const grants[] = { "grant", "revoke", NULL };
	struct str text = stmt->text;
	struct token verb = lex_significant(text, 0), kind = lex_significant(text, verb.to);
	if (is_word_of(text, &verb, verbs) && is_word_of(text, &kind, kinds))
		return true;
	/* A role to a role. */
	if (is_word_of(text, &verb, grants) && !has_word(text, "on"))
		return true;
	return stmt->opaque && speaks_of_shared(arena, text);
}

static bool any_is_shared(struct arena *arena, const struct script *script)
{
	for (size_t i = 0; i < script->stmts.len; i++)
		if (script->stmts.ptr[i].kind == STMT_SQL && is_shared(arena, &script->stmts.ptr[i]))
			return true;
	return false;
}

/* ---- copies ---- */

bool benches_begin(struct workshop *shop, const char *base, const struct script *script, struct benches *ret_benches,
		   struct err *err)
{
	struct arena *arena = shop->ctx->arena;
	struct scratch *scratch = &shop->scratch;
	*ret_benches = (struct benches){ .shop = shop, .base = base, .arena = arena_new(arena) };
	if (!any_is_shared(arena, script))
		return true;
	ret_benches->image = path_join(arena, scratch->socket_dir, "bench" IMAGE_SUFFIX);
	workshop_session_close(shop);
	return scratch_save(arena, scratch, ret_benches->image, err);
}

static bool fork_server(struct benches *benches, struct bench *bench, struct err *err)
{
	const struct workshop *shop = benches->shop;
	struct scratch_source source = { .major = shop->major,
					 .unpack = shop->with_platform ? platform_unpack : NULL,
					 .image = benches->image,
					 .stand_ins = shop->replay.stand_ins };
	bench->fork = *shop;
	bench->fork.scratch = (struct scratch){ 0 };
	bench->fork.open = NULL;
	bench->shop = &bench->fork;
	bench->database = benches->base;
	if (!scratch_start(benches->arena, &source, &bench->fork.scratch, err))
		return false;
	return bench->fork.scratch.from_image ||
		err_set(err, ERR_FAILED, "server-failed", "could not copy the throwaway server");
}

bool bench_open(struct benches *benches, struct bench *ret_bench, struct err *err)
{
	*ret_bench = (struct bench){ .shop = benches->shop };
	if (benches->image)
		return fork_server(benches, ret_bench, err);
	if (!workshop_copy(benches->shop, benches->base, &ret_bench->database, err))
		return false;
	vec_push(benches->shop->ctx->arena, &benches->copies, str_of(ret_bench->database));
	return true;
}

/* One that is still in use is in nobody's way until a role is dropped that it knows. */
static void drop_copy(struct benches *benches, struct str name)
{
	struct arena *arena = benches->shop->ctx->arena;
	struct err ignored = { .arena = arena };
	struct rows none;
	if (workshop_session(benches->shop, benches->base, &ignored))
		db_query(benches->shop->db, arena,
			 arena_printf(arena, "DROP DATABASE " STR_FMT " (FORCE)", STR_ARG(name)), 0, NULL, &none,
			 &ignored);
}

void benches_end(struct benches *benches)
{
	for (size_t i = 0; i < benches->copies.len; i++)
		drop_copy(benches, benches->copies.ptr[i]);
	arena_free(benches->arena);
}
