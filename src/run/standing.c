/*
 * standing.c - what is true of each migration.
 */
#include "base/file.h"
#include "run/loading.h"
#include "run/record.h"
#include "sql/quote.h"

/* Compares an applied file with what it was; false only when it cannot be read. */
static bool compare(struct arena *arena, struct migration *migration, const struct checksum *sum,
		    enum standing *ret_standing, struct err *err)
{
	struct str now;
	if (!migration->digest_bytes) {
		if (!file_read(arena, migration->path, &now, err))
			return false;
		migration->digest_bytes = script_digest_bytes(arena, now);
	}
	*ret_standing = strcmp(migration->digest_bytes, sum->bytes) == 0 ? STANDING_APPLIED : STANDING_EDITED;
	return true;
}

/* The tool keeps a checksum of its own, and somebody else applied the migration. */
static bool compare_as_tool(struct loading *l, const struct migration *migration, enum standing *ret_standing)
{
	struct arena *scratch = arena_new(l->arena);
	struct str now;
	/* Most tools hash as brant does, and that is done already. */
	bool same = migration->digest_bytes && strcmp(migration->digest_bytes, migration->entry->checksum) == 0;
	bool ok = same || file_read(scratch, migration->path, &now, l->err);
	if (ok)
		*ret_standing = same || l->options->format->unchanged(scratch, migration, now) ? STANDING_APPLIED
											       : STANDING_EDITED;
	arena_free(scratch);
	return ok;
}

static void take_tokens(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (!loading_usable(l, result))
		return;
	for (size_t row = 0; row < result->rows; row++) {
		struct checksum *sum = map_get(&l->state->checksums, str_of(loading_text(l, result, row, 0)));
		if (sum)
			sum->tokens = loading_text(l, result, row, 1);
	}
}

/* Of the files whose bytes have changed, which have only changed their layout?  Rarely asked, so it costs a question of its own. */
static bool tell_layout_apart(struct loading *l)
{
	struct state *state = l->state;
	const char *ledger[] = { state->ledger.shown };
	if (state->facts.schema_version <= 0)
		return true;
	db_send(l->db, STR("SELECT version, tokens FROM brant.checksum WHERE ledger = $1"), 1, ledger, take_tokens, l);
	if (!db_run(l->db, l->err) || l->failed)
		return false;
	for (size_t i = 0; i < state->history.len; i++) {
		const struct migration *migration = &state->history.ptr[i];
		struct str now;
		if (state->standings[i] != STANDING_EDITED)
			continue;
		const struct checksum *sum = map_get(&state->checksums, str_of(migration->version));
		struct arena *scratch = arena_new(l->arena);
		bool ok = file_read(scratch, migration->path, &now, l->err);
		if (ok && sum && sum->tokens &&
		    strcmp(record_tokens(scratch, l->options->format, now), sum->tokens) == 0)
			state->standings[i] = STANDING_REFORMATTED;
		arena_free(scratch);
		if (!ok)
			return false;
	}
	return true;
}

/*
 * As it was when brant applied or accepted it, or as the tool itself recorded it: either will do.  The tool may have applied an edited file again
 * on a database that it reset, and knows nothing of an edit that brant was told to accept.
 */
static bool judge_applied(struct loading *l, struct migration *migration, const struct checksum *sum,
			  enum standing *ret_standing)
{
	*ret_standing = STANDING_APPLIED;
	if (sum && !compare(l->arena, migration, sum, ret_standing, l->err))
		return false;
	if (sum && *ret_standing == STANDING_APPLIED)
		return true;
	if (!l->options->format->unchanged || !migration->entry->checksum)
		return true;
	return compare_as_tool(l, migration, ret_standing);
}

static bool judge(struct loading *l, size_t i, bool later_applied)
{
	struct state *state = l->state;
	struct migration *migration = &state->history.ptr[i];
	enum standing *standing = &state->standings[i];
	const struct checksum *sum = map_get(&state->checksums, str_of(migration->version));
	if (map_get(&state->journals, str_of(migration->version)))
		*standing = STANDING_PARTLY;
	else if (!migration->entry || migration->entry->state == LEDGER_ROLLED_BACK)
		*standing = (later_applied && !l->options->format->any_order) || migration->passed_over
			? STANDING_OUT_OF_ORDER
			: STANDING_PENDING;
	else if (migration->entry->state == LEDGER_FAILED)
		*standing = STANDING_FAILED;
	else
		return judge_applied(l, migration, sum, standing);
	return true;
}

static void take_next(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (!loading_usable(l, result))
		return;
	for (size_t row = 0; row < result->rows; row++) {
		const char *version = loading_text(l, result, row, 0);
		for (size_t i = l->state->history.len; i-- > 0 && !l->state->history.ptr[i].entry;)
			if (l->state->standings[i] == STANDING_OUT_OF_ORDER &&
			    strcmp(l->state->history.ptr[i].version, version) == 0)
				l->state->standings[i] = STANDING_PENDING;
	}
}

/*
 * Behind all that is applied, and yet the tool would pass over it (drizzle-kit goes by times, and they need not ascend): what was next when a run of ours looked, and
 * what that run did not reach because it failed or was told to stop in front of it ("--to", a baseline), is next all the same.  No merge brought it.  Rarely asked, so
 * it costs a question of its own.
 */
static bool tell_what_was_next(struct loading *l)
{
	struct state *state = l->state;
	const char *ledger[] = { state->ledger.shown };
	bool asked = false;
	for (size_t i = state->history.len; i-- > 0 && !state->history.ptr[i].entry;)
		asked = asked || state->standings[i] == STANDING_OUT_OF_ORDER;
	if (!asked || state->facts.schema_version < NEXT_IN_RUN)
		return true;
	db_send(l->db, STR("SELECT DISTINCT pg_catalog.unnest(next) FROM brant.run WHERE ledger = $1"), 1, ledger,
		take_next, l);
	return db_run(l->db, l->err) && !l->failed;
}

bool state_next(struct arena *arena, const struct state *state, const char *fence, struct call *ret_call)
{
	struct strs next = { 0 };
	for (size_t i = 0; i < state->history.len; i++)
		if (state->standings[i] == STANDING_PENDING && state->history.ptr[i].soon_passed_over)
			vec_push(arena, &next, str_of(state->history.ptr[i].version));
	*ret_call = (struct call){
		.sql = "UPDATE brant.run SET ledger = $2, next = $3::text[] WHERE fence = $1::bigint AND finished_at IS NULL",
		.params = { fence, state->ledger.shown, sql_array(arena, &next) },
		.nparams = 3,
	};
	return next.len > 0;
}

bool loading_judge(struct loading *l)
{
	struct state *state = l->state;
	bool later_applied = false, edited = false;
	state->standings = arena_alloc(l->arena, (state->history.len + 1) * sizeof(*state->standings));
	state->pending = state->applied = state->missing = 0;
	for (size_t i = state->history.len; i-- > 0;) {
		if (!judge(l, i, later_applied))
			return false;
		edited = edited || state->standings[i] == STANDING_EDITED;
		if (state->history.ptr[i].entry && state->history.ptr[i].entry->state == LEDGER_APPLIED)
			later_applied = true;
		if (standing_is_pending(state->standings[i]))
			state->pending++;
		else
			state->applied++;
	}
	for (size_t i = 0; i < state->ledger.len; i++)
		if (!state->ledger.ptr[i].migration)
			state->missing++;
	return tell_what_was_next(l) && (!edited || tell_layout_apart(l));
}

const char *standing_text(enum standing standing)
{
	switch (standing) {
	case STANDING_APPLIED:
		return "applied";
	case STANDING_PENDING:
		return "pending";
	case STANDING_OUT_OF_ORDER:
		return "out of order";
	case STANDING_PARTLY:
		return "partly applied";
	case STANDING_FAILED:
		return "failed";
	case STANDING_FAILED_GONE:
		return "failed, left nothing";
	case STANDING_EDITED:
		return "edited";
	case STANDING_REFORMATTED:
		return "applied (layout changed)";
	}
	return "";
}

bool standing_is_pending(enum standing standing)
{
	return standing == STANDING_PENDING || standing == STANDING_OUT_OF_ORDER || standing == STANDING_PARTLY ||
		standing == STANDING_FAILED || standing == STANDING_FAILED_GONE;
}
