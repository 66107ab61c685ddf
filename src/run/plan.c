#include "run/plan.h"

#include <ctype.h>
#include <stddef.h>

#include "base/file.h"
#include "run/failed.h"
#include "run/named.h"
#include "run/record.h"

bool plan_edited(const struct state *state, size_t i, struct err *err)
{
	const struct migration *migration = &state->history.ptr[i];
	err_set(err, ERR_REFUSED, "edited", "migration \"%s\" was edited after it was applied", migration->id);
	err_detail(
		err,
		"The database has the schema that the earlier text made, so the file no longer tells what was done.");
	err_hint(
		err,
		"Put the file back and write a new migration for the change. If the edit is right as it is, accept it with "
		"\"brant up --accept-edited\".");
	return err_at(err, migration->path, 0, 0);
}

/* Later ones may be applied or not: the tool's own rule is what it would fall through. */
static bool tool_passes_over(const struct migration *migration, struct err *err)
{
	err_set(err, ERR_REFUSED, "out-of-order",
		"migration \"%s\" is not applied, and the project's own tool would never apply it", migration->id);
	err_detail(err, "%s. This happens when branches are merged. Nothing was changed.", migration->passed_over);
	err_hint(err, "If it does not depend on the order, apply it with \"brant up --out-of-order\".");
	return err_at(err, migration->path, 0, 0);
}

static bool out_of_order(const struct state *state, size_t i, struct err *err)
{
	const struct migration *migration = &state->history.ptr[i], *later = migration;
	if (migration->passed_over)
		return tool_passes_over(migration, err);
	for (size_t k = i; k < state->history.len; k++)
		if (state->history.ptr[k].entry)
			later = &state->history.ptr[k];
	err_set(err, ERR_REFUSED, "out-of-order", "migration \"%s\" is not applied, but the later \"%s\" is",
		migration->id, later->id);
	err_detail(err, "This happens when branches are merged. Nothing was changed.");
	err_hint(
		err,
		"If it does not depend on the order, apply it with \"brant up --out-of-order\". Otherwise give it a number "
		"behind the last one.");
	return err_at(err, migration->path, 0, 0);
}

/* It would run a second time. */
static bool was_renamed(const struct migration *migration, struct err *err)
{
	err_set(err, ERR_DECISION, "renamed-migration", "migration \"%s\" is the very file that was applied as \"%s\"",
		migration->id, migration->renamed);
	err_detail(err, "\"%s\" is in no file now: was it renamed? It would run a second time. Nothing was changed.",
		   migration->renamed);
	err_hint(
		err,
		"Give it back its name, or record it under the new one: \"brant resolve %s --applied\". If both are meant, let the files differ, by a comment at least.",
		migration->id);
	return err_at(err, migration->path, 0, 0);
}

/* A hole right in front of something pending: most often a file that was not committed, or a merge that lost it. */
static bool gap_in_front(const struct state *state, const struct gap *gap, struct err *err)
{
	const struct migration *before = &state->history.ptr[gap->before - 1],
			       *after = &state->history.ptr[gap->before];
	for (size_t i = 0; i < state->ledger.len; i++)
		if (strcmp(state->ledger.ptr[i].version, gap->version) == 0)
			return true; /* applied, and its file is gone: told elsewhere */
	err_set(err, ERR_DECISION, "version-gap", "there is no migration %s between \"%s\" and \"%s\"", gap->version,
		before->id, after->id);
	err_detail(
		err,
		"The folder counts by one. If the missing file comes later, it will be out of order. Nothing was changed.");
	err_hint(
		err,
		"If nothing is missing, say it with \"brant up --allow-gaps\", or for good with \"allow_gaps: true\" in brant.yaml.");
	return err_at(err, after->path, 0, 0);
}

static bool without_gaps(const struct state *state, struct err *err)
{
	for (size_t i = 0; i < state->history.gaps.len; i++) {
		const struct gap *gap = &state->history.gaps.ptr[i];
		if (state->standings[gap->before] == STANDING_PENDING && !gap_in_front(state, gap, err))
			return false;
	}
	return true;
}

bool plan_knows_heads(const struct run_options *options, const struct state *state, struct err *err)
{
	const char *version = "";
	if (!options->format->heads || !state->missing)
		return true;
	for (size_t i = 0; i < state->ledger.len; i++)
		if (!state->ledger.ptr[i].migration)
			version = state->ledger.ptr[i].version;
	err_set(err, ERR_REFUSED, "unknown-head", "the database is at \"%s\", which is in no file", version);
	err_detail(err, "What else is applied is known by what it stands on. Nothing was changed.");
	return err_hint(
		err,
		"Get its file from version control: it may be on a branch that was applied and is not merged yet.");
}

static bool says(const struct script *script, struct str key)
{
	for (size_t i = 0; i < script->directives.len; i++)
		if (str_eq(script->directives.ptr[i].key, key))
			return true;
	return false;
}

static bool is_contract(const struct script *script)
{
	return says(script, STR("contract"));
}

/* A step that was held back while later ones were applied is not out of order. */
static bool was_held_back(struct arena *arena, const struct run_options *options, struct migration *migration)
{
	struct arena *scratch = arena_new(arena);
	struct err ignored = { .arena = scratch };
	struct migration copy = *migration;
	struct script script;
	bool held = options->format->read(scratch, &options->settings, &copy, &script, &ignored) &&
		(is_contract(&script) || says(&script, STR("after")));
	arena_free(scratch);
	return held;
}

/* A row that failed and that nobody can settle but by its name. */
static bool without_lost_failures(const struct run_options *options, const struct state *state, struct err *err)
{
	for (size_t i = 0; options->format->settles_gone && i < state->ledger.len; i++) {
		const struct ledger_entry *entry = &state->ledger.ptr[i];
		if (entry->migration || entry->state != LEDGER_FAILED)
			continue;
		err_set(err, ERR_REFUSED, "failed-lost", "migration \"%s\" failed, and its file is gone",
			entry->version);
		err_detail(err, "What it left in the database, if anything, cannot be told. Nothing was changed.");
		return err_hint(
			err,
			"Get its file back, and brant looks for what it made. If it is not to come back: \"brant resolve %s --rolled-back\".",
			entry->version);
	}
	return true;
}

/* Nothing may run while these stand; all of them are looked at before any file is read. */
static bool admissible(struct arena *arena, const struct run_options *options, const struct state *state,
		       struct err *err)
{
	if (!plan_knows_heads(options, state, err) || !without_lost_failures(options, state, err))
		return false;
	for (size_t i = 0; i < state->history.len; i++) {
		switch (state->standings[i]) {
		case STANDING_EDITED:
			if (!options->accept_edited)
				return plan_edited(state, i, err);
			break;
		case STANDING_OUT_OF_ORDER:
			if (!options->out_of_order && !was_held_back(arena, options, &state->history.ptr[i]))
				return out_of_order(state, i, err);
			break;
		case STANDING_FAILED:
			return failure_err(state, &state->history.ptr[i], err);
		case STANDING_PENDING:
			if (state->history.ptr[i].renamed)
				return was_renamed(&state->history.ptr[i], err);
			break;
		case STANDING_APPLIED:
		case STANDING_PARTLY:
		case STANDING_FAILED_GONE:
		case STANDING_REFORMATTED:
			break;
		}
	}
	return true;
}

static bool read_script(struct arena *arena, const struct run_options *options, struct migration *migration, bool down,
			struct script *ret_script, struct err *err)
{
	const struct format *format = options->format;
	if (down)
		return format->read_down(arena, &options->settings, migration, ret_script, err);
	if (!format->read(arena, &options->settings, migration, ret_script, err))
		return false;
	migration->digest_bytes = script_digest_bytes(arena, ret_script->source.text);
	migration->digest_tokens = record_tokens(arena, format, ret_script->source.text);
	return true;
}

static void make_room(struct arena *arena, struct plan *plan, size_t n)
{
	*plan = (struct plan){ 0 };
	plan->migrations = arena_alloc(arena, (n + 1) * sizeof(*plan->migrations));
	plan->held_back = arena_alloc(arena, (n + 1) * sizeof(*plan->held_back));
	plan->scripts = arena_alloc(arena, (n + 1) * sizeof(*plan->scripts));
}

/* Where a history branches, what stands on a migration that is held back has to wait with it. */
static bool parent_is_held(const struct plan *plan, const struct migration *migration)
{
	for (size_t i = 0; migration->parents && migration->parents[i]; i++)
		for (size_t k = 0; k < plan->held; k++)
			if (strcmp(migration->parents[i], plan->held_back[k]->version) == 0)
				return true;
	return false;
}

/* "-- brant: after VERSION": it was written for what that one leads to. */
static bool waits_for_held(const struct plan *plan, const struct script *script)
{
	for (size_t i = 0; i < script->directives.len; i++)
		for (size_t k = 0; k < plan->held && str_eq(script->directives.ptr[i].key, STR("after")); k++)
			if (str_eq(script->directives.ptr[i].arguments, str_of(plan->held_back[k]->version)))
				return true;
	return false;
}

/* Named by --to: its time has come. */
static bool is_held(const struct plan *plan, const struct migration *migration, const struct script *script)
{
	return waits_for_held(plan, script) ||
		(migration != plan->named && (is_contract(script) || parent_is_held(plan, migration)));
}

/* "-- brant: after VERSION" in a file whose SQL only a program can tell. */
static bool waits_in_text(const struct plan *plan, struct str text)
{
	for (size_t k = 0; k < plan->held; k++) {
		struct str version = str_of(plan->held_back[k]->version), rest = text;
		for (ptrdiff_t at; (at = str_find(rest, STR("brant: after "))) >= 0;) {
			rest = str_slice(rest, (size_t)at + strlen("brant: after "), rest.len);
			if (str_starts(rest, version) &&
			    (rest.len == version.len || !isalnum((unsigned char)rest.ptr[version.len])))
				return true;
		}
	}
	return false;
}

/* Most files say nothing to brant: then there is nothing to be parsed. */
static bool reads_as_held(struct arena *arena, const struct run_options *options, const struct plan *plan,
			  struct migration *migration)
{
	struct err ignored = { .arena = arena };
	struct script script = { 0 };
	struct str text;
	if (!migration->path || !file_read(arena, migration->path, &text, &ignored))
		return false;
	if (str_find(text, STR("brant: contract")) < 0 && str_find(text, STR("brant: after")) < 0)
		return parent_is_held(plan, migration);
	/* Nothing of the project's own code runs to find out: the words stand in the strings of its file. */
	if (!options->format->all_in_file)
		return str_find(text, STR("-- brant: contract")) >= 0 || waits_in_text(plan, text) ||
			parent_is_held(plan, migration);
	struct migration copy = *migration;
	return options->format->read(arena, &options->settings, &copy, &script, &ignored) &&
		is_held(plan, migration, &script);
}

void plan_held(struct arena *arena, const struct run_options *options, const struct state *state, bool *ret_held)
{
	struct arena *scratch = arena_new(arena);
	struct plan plan;
	make_room(scratch, &plan, state->history.len);
	for (size_t i = 0; i < state->history.len; i++) {
		struct migration *migration = &state->history.ptr[i];
		bool waits = state->standings[i] == STANDING_PENDING || state->standings[i] == STANDING_OUT_OF_ORDER;
		ret_held[i] = waits && reads_as_held(scratch, options, &plan, migration);
		if (ret_held[i])
			plan.held_back[plan.held++] = migration;
	}
	arena_free(scratch);
}

static bool add(struct arena *arena, const struct run_options *options, const struct state *state,
		struct migration *migration, bool down, struct plan *plan, struct err *err)
{
	struct script *script = &plan->scripts[plan->nmigrations];
	const struct script *early = down ? NULL : ahead_script(state->ahead, (size_t)(migration - state->history.ptr));
	if (early)
		*script = *early;
	else if (!read_script(arena, options, migration, down, script, err))
		return false;
	if (!down && !options->contract && is_held(plan, migration, script)) {
		plan->held_back[plan->held++] = migration;
		return true;
	}
	plan->migrations[plan->nmigrations++] = migration;
	return plan_add(arena, options, state, migration, script, plan, err);
}

static bool add_all(struct arena *arena, const struct run_options *options, const struct state *state,
		    struct migration *const *migrations, size_t n, bool down, struct plan *plan, struct err *err)
{
	const struct format *format = options->format;
	if (format->prepare && n && !format->prepare(arena, &options->settings, migrations, n, down, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!add(arena, options, state, migrations[i], down, plan, err))
			return false;
	return true;
}

static void leave_only(const struct run_options *options, const struct state *state, bool *chosen)
{
	for (size_t i = 0; options->only && i < state->history.len; i++)
		chosen[i] = chosen[i] && map_get(options->only, str_of(state->history.ptr[i].id));
}

static bool *applied_ones(struct arena *arena, const struct state *state)
{
	bool *applied = arena_alloc(arena, state->history.len + 1);
	for (size_t i = 0; i < state->history.len; i++)
		applied[i] = state->history.ptr[i].entry && state->history.ptr[i].entry->state == LEDGER_APPLIED;
	return applied;
}

/* "--to": the migration itself and what it stands on; in a history that is a line, all before it. */
static bool choose(struct arena *arena, const struct run_options *options, const struct state *state, bool **ret_chosen,
		   size_t *ret_last, struct err *err)
{
	bool *chosen = arena_alloc(arena, state->history.len + 1);
	memset(chosen, !options->to, state->history.len + 1);
	*ret_last = state->history.len;
	*ret_chosen = chosen;
	return !options->to ||
		named_up(arena, &state->history, applied_ones(arena, state), options->to, chosen, ret_last, err);
}

bool plan_pending(struct arena *arena, const struct run_options *options, const struct state *state,
		  struct plan *ret_plan, struct err *err)
{
	struct plan plan;
	bool *chosen;
	size_t last;
	if (!admissible(arena, options, state, err) || (!options->allow_gaps && !without_gaps(state, err)))
		return false;
	if (!choose(arena, options, state, &chosen, &last, err))
		return false;
	leave_only(options, state, chosen);
	make_room(arena, &plan, state->history.len);
	plan.named = last < state->history.len ? &state->history.ptr[last] : NULL;
	struct migration **wanted = arena_alloc(arena, (state->history.len + 1) * sizeof(*wanted));
	size_t n = 0;
	for (size_t i = 0; i < state->history.len; i++)
		if (chosen[i] && standing_is_pending(state->standings[i]))
			wanted[n++] = &state->history.ptr[i];
	if (options->format->arrange)
		options->format->arrange(arena, &state->history, wanted, n);
	if (!add_all(arena, options, state, wanted, n, false, &plan, err))
		return false;
	if (plan.violations.len)
		return violations_err(err, &plan.violations);
	*ret_plan = plan;
	return true;
}

static const char *down_wanted(struct arena *arena, const struct format *format, const struct migration *migration)
{
	struct str path = str_of(migration->path);
	if (format->down_file)
		return path_join(arena, path_dir(arena, migration->path), format->down_file);
	path.len -= str_ends(path, STR(".up.sql")) ? 7 : 4;
	return arena_printf(arena, STR_FMT ".down.sql", STR_ARG(path));
}

static bool no_down(const struct run_options *options, const struct migration *migration, struct err *err)
{
	err_set(err, ERR_FAILED, "no-down", "migration \"%s\" has no script that undoes it", migration->id);
	return err_hint(err, "Write \"%s\". Nothing was changed.", down_wanted(err->arena, options->format, migration));
}

static bool missing_file(const struct ledger_entry *entry, const struct history *history, struct err *err)
{
	err_set(err, ERR_FAILED, "file-gone", "the last applied migration, %s, is not in %s", entry->version,
		history->folder);
	return err_hint(err, "Get its file from version control, or undo it by hand.");
}

/* The last n that are applied; ret_n: how many there are. */
static bool last_applied(const struct state *state, size_t n, bool *ret_marked, struct err *err)
{
	for (size_t i = 0; i < state->ledger.len && i < n; i++) {
		const struct ledger_entry *recent = &state->ledger.ptr[state->ledger.len - 1 - i];
		if (!recent->migration)
			return missing_file(recent, &state->history, err);
	}
	for (size_t i = state->history.len, found = 0; i-- > 0 && found < n;) {
		const struct ledger_entry *entry = state->history.ptr[i].entry;
		ret_marked[i] = entry && entry->state == LEDGER_APPLIED;
		found += ret_marked[i];
	}
	return true;
}

/* An entry without a file stands nobody knows where. */
static bool all_have_files(const struct state *state, struct err *err)
{
	for (size_t i = 0; i < state->ledger.len; i++)
		if (!state->ledger.ptr[i].migration)
			return missing_file(&state->ledger.ptr[i], &state->history, err);
	return true;
}

static bool choose_down(struct arena *arena, const struct run_options *options, const struct state *state, size_t n,
			bool *ret_marked, struct err *err)
{
	if (!plan_knows_heads(options, state, err))
		return false;
	if (!options->to)
		return last_applied(state, n, ret_marked, err);
	return all_have_files(state, err) &&
		named_down(arena, &state->history, applied_ones(arena, state), options->to, ret_marked, err);
}

static void turn_round(struct migration **some, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct migration *first = some[i];
		some[i] = some[n - 1 - i];
		some[n - 1 - i] = first;
	}
}

bool plan_down(struct arena *arena, const struct run_options *options, const struct state *state, size_t n,
	       struct plan *ret_plan, struct err *err)
{
	struct plan plan;
	const size_t len = state->history.len;
	bool *marked = arena_alloc(arena, len + 1);
	const bool *applied = applied_ones(arena, state);
	make_room(arena, &plan, len);
	plan.undo = true;
	if (!choose_down(arena, options, state, n, marked, err))
		return false;
	struct migration **wanted = arena_alloc(arena, (len + 1) * sizeof(*wanted));
	size_t found = 0;
	for (size_t i = len; i-- > 0;) {
		if (!marked[i] || !applied[i])
			continue;
		if (!state->history.ptr[i].down_path)
			return no_down(options, &state->history.ptr[i], err);
		wanted[found++] = &state->history.ptr[i];
	}
	if (options->format->arrange) {
		options->format->arrange(arena, &state->history, wanted, found);
		turn_round(wanted, found);
	}
	if (!add_all(arena, options, state, wanted, found, true, &plan, err))
		return false;
	if (plan.violations.len)
		return violations_err(err, &plan.violations);
	*ret_plan = plan;
	return true;
}
