/*
 * control.c - pause, resume, cancel: a change of the state, which every worker sees at its next batch.
 */
#include "run/backfill/internal.h"
#include "sql/quote.h"

static const struct control {
	const char *name, *to, *from; /* from: an array */
	const char *meant;            /* the states of the one that is meant where there is no number */
} verbs[] = {
	{ "pause", "paused", "{running,paused}", "running" },
	{ "resume", "running", "{running,paused,cancelled}", "running paused" },
	{ "cancel", "cancelled", "{running,paused,cancelled}", "running paused" },
};

static bool is_in(const struct backfill_progress *backfill, const char *states)
{
	return strstr(states, backfill->state) != NULL;
}

static bool several(const struct backfill_list *list, const char *states, const char *verb, struct err *err)
{
	err_set(err, ERR_DECISION, "backfill-unknown", "there are several backfills that are not done");
	struct buf buf = buf_init(err->arena);
	for (size_t i = 0; i < list->len; i++)
		if (is_in(&list->ptr[i], states))
			buf_printf(&buf, "%s%lld (%s)", buf.len ? ", " : "", list->ptr[i].id, list->ptr[i].name);
	err_detail(err, "They are %s.", buf.ptr);
	return err_hint(err, "Say which: brant backfill %s ID", verb);
}

static bool none(struct err *err)
{
	err_set(err, ERR_USAGE, "backfill-unknown", "there is no backfill that is not done");
	return err_hint(err, "\"brant backfill status\" lists them.");
}

/* at_work: only those that somebody works on. */
static size_t count_in(const struct backfill_list *list, const char *states, bool at_work, long long *ret_id)
{
	size_t n = 0;
	for (size_t i = 0; i < list->len; i++)
		if (is_in(&list->ptr[i], states) && (!at_work || list->ptr[i].workers > 0) && !n++)
			*ret_id = list->ptr[i].id;
	return n;
}

/* The only one that somebody works on, where that is to end, or the only one that is begun, or that is not done. */
static bool find_open(struct arena *arena, struct db *db, const struct control *verb, long long *ret_id,
		      struct err *err)
{
	struct backfill_list list;
	const char *states = verb->meant;
	if (!backfill_list(arena, db, &list, err))
		return false;
	if (strcmp(verb->name, "resume") != 0 && count_in(&list, "running", true, ret_id) == 1)
		return true;
	size_t open = count_in(&list, states, false, ret_id);
	if (!open) {
		states = "running paused cancelled";
		open = count_in(&list, states, false, ret_id);
	}
	return open == 1 || (open ? several(&list, states, verb->name, err) : none(err));
}

static bool is_done(const struct backfill_progress *now, const char *verb, struct err *err)
{
	err_set(err, ERR_USAGE, "backfill-unknown", "backfill %lld (%s) is done", now->id, now->name);
	return err_hint(err, "There is nothing to %s.", verb);
}

bool backfill_control(struct arena *arena, struct db *db, const char *name, long long id,
		      struct backfill_progress *ret_now, struct err *err)
{
	const struct control *verb = &verbs[0];
	for (size_t i = 0; i < LEN(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			verb = &verbs[i];
	if (!id && !find_open(arena, db, verb, &id, err))
		return false;
	struct rows rows;
	const char *params[] = { arena_printf(arena, "%lld", id), verb->to, verb->from };
	if (!db_query(
		    db, arena,
		    "UPDATE brant.backfill SET state = $2 WHERE id = $1::bigint AND state = ANY ($3::text[]) RETURNING id",
		    3, params, &rows, err) ||
	    !progress_load(arena, db, id, ret_now, err))
		return false;
	return rows.rows > 0 || is_done(ret_now, name, err);
}
