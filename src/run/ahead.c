#include "run/ahead.h"

#include <stdint.h>

#include "base/file.h"
#include "run/record.h"

/*
 * Nobody waits for so much, and what is not needed is kept all the same.  A server nearby answers soon: there is time for a few, in which it and a pooler are
 * busy with the password.
 */
enum { TEXT_MAX = 4 << 20, NEARBY_FILES = 64, NEARBY_TEXT = 256 << 10 };

struct ahead {
	struct arena *arena;
	const struct run_options *options;
	enum ahead_depth depth;
	bool for_up;
	bool loaded, ok, stopped;
	struct err err; /* of loading, where it failed */
	struct history history;
	size_t digested, parsed; /* from the front; from the end */
	size_t text;             /* bytes of what was parsed */
	struct script **scripts;
};

struct ahead *ahead_start(struct arena *arena, const struct run_options *options, enum ahead_depth depth)
{
	struct ahead *a = arena_alloc(arena, sizeof(*a));
	bool cheap = options->format->read_ahead;
	*a = (struct ahead){ .arena = arena,
			     .options = options,
			     .for_up = depth == AHEAD_SCRIPTS,
			     .depth = cheap ? depth : AHEAD_DIGESTS };
	a->err.arena = arena;
	return a;
}

static void load(struct ahead *a)
{
	a->loaded = true;
	a->ok = a->options->format->load(a->arena, &a->options->settings, &a->history, &a->err);
	a->scripts = arena_alloc(a->arena, (a->history.len + 1) * sizeof(struct script *));
}

/* One that cannot be read is nobody's business unless it counts. */
static void digest(struct ahead *a, struct arena *scratch, struct migration *migration)
{
	static char room[32 * 1024];
	struct err ignored = { .arena = scratch };
	struct str now;
	if (file_read_small(migration->path, room, sizeof(room), &now) ||
	    file_read(scratch, migration->path, &now, &ignored))
		migration->digest_bytes = arena_strdup(a->arena, script_digest_bytes(scratch, now));
}

/* Some at once: whoever waits for the server looks at the socket between two steps. */
static void digest_some(struct ahead *a)
{
	enum { AT_ONCE = 16 };
	struct arena *scratch = arena_new(a->arena);
	for (size_t i = 0; i < AT_ONCE && a->digested < a->history.len; i++)
		digest(a, scratch, &a->history.ptr[a->digested++]);
	arena_free(scratch);
}

static void parse(struct ahead *a, size_t i)
{
	struct migration *migration = &a->history.ptr[i];
	struct script *script = arena_alloc(a->arena, sizeof(*script));
	struct err ignored = { .arena = a->arena };
	if (!a->options->format->read(a->arena, &a->options->settings, migration, script, &ignored))
		return;
	a->text += script->source.text.len;
	migration->digest_tokens = record_tokens(a->arena, a->options->format, script->source.text);
	a->scripts[i] = script;
}

static bool worth_parsing(const struct ahead *a, double round_trip)
{
	size_t files = round_trip < DB_NEAR ? NEARBY_FILES : SIZE_MAX;
	long long text = round_trip < DB_NEAR ? NEARBY_TEXT : TEXT_MAX;
	if (a->depth != AHEAD_SCRIPTS || a->parsed >= a->history.len || a->parsed >= files || (long long)a->text > text)
		return false;
	long long size = file_size(a->history.ptr[a->history.len - 1 - a->parsed].path);
	return size >= 0 && size < text / 16;
}

bool ahead_step(void *ahead, double round_trip)
{
	struct ahead *a = ahead;
	bool done = a->loaded && (!a->ok || a->stopped);
	if (!a->loaded)
		load(a);
	else if (!done && a->digested < a->history.len)
		digest_some(a);
	else if (!done && worth_parsing(a, round_trip))
		parse(a, a->history.len - 1 - a->parsed++);
	else
		done = true;
	return !done;
}

bool ahead_is_for_up(const struct ahead *a)
{
	return a->for_up;
}

void ahead_stop(struct ahead *a)
{
	a->stopped = true;
}

bool ahead_history(struct ahead *a, struct history *ret_history, struct err *err)
{
	while (!a->loaded || (a->ok && a->digested < a->history.len))
		ahead_step(a, 0);
	if (!a->ok) {
		err_copy(err, &a->err);
		return false;
	}
	*ret_history = a->history;
	return true;
}

const struct script *ahead_script(const struct ahead *a, size_t i)
{
	return a->scripts && i < a->history.len ? a->scripts[i] : NULL;
}
