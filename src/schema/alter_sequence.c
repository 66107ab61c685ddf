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

/* ---- sequences that come to columns with numbers in them ---- */

static bool has_numbers(const struct object *column)
{
	static const char *const types[] = { "smallint", "integer", "bigint" };
	for (size_t i = 0; i < LEN(types); i++)
		if (same(object_get(column, "type"), types[i]))
			return true;
	return false;
}

/* It would give out what is there already.  sequence: an expression; options: all of its. */
static void go_on(struct work *work, const char *sequence, const char *options, const struct object *column,
		  struct statements *statements)
{
	struct sequence s = read_options(options);
	bool up = number(&s, INCREMENT) > 0;
	long long start = number(&s, START), low = up ? start : number(&s, MINVALUE),
		  high = up ? number(&s, MAXVALUE) : start;
	const char *last = arena_printf(work->arena, "%s(%s)", up ? "max" : "min", column->ident);
	lift_forced_security(work, column->parent, statements);
	ADD("SELECT pg_catalog.setval(%s, %s) FROM %s HAVING %s BETWEEN %lld AND %lld", sequence, last,
	    column->parent_ident, last, low, high)
		->why = "the new sequence goes on behind the numbers that are there";
	force_security_again(work, column->parent, statements);
}

static void identity(struct work *work, const struct object *column, struct statements *statements)
{
	const char *sequence = arena_printf(work->arena, "pg_catalog.pg_get_serial_sequence(%s, %s)",
					    sql_literal(work->arena, str_of(column->parent_ident)),
					    sql_literal(work->arena, str_of(column->name)));
	go_on(work, sequence, object_get(column, "identity_options"), column, statements);
}

void identity_goes_on(struct work *work, const struct object *column, struct statements *statements)
{
	if (!work->options->bare && table_exists(work, column))
		identity(work, column, statements);
}

/* The sequence that is made for a default of a column which is there already; NULL: it is none, or has counted before. */
static const struct object *new_sequence(const struct work *work, const struct object *value)
{
	const char *expression = object_get(value, "expression");
	for (size_t i = 0; strncmp(expression, "nextval(", strlen("nextval(")) == 0 && i < value->needs.len; i++)
		if (value->needs.ptr[i]->kind == KIND_SEQUENCE && work->new[value->needs.ptr[i]->position].created)
			return value->needs.ptr[i];
	return NULL;
}

static void count_on(struct work *work, const struct object *value, struct statements *statements)
{
	const struct object *sequence = new_sequence(work, value), *column = object_beside(value, KIND_COLUMN);
	if (sequence && column && counterpart(work->from, column) && has_numbers(column))
		go_on(work, sql_literal(work->arena, str_of(sequence->ident)), object_get(sequence, "options"), column,
		      statements);
}

void default_goes_on(struct work *work, const struct object *value, struct statements *statements)
{
	const struct object *column = object_beside(value, KIND_COLUMN);
	if (!work->options->bare && table_exists(work, value) && column && !work->new[column->position].created)
		count_on(work, value, statements);
}

void counting_goes_on(struct work *work, const struct object *part, struct statements *statements)
{
	if (part->kind == KIND_COLUMN && object_get(part, "identity"))
		identity(work, part, statements);
	else if (part->kind == KIND_DEFAULT)
		count_on(work, part, statements);
}
