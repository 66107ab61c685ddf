#include "run/settle.h"

#include "format/graph.h"
#include "run/evidence.h"
#include "run/record.h"

struct settling {
	struct arena *arena;
	const struct run_options *options;
	struct db *db;
	struct state state;
	struct lease lease;
	struct settled *settled;
	struct err *err;
};

static bool begin(struct settling *s, bool changes)
{
	if (!up_open(s->arena, s->options, AHEAD_DIGESTS, &s->db, &s->state, s->err))
		return false;
	if (!changes)
		return true;
	return lease_take(s->arena, s->options, s->db, &s->state, &s->lease, s->err);
}

static void end(struct settling *s, bool ok)
{
	if (!s->db)
		return;
	if (s->lease.fence && db_is_open(s->db))
		lease_release(s->db, &s->lease, ok ? "done" : "failed", false);
	db_close(s->db);
}

static bool read_up(struct settling *s, struct migration *migration, struct script *ret_script)
{
	if (!s->options->format->read(s->arena, &s->options->settings, migration, ret_script, s->err))
		return false;
	migration->digest_bytes = script_digest_bytes(s->arena, ret_script->source.text);
	migration->digest_tokens = record_tokens(s->arena, s->options->format, ret_script->source.text);
	return true;
}

static const char *first_few(struct arena *arena, const struct strs *objects)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < objects->len && i < 5; i++)
		buf_printf(&buf, "%s" STR_FMT, i ? ", " : "", STR_ARG(objects->ptr[i]));
	if (objects->len > 5)
		buf_printf(&buf, " and %zu more", objects->len - 5);
	return buf.ptr;
}

static bool contradicted(struct settling *s, const char *claim, const struct strs *objects, bool there)
{
	err_set(s->err, ERR_REFUSED, "claim-contradicted", "the database does not look as if %s", claim);
	err_detail(s->err, "%s: %s.", there ? "These objects of it are there" : "These objects of it are missing",
		   first_few(s->arena, objects));
	return err_hint(s->err, "Nothing was changed. If you know better, say it with --force.");
}

static bool check_claim(struct settling *s, const char *what, const struct script *scripts, size_t nscripts,
			enum claim claim, bool force)
{
	struct evidence evidence;
	if (!evidence_collect(s->arena, s->db, s->options->settings.search_path, scripts, nscripts, &evidence, s->err))
		return false;
	s->settled->evidence = evidence.present.len + evidence.missing.len;
	if (force)
		return true;
	if (claim == CLAIM_APPLIED && evidence.missing.len)
		return contradicted(s, arena_printf(s->arena, "%s applied", what), &evidence.missing, false);
	if (claim == CLAIM_ROLLED_BACK && evidence.present.len)
		return contradicted(s, arena_printf(s->arena, "%s rolled back", what), &evidence.present, true);
	return true;
}

static void send_row(struct settling *s, const struct migration *m, const struct script *script, enum claim claim)
{
	struct call calls[RECORD_CALLS];
	record_settled(s->arena, s->options, &s->state, m, script, claim == CLAIM_APPLIED, calls);
	for (size_t i = 0; i < RECORD_CALLS; i++)
		db_send(s->db, str_of(calls[i].sql), calls[i].nparams, calls[i].params, NULL, NULL);
}

/* One transaction under the lease: the row of its run stays locked against a takeover until COMMIT. */
static bool write_rows(struct settling *s, const struct script *scripts, enum claim claim)
{
	const char *params[] = { arena_printf(s->arena, "%lld", s->lease.fence), s->options->command };
	db_send(s->db, STR("BEGIN"), 0, NULL, NULL, NULL);
	db_send(s->db, STR("SELECT brant.enter($1::bigint, 1, '2s', '0', 'brant', $2)"), 2, params, NULL, NULL);
	for (size_t i = 0; i < s->settled->len; i++)
		send_row(s, s->settled->ptr[i], &scripts[i], claim);
	db_send(s->db, STR("COMMIT"), 0, NULL, NULL, NULL);
	db_sync(s->db);
	if (db_run(s->db, s->err))
		return true;
	db_rollback(s->db);
	return false;
}

static bool resolve(struct settling *s, const char *named, enum claim claim, bool force)
{
	size_t i;
	struct script script;
	if (!begin(s, true) || !history_find(&s->state.history, named, &i, s->err))
		return false;
	struct migration *migration = &s->state.history.ptr[i];
	if (!read_up(s, migration, &script))
		return false;
	const char *what = arena_printf(s->arena, "migration \"%s\" was", migration->id);
	if (!check_claim(s, what, &script, 1, claim, force))
		return false;
	vec_push(s->arena, s->settled, migration);
	return write_rows(s, &script, claim);
}

bool settle_resolve(struct arena *arena, const struct run_options *options, const char *named, enum claim claim,
		    bool force, struct settled *ret_settled, struct err *err)
{
	struct settling s = { .arena = arena, .options = options, .settled = ret_settled, .err = err };
	*ret_settled = (struct settled){ 0 };
	bool ok = resolve(&s, named, claim, force);
	end(&s, ok);
	return ok;
}

/* The migration that is named and what it stands on; all of them where none is. */
static bool choose(struct settling *s, const char *named, struct migration **chosen, size_t *ret_n)
{
	struct history *history = &s->state.history;
	const struct format *format = s->options->format;
	struct graph graph;
	size_t last, n = 0;
	bool *marked = arena_alloc(s->arena, history->len + 1);
	memset(marked, !named, history->len);
	if (named) {
		if (!history_find(history, named, &last, s->err))
			return false;
		graph_make(s->arena, history, &graph);
		graph_mark_ancestors(&graph, last, marked);
	}
	for (size_t i = 0; i < history->len; i++)
		if (marked[i])
			chosen[n++] = &history->ptr[i];
	*ret_n = n;
	return !format->prepare || !n || format->prepare(s->arena, &s->options->settings, chosen, n, false, s->err);
}

static bool baseline(struct settling *s, const char *named, bool force, bool dry_run)
{
	struct history *history = &s->state.history;
	if (!begin(s, !dry_run))
		return false;
	struct migration **chosen = arena_alloc(s->arena, (history->len + 1) * sizeof(*chosen));
	size_t nchosen = 0, n = 0;
	if (!choose(s, named, chosen, &nchosen))
		return false;
	struct script *all = arena_alloc(s->arena, (history->len + 1) * sizeof(*all));
	struct script *unrecorded = arena_alloc(s->arena, (history->len + 1) * sizeof(*unrecorded));
	for (; n < nchosen; n++) {
		if (!read_up(s, chosen[n], &all[n]))
			return false;
		if (chosen[n]->entry && chosen[n]->entry->state == LEDGER_APPLIED)
			continue;
		unrecorded[s->settled->len] = all[n];
		vec_push(s->arena, s->settled, chosen[n]);
	}
	const char *what = n ? arena_printf(s->arena, "the migrations up to \"%s\" were", chosen[n - 1]->id) : "";
	if (!check_claim(s, what, all, n, CLAIM_APPLIED, force))
		return false;
	return dry_run || !s->settled->len || write_rows(s, unrecorded, CLAIM_APPLIED);
}

bool settle_baseline(struct arena *arena, const struct run_options *options, const char *named, bool force,
		     bool dry_run, struct settled *ret_settled, struct err *err)
{
	struct settling s = { .arena = arena, .options = options, .settled = ret_settled, .err = err };
	*ret_settled = (struct settled){ 0 };
	bool ok = baseline(&s, named, force, dry_run);
	end(&s, ok);
	return ok;
}
