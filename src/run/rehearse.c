#include "run/rehearse.h"

#include "base/clock.h"
#include "check/platform.h"

/* The same server, but as the one that users arrive as. */
static void as_user(struct arena *arena, struct target *target, const char *user)
{
	target_set(arena, target, "user", user);
	target->user = user;
}

static bool look_at_platform(struct arena *arena, const struct run_options *options, const struct target *target,
			     struct platform *ret_platform, struct err *err)
{
	struct db_options db_options = { .application = "brant: check" };
	struct db *db;
	if (!db_open(arena, target, &db_options, &db, err))
		return false;
	bool ok = platform_load(arena, &options->boundary, db, ret_platform, err);
	db_close(db);
	return ok;
}

static bool play(struct arena *arena, const struct run_options *options, const struct target *superuser,
		 struct rehearsal *rehearsal, struct err *err)
{
	struct platform before, after;
	struct up_result result;
	struct err later = { .arena = err->arena };
	if (!look_at_platform(arena, options, superuser, &before, err))
		return false;
	bool ok = up_run(arena, options, 0, &result, err);
	rehearsal->migrations = result.migrations;
	if (look_at_platform(arena, options, superuser, &after, ok ? err : &later))
		rehearsal->changes = platform_changes(arena, &options->boundary, &before, &after);
	else
		ok = false;
	return ok;
}

bool rehearse(struct arena *arena, const struct run_options *options, const struct stage *stage,
	      struct rehearsal *ret_rehearsal, struct err *err)
{
	struct run_options there = *options;
	there.rehearsal = true;
	struct scratch_source source = { .unpack = stage->unpack, .stand_ins = stage->stand_ins };
	struct scratch scratch = { 0 };
	struct target superuser;
	double start = clock_now();
	*ret_rehearsal = (struct rehearsal){ 0 };
	if (!scratch_start(arena, &source, &scratch, err) ||
	    !scratch_target(arena, &scratch, stage->database, &superuser, err) ||
	    !scratch_target(arena, &scratch, stage->database, &there.target, err))
		return false;
	as_user(arena, &there.target, stage->user);
	ret_rehearsal->server = arena_printf(arena, "PostgreSQL %s", binaries_version(arena, scratch.binaries.dir));
	/* The history as it is on disk, from nothing: there is no order to be out of, and gaps are a matter of the real database. */
	there.guard_all = there.out_of_order = there.allow_gaps = there.contract = true;
	there.to = NULL;
	there.command = "check";
	struct up_result result = { 0 };
	/* Where there is no platform, nothing of it can be changed. */
	bool ok = stage->unpack ? play(arena, &there, &superuser, ret_rehearsal, err)
				: up_run(arena, &there, 0, &result, err);
	ret_rehearsal->migrations += result.migrations;
	ret_rehearsal->seconds = clock_now() - start;
	return ok;
}
