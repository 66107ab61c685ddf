/*
 * Sequences, also those of identity columns.  Their options are one attribute: all of them, in the order of the words.
 */
#include <stdlib.h>

#include "schema/alter.h"
#include "sql/quote.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

enum option { TYPE, INCREMENT, MINVALUE, MAXVALUE, START, CACHE, NO_CYCLE, CYCLE, OPTIONS };

static const char *const words[OPTIONS] = {
	[TYPE] = "AS ",           [INCREMENT] = "INCREMENT BY ",
	[MINVALUE] = "MINVALUE ", [MAXVALUE] = "MAXVALUE ",
	[START] = "START WITH ",  [CACHE] = "CACHE ",
	[NO_CYCLE] = "NO CYCLE",  [CYCLE] = "CYCLE",
};

struct sequence {
	struct str values[OPTIONS]; /* .ptr NULL: not said */
};

static struct sequence read_options(const char *text)
{
	struct sequence sequence = { 0 };
	while (*text) {
		int i = 0;
		while (i < OPTIONS && strncmp(text, words[i], strlen(words[i])) != 0)
			i++;
		if (i == OPTIONS)
			break;
		text += strlen(words[i]);
		sequence.values[i] = (struct str){ text, strcspn(text, " ") };
		text += sequence.values[i].len;
		text += *text == ' ';
	}
	return sequence;
}

static long long number(const struct sequence *sequence, enum option option)
{
	return strtoll(sequence->values[option].ptr, NULL, 10);
}

/* What is other in the new one, each with a prefix; a new type would bring limits of its own, so they are said with it. */
static const char *changes(struct arena *arena, const struct sequence *a, const struct sequence *b, const char *prefix)
{
	struct buf buf = buf_init(arena);
	bool retyped = b->values[TYPE].ptr && !str_eq(a->values[TYPE], b->values[TYPE]);
	for (int i = 0; i < OPTIONS; i++) {
		bool is_limit = i == MINVALUE || i == MAXVALUE;
		struct str old = a->values[i], new = b->values[i];
		if (!new.ptr || (old.ptr && str_eq(old, new) && !(retyped && is_limit)))
			continue;
		buf_printf(&buf, " %s%s" STR_FMT, prefix, words[i], STR_ARG(new));
	}
	return buf.ptr;
}

/*
 * ALTER SEQUENCE fails where the sequence stands outside of its new limits, as one that was never used does when it starts outside.  Where it can
 * only be outside it starts again; where it may have come inside already it must not: it would give out numbers a second time.
 */
static bool must_restart(const struct sequence *a, const struct sequence *b)
{
	bool up = number(a, INCREMENT) > 0;
	long long first = number(a, up ? START : MINVALUE), last = number(a, up ? MAXVALUE : START);
	return first > number(b, MAXVALUE) || last < number(b, MINVALUE);
}

static void move_inside(struct work *work, const char *ident, const struct sequence *a, const struct sequence *b,
			struct statements *statements)
{
	long long start = number(a, START), min = number(b, MINVALUE), max = number(b, MAXVALUE);
	if (start >= min && start <= max)
		return;
	ADD("SELECT pg_catalog.setval(%s, %lld, false) FROM %s WHERE last_value %s %lld",
	    sql_literal(work->arena, str_of(ident)), start < min ? min : max, ident, start < min ? "<" : ">",
	    start < min ? min : max)
		->why = "where the sequence has not come to its new limits yet, it begins there";
}

/* alter: "ALTER SEQUENCE public.s"; prefix: "SET " for identity columns. */
static void alter(struct work *work, const char *alter, const char *prefix, const char *ident, const char *old,
		  const char *new, struct statements *statements)
{
	struct sequence a = read_options(old), b = read_options(new);
	const char *said = changes(work->arena, &a, &b, prefix);
	bool restart = must_restart(&a, &b);
	if (!restart)
		move_inside(work, ident, &a, &b, statements);
	ADD("%s%s%s", alter, said, restart ? " RESTART" : "");
}

void alter_sequence(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	alter(work, arena_printf(work->arena, "ALTER SEQUENCE %s", b->ident), "", b->ident, object_get(a, "options"),
	      object_get(b, "options"), statements);
}

void alter_identity_options(struct work *work, const struct object *a, const struct object *b,
			    struct statements *statements)
{
	if (!object_get(a, "identity") || !object_get(b, "identity"))
		return;
	alter(work, arena_printf(work->arena, "ALTER TABLE %s ALTER COLUMN %s", b->parent_ident, b->ident), "SET ",
	      object_get(a, "_identity_sequence"), object_get(a, "identity_options"), object_get(b, "identity_options"),
	      statements);
}
