#include "workshop/claim.h"

#include "project/local_platform.h"

/* ---- what the history says ---- */

static bool open_workshop(struct claim_check *check, bool all, struct schema_place *ret_history, struct err *err)
{
	struct schema_place places[2];
	if (!schema_place_find(check->ctx, "database", &places[0], err) ||
	    !schema_place_find(check->ctx, "history", &places[1], err))
		return false;
	*ret_history = places[1];
	return workshop_open(check->ctx, places, all ? 2 : 1, &check->shop, err);
}

/* The whole of it may be kept from an earlier time. */
static bool replay(struct claim_check *check, bool all, const struct map *with, const struct map *without,
		   struct err *err)
{
	const char *database;
	struct schema_place history;
	if (!open_workshop(check, all, &history, err))
		return false;
	if (all)
		return schema_place_load(&check->shop, &history, &check->with, &database, err) &&
			workshop_load(&check->shop, PLATFORM_DATABASE, &check->without, err);
	if (!workshop_copy(&check->shop, PLATFORM_DATABASE, &database, err) ||
	    (without && !workshop_replay_only(&check->shop, database, without, err)) ||
	    !workshop_load(&check->shop, database, &check->without, err))
		return false;
	return workshop_replay_only(&check->shop, database, with, err) &&
		workshop_load(&check->shop, database, &check->with, err);
}

static const char *reason(struct arena *arena, const struct err *err)
{
	if (!err->file)
		return arena_strdup(arena, err->message);
	return arena_printf(arena, "%s:%u: %s", err->file, err->line, err->message);
}

static const char *only_in(const struct map *with, const struct map *without)
{
	for (size_t i = 0; i < with->len; i++)
		if (!map_get(without, with->ptr[i].key))
			return with->ptr[i].key.ptr;
	return "";
}

static bool prepare(void *ctx, const struct state *state, const struct map *with, const struct map *without,
		    bool *ret_able, struct err *err)
{
	struct claim_check *check = ctx;
	bool all = !without && with->len == state->history.len;
	check->alone = without ? only_in(with, without) : NULL;
	check->unable = NULL;
	check->able = replay(check, all, with, without, err);
	if (!check->able && err->code == ERR_CANCELLED)
		return false;
	if (!check->able) {
		check->unable = reason(check->ctx->arena, err);
		err_clear(err);
	}
	*ret_able = check->able;
	return true;
}

/* ---- what the database says ---- */

/* Of an object that is missing, or too much, as a whole the parts are not told. */
static bool is_told(const struct differences *differences, const struct difference *difference)
{
	const struct object *parent = difference->object->parent;
	for (size_t i = 0; parent && difference->sign != '~' && i < differences->len; i++)
		if (differences->ptr[i].object == parent && differences->ptr[i].sign == difference->sign)
			return true;
	return false;
}

static const char *text_of(struct arena *arena, const struct difference *difference)
{
	const char *id = difference->object->id;
	switch (difference->sign) {
	case '-':
		return arena_printf(arena, "missing: %s", id);
	case '+':
		return arena_printf(arena, "there: %s", id);
	default:
		return arena_printf(arena, "different: %s (%s)", id, difference->attribute);
	}
}

static const char *list_of(struct arena *arena, const struct differences *differences)
{
	enum { SHOWN = 12 };
	struct buf buf = buf_init(arena);
	size_t n = 0;
	for (size_t i = 0; i < differences->len; i++)
		if (!is_told(differences, &differences->ptr[i]) && n++ < SHOWN)
			buf_printf(&buf, "\n  %s", text_of(arena, &differences->ptr[i]));
	if (n > SHOWN)
		buf_printf(&buf, "\n  and %zu more", n - SHOWN);
	return buf.ptr;
}

/* A view, say, is written in another way by another version. */
static const char *versions(struct arena *arena, const struct claim_check *check, const struct schema *database)
{
	int here = check->with.server_version / 10000, there = database->server_version / 10000;
	if (here == there)
		return "";
	return arena_printf(
		arena,
		"\nThe throwaway server is PostgreSQL %d, the database %d: what the two write in different ways may be among it.",
		here, there);
}

static bool contradicted(const struct claim_check *check, const struct schema *database,
			 const struct differences *wrong, struct err *err)
{
	bool applied = check->claim == CLAIM_APPLIED;
	const char *what =
		check->alone ? arena_printf(err->arena, "migration \"%s\" was", check->alone) : "these migrations were";
	err_set(err, ERR_REFUSED, "claim-contradicted", "the database does not look as if %s %s", what,
		applied ? "applied" : "rolled back");
	err_detail(err, "Beside what the history makes on a throwaway server%s:%s%s",
		   check->alone && !applied ? " without it" : "", list_of(err->arena, wrong),
		   versions(err->arena, check, database));
	return err_hint(err, "Nothing was changed. If you know better, say it with --force.");
}

static bool is_about(const struct differences *delta, const struct difference *difference)
{
	for (size_t i = 0; i < delta->len; i++) {
		const struct difference *about = &delta->ptr[i];
		bool parts = about->sign == '~' && difference->sign == '~';
		if (strcmp(about->object->id, difference->object->id) == 0 &&
		    (!parts || strcmp(about->attribute, difference->attribute) == 0))
			return true;
	}
	return false;
}

/* The ledger's schema is made with the ledger: by whoever needs it first. */
static bool is_ledgers(const struct claim_check *check, const struct object *object)
{
	const struct project *project = check->ctx->project;
	struct str schema, table;
	format_ledger_name(check->ctx->arena, project->format, &project->settings, &schema, &table);
	return object->kind == KIND_SCHEMA && str_eq(str_of(object->name), schema);
}

/* Rights that the platform gives by itself are its own. */
static bool is_worth_telling(const struct differences *all, const struct difference *difference)
{
	enum kind kind = difference->object->kind;
	return difference->sign == '+' && kind != KIND_DEFAULT_PRIVILEGES && kind != KIND_GRANT &&
		!is_told(all, difference);
}

/* Who owns what no migration has given to anybody depends on who ran it. */
static bool is_by_whom(const struct schema *expected, const struct difference *difference)
{
	const struct object *object = schema_find(expected, difference->object->id);
	return difference->attribute && strcmp(difference->attribute, "owner") == 0 && object &&
		!object_get(object, "owner");
}

/* What the migrations in question change is what the claim is about. */
static void judge_differences(struct claim_check *check, const struct schema *database, struct differences *wrong)
{
	struct arena *arena = check->ctx->arena;
	struct diff_options options = { .plain = true };
	const struct schema *expected = check->claim == CLAIM_APPLIED ? &check->with : &check->without;
	struct diff delta, found;
	diff_schemas(arena, &check->without, &check->with, &options, &delta);
	diff_schemas(arena, expected, database, &options, &found);
	check->compared = delta.differences.len;
	check->extra.len = 0;
	for (size_t i = 0; i < found.differences.len; i++) {
		const struct difference *difference = &found.differences.ptr[i];
		if (is_ledgers(check, difference->object) || is_by_whom(expected, difference))
			continue;
		if (is_about(&delta.differences, difference))
			vec_push(arena, wrong, *difference);
		else if (!check->alone && is_worth_telling(&found.differences, difference))
			vec_push(arena, &check->extra, str_of(difference->object->id));
	}
}

static bool compare(void *ctx, struct db *db, struct err *err)
{
	struct claim_check *check = ctx;
	struct schema database;
	struct differences wrong = { 0 };
	if (!schema_load(check->ctx->arena, db, &check->shop.options, &database, err))
		return false;
	judge_differences(check, &database, &wrong);
	return !wrong.len || contradicted(check, &database, &wrong, err);
}

struct judge claim_judge(struct claim_check *check, struct ctx *ctx, enum claim claim)
{
	*check = (struct claim_check){ .ctx = ctx, .claim = claim };
	return (struct judge){ .ctx = check, .prepare = prepare, .compare = compare };
}

/* ---- telling ---- */

static void report_extra(struct claim_check *check)
{
	enum { SHOWN = 8 };
	struct buf buf = buf_init(check->ctx->arena);
	for (size_t i = 0; i < check->extra.len && i < SHOWN; i++)
		buf_printf(&buf, "%s" STR_FMT, i ? ", " : "", STR_ARG(check->extra.ptr[i]));
	if (check->extra.len > SHOWN)
		buf_printf(&buf, " and %zu more", check->extra.len - SHOWN);
	if (check->extra.len)
		report_note(check->ctx->report, "not-in-history",
			    "also in the database, and made by none of these migrations: %s", buf.ptr);
}

const char *claim_report(struct claim_check *check, const struct settled *settled, bool forced)
{
	struct report *report = check->ctx->report;
	size_t n = check->able ? check->compared : settled->evidence;
	const char *objects = n == 1 ? "object" : "objects";
	report_number(report, "evidence", NULL, (long long)n);
	report_flag(report, "compared", check->able);
	if (check->unable)
		report_note(report, "not-compared",
			    "the schema was not compared, only what the migrations make was looked for: %s",
			    check->unable);
	report_extra(check);
	if (check->able)
		return arena_printf(check->ctx->arena, "%zu %s compared with a replay of the history", n, objects);
	return arena_printf(check->ctx->arena, "%zu %s looked %s", n, objects, forced ? "at, forced" : "for");
}
