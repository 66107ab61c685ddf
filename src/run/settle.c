#include "run/settle.h"

#include "run/evidence.h"
#include "run/named.h"
#include "run/plan.h"
#include "run/record.h"

struct settling {
	struct arena *arena;
	const struct run_options *options;
	const struct settle_options *wanted;
	struct db *db;
	struct state state;
	struct lease lease;
	struct settled *settled;
	struct migration **claimed; /* those that the claim is about, recorded or not */
	struct script *scripts;     /* of each */
	size_t nclaimed;
	bool *applied; /* of the history, when the judge was asked */
	bool judged;
	struct err *err;
};

static bool begin(struct settling *s)
{
	if (!up_open(s->arena, s->options, AHEAD_DIGESTS, &s->db, &s->state, s->err) ||
	    !plan_knows_heads(s->options, &s->state, s->err))
		return false;
	size_t room = s->state.history.len + 1;
	s->claimed = arena_alloc(s->arena, room * sizeof(*s->claimed));
	s->scripts = arena_alloc(s->arena, room * sizeof(*s->scripts));
	s->applied = arena_alloc(s->arena, room);
	return true;
}

static void end(struct settling *s, bool ok)
{
	if (!s->db)
		return;
	if (s->lease.fence && db_is_open(s->db))
		lease_release(s->db, &s->lease, ok ? "done" : "failed", false);
	db_close(s->db);
}

static bool is_applied(const struct migration *migration)
{
	return migration->entry && migration->entry->state == LEDGER_APPLIED;
}

static bool read_claimed(struct settling *s)
{
	for (size_t i = 0; i < s->nclaimed; i++) {
		struct migration *migration = s->claimed[i];
		struct script *script = &s->scripts[i];
		if (!s->options->format->read(s->arena, &s->options->settings, migration, script, s->err))
			return false;
		migration->digest_bytes = script_digest_bytes(s->arena, script->source.text);
		migration->digest_tokens = record_tokens(s->arena, s->options->format, script->source.text);
	}
	return true;
}

/* ---- what the claim is held against ---- */

static bool ask_judge(struct settling *s, bool alone)
{
	const struct judge *judge = s->wanted->judge;
	const struct history *history = &s->state.history;
	struct map with = { 0 }, without = { 0 };
	if (!judge || s->wanted->force)
		return true;
	for (size_t i = 0; i < history->len; i++) {
		struct migration *migration = &history->ptr[i];
		bool claimed = false;
		s->applied[i] = is_applied(migration);
		for (size_t k = 0; k < s->nclaimed; k++)
			claimed = claimed || s->claimed[k] == migration;
		if (claimed || s->applied[i])
			map_set(s->arena, &with, str_of(migration->id), migration);
		if (!claimed && s->applied[i])
			map_set(s->arena, &without, str_of(migration->id), migration);
	}
	return judge->prepare(judge->ctx, &s->state, &with, alone ? &without : NULL, &s->judged, s->err);
}

/* Somebody else was at work between our first look and the lease. */
static bool has_changed(const struct settling *s)
{
	const struct history *history = &s->state.history;
	for (size_t i = 0; i < history->len; i++)
		if (s->applied[i] != is_applied(&history->ptr[i]))
			return true;
	return false;
}

/* The judge may take longer than the lease lasts. */
static bool take_lease(struct settling *s, bool alone)
{
	if (!ask_judge(s, alone))
		return false;
	if (s->wanted->dry_run)
		return true;
	if (!lease_take(s->arena, s->options, s->db, &s->state, &s->lease, s->err))
		return false;
	return !s->wanted->judge || s->wanted->force || !has_changed(s) || ask_judge(s, alone);
}

static bool contradicted(struct settling *s, const char *claim, const struct strs *objects, bool there)
{
	err_set(s->err, ERR_REFUSED, "claim-contradicted", "the database does not look as if %s", claim);
	err_detail(s->err, "%s: %s.", there ? "These objects of it are there" : "These objects of it are missing",
		   evidence_text(s->arena, objects));
	return err_hint(s->err, "Nothing was changed. If you know better, say it with --force.");
}

/* The judge does not look at the platform's schemas. */
static bool check_claim(struct settling *s, const char *what)
{
	struct evidence evidence;
	const struct boundary *platform = s->judged ? &s->options->boundary : NULL;
	if (s->judged && !s->wanted->judge->compare(s->wanted->judge->ctx, s->db, s->err))
		return false;
	if (!evidence_collect(s->arena, s->db, s->options->settings.search_path, platform, s->scripts, s->nclaimed,
			      &evidence, s->err))
		return false;
	s->settled->evidence = evidence.present.len + evidence.missing.len;
	if (s->wanted->force)
		return true;
	if (s->wanted->claim == CLAIM_APPLIED && evidence.missing.len)
		return contradicted(s, arena_printf(s->arena, "%s applied", what), &evidence.missing, false);
	if (s->wanted->claim == CLAIM_ROLLED_BACK && evidence.present.len)
		return contradicted(s, arena_printf(s->arena, "%s rolled back", what), &evidence.present, true);
	return true;
}

static void send_row(struct settling *s, const struct migration *m, const struct script *script)
{
	struct call calls[RECORD_CALLS];
	record_settled(s->arena, s->options, &s->state, m, script, s->wanted->claim == CLAIM_APPLIED, calls);
	for (size_t i = 0; i < RECORD_CALLS; i++)
		db_send(s->db, str_of(calls[i].sql), calls[i].nparams, calls[i].params, NULL, NULL);
}

/* One transaction under the lease: the row of its run stays locked against a takeover until COMMIT. */
static bool write_rows(struct settling *s, const struct script *scripts)
{
	const char *params[] = { arena_printf(s->arena, "%lld", s->lease.fence), s->options->command };
	db_send(s->db, STR("BEGIN"), 0, NULL, NULL, NULL);
	db_send(s->db, STR("SELECT brant.enter($1::bigint, 1, '2s', '0', 'brant', $2)"), 2, params, NULL, NULL);
	struct call next;
	if (state_next(s->arena, &s->state, params[0], &next))
		db_send(s->db, str_of(next.sql), next.nparams, next.params, NULL, NULL);
	for (size_t i = 0; i < s->settled->len; i++)
		send_row(s, s->settled->ptr[i], &scripts[i]);
	return db_commit(s->db, s->err);
}

/* ---- a row whose file is gone ---- */

static const struct ledger_entry *find_gone(const struct settling *s)
{
	const struct ledger *ledger = &s->state.ledger;
	if (!s->options->format->settles_gone || s->wanted->claim != CLAIM_ROLLED_BACK)
		return NULL;
	for (size_t i = 0; i < ledger->len; i++)
		if (!ledger->ptr[i].migration && strcmp(ledger->ptr[i].version, s->wanted->named) == 0)
			return &ledger->ptr[i];
	return NULL;
}

/* Nothing can be held against the claim: what the file made is not known.  A row that failed is what stands in the way of everything. */
static bool settle_gone(struct settling *s, const struct ledger_entry *entry)
{
	struct migration *gone = arena_alloc(s->arena, sizeof(*gone));
	gone->version = gone->id = gone->name = entry->version;
	gone->path = "";
	if (entry->state != LEDGER_FAILED && !s->wanted->force) {
		err_set(s->err, ERR_REFUSED, "claim-contradicted", "\"%s\" was applied, and its file is gone",
			entry->version);
		err_detail(s->err, "What it made cannot be looked for.");
		return err_hint(s->err, "If its row is to be taken back all the same, say it with --force.");
	}
	if (!lease_take(s->arena, s->options, s->db, &s->state, &s->lease, s->err))
		return false;
	const char *params[] = { arena_printf(s->arena, "%lld", s->lease.fence), s->options->command };
	struct call call =
		s->options->format->settle(s->arena, &s->options->settings, &s->state.ledger, gone, NULL, false);
	db_send(s->db, STR("BEGIN"), 0, NULL, NULL, NULL);
	db_send(s->db, STR("SELECT brant.enter($1::bigint, 1, '2s', '0', 'brant', $2)"), 2, params, NULL, NULL);
	db_send(s->db, str_of(call.sql), call.nparams, call.params, NULL, NULL);
	vec_push(s->arena, s->settled, gone);
	return db_commit(s->db, s->err);
}

static bool resolve(struct settling *s)
{
	size_t i;
	if (!begin(s))
		return false;
	if (find_gone(s))
		return settle_gone(s, find_gone(s));
	if (!history_find(&s->state.history, s->wanted->named, &i, s->err))
		return false;
	struct migration *migration = &s->state.history.ptr[i];
	s->claimed[s->nclaimed++] = migration;
	if (!read_claimed(s) || !take_lease(s, true) ||
	    !check_claim(s, arena_printf(s->arena, "migration \"%s\" was", migration->id)))
		return false;
	vec_push(s->arena, s->settled, migration);
	s->settled->journal = map_get(&s->state.journals, str_of(migration->version));
	return write_rows(s, s->scripts);
}

bool settle_resolve(struct arena *arena, const struct run_options *options, const struct settle_options *wanted,
		    struct settled *ret_settled, struct err *err)
{
	struct settling s = {
		.arena = arena, .options = options, .wanted = wanted, .settled = ret_settled, .err = err
	};
	*ret_settled = (struct settled){ 0 };
	bool ok = resolve(&s);
	end(&s, ok);
	return ok;
}

/* The migration that is named and what it stands on; all of them where none is. */
static bool choose(struct settling *s)
{
	struct history *history = &s->state.history;
	const struct format *format = s->options->format;
	size_t last, n = 0;
	const char *named = s->wanted->named;
	bool *marked = arena_alloc(s->arena, history->len + 1), *applied = arena_alloc(s->arena, history->len + 1);
	memset(marked, !named, history->len);
	for (size_t i = 0; i < history->len; i++)
		applied[i] = is_applied(&history->ptr[i]);
	if (named && !named_up(s->arena, history, applied, named, marked, &last, s->err))
		return false;
	for (size_t i = 0; i < history->len; i++)
		if (marked[i])
			s->claimed[n++] = &history->ptr[i];
	s->nclaimed = n;
	return !format->prepare || !n || format->prepare(s->arena, &s->options->settings, s->claimed, n, false, s->err);
}

static bool baseline(struct settling *s)
{
	if (!begin(s) || !choose(s) || !read_claimed(s) || !take_lease(s, false))
		return false;
	size_t n = s->nclaimed;
	struct script *unrecorded = arena_alloc(s->arena, (n + 1) * sizeof(*unrecorded));
	for (size_t i = 0; i < n; i++) {
		if (is_applied(s->claimed[i]))
			continue;
		unrecorded[s->settled->len] = s->scripts[i];
		vec_push(s->arena, s->settled, s->claimed[i]);
	}
	const char *what = n ? arena_printf(s->arena, "the migrations up to \"%s\" were", s->claimed[n - 1]->id) : "";
	if (!check_claim(s, what))
		return false;
	return s->wanted->dry_run || !s->settled->len || write_rows(s, unrecorded);
}

bool settle_baseline(struct arena *arena, const struct run_options *options, const struct settle_options *wanted,
		     struct settled *ret_settled, struct err *err)
{
	struct settling s = {
		.arena = arena, .options = options, .wanted = wanted, .settled = ret_settled, .err = err
	};
	*ret_settled = (struct settled){ 0 };
	bool ok = baseline(&s);
	end(&s, ok);
	return ok;
}
