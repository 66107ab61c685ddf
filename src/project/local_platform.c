#include "project/local_platform.h"

#include "base/file.h"
#include "base/hash.h"
#include "db/image.h"
#include "db/server.h"
#include "db/stand_in.h"
#include "platform.sql.h"
#include "sql/lex.h"
#include "sql/script.h"

const char *platform_key(struct arena *arena)
{
	return arena_printf(arena, "%.16s", sha256_of(arena, str_of(sql_platform)));
}

/* One transaction, one round trip. */
static bool run_script(void *ctx, struct db *db, struct err *err)
{
	struct arena *arena = ctx;
	struct script script;
	struct script_options options = { 0 };
	if (!script_parse(arena, &options, "platform.sql", str_of(sql_platform), &script, err))
		return false;
	db_send(db, STR("BEGIN"), 0, NULL, NULL, NULL);
	for (size_t i = 0; i < script.stmts.len; i++)
		db_send(db, script.stmts.ptr[i].text, 0, NULL, NULL, NULL);
	return db_commit(db, err) || err_prefix(err, "could not make the platform's schemas");
}

/*
 * "role anon", "schema auth": what the script makes although it may be there.  CREATE ROLE knows no IF NOT EXISTS, and what stands in a DO block is guarded as a
 * rule; a block is one token here.
 */
static void collect_made(struct arena *arena, struct str text, struct map *made)
{
	static const char *const roles[] = { "role", "user", "group" };
	for (struct token t = lex_significant(text, 0); t.kind != TOKEN_END; t = lex_significant(text, t.to)) {
		struct token kind = lex_significant(text, t.to), name = lex_significant(text, kind.to);
		if (!token_is_word(text, &t, "create"))
			continue;
		bool is_role = false, is_schema = token_is_word(text, &kind, "schema");
		for (size_t i = 0; i < LEN(roles); i++)
			is_role = is_role || token_is_word(text, &kind, roles[i]);
		if ((!is_role && !is_schema) || token_is_word(text, &name, "if") ||
		    (name.kind != TOKEN_WORD && name.kind != TOKEN_QUOTED))
			continue;
		map_set(arena, made,
			str_of(arena_printf(arena, "%s " STR_FMT, is_role ? "role" : "schema",
					    STR_ARG(token_name(arena, text, &name)))),
			made);
	}
}

bool platform_is_made_by(struct arena *arena, struct str script)
{
	static const char *const words[] = { "create", NULL };
	struct map platform = { 0 }, made = { 0 };
	if (!str_mentions(arena, script, words))
		return false;
	collect_made(arena, script, &made);
	if (!made.len)
		return false;
	collect_made(arena, str_of(sql_platform), &platform);
	for (size_t i = 0; i < made.len; i++)
		if (map_get(&platform, made.ptr[i].key))
			return true;
	return false;
}

/* vector is made part of it where it is there: installed later, it makes another image.  Debian's and relocated builds' folders. */
static const char *vector_key(struct arena *arena, const struct binaries *binaries)
{
	const char *paths[] = { arena_printf(arena, "/usr/share/postgresql/%d/extension/vector.control",
					     binaries->major),
				path_join(arena, binaries->dir, "../share/postgresql/extension/vector.control"),
				path_join(arena, binaries->dir, "../share/extension/vector.control") };
	if (stand_ins_have(&binaries->stand_ins, STR("vector")))
		return "with a stand-in for vector";
	for (size_t i = 0; i < LEN(paths); i++)
		if (file_exists(paths[i]))
			return "with vector";
	return "without vector";
}

bool platform_unpack(struct arena *arena, const struct binaries *binaries, const struct account *account,
		     const char *const *without, const char *folder, struct err *err)
{
	/* Of the stand-ins it is made of one; the others would make more images that are the same. */
	struct str vector = STR("vector");
	struct binaries own = *binaries;
	own.stand_ins = (struct strs){ &vector, stand_ins_have(&binaries->stand_ins, vector), 1 };
	struct image image = {
		.name = "platform",
		.key = arena_printf(arena, "%s %s", platform_key(arena), vector_key(arena, &own)),
		.prepare = run_script,
		.ctx = arena,
	};
	return image_unpack(arena, &image, &own, account, without, folder, err);
}
