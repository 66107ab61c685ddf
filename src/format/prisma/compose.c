/*
 * compose.c - statements as a migration.sql that reads like Prisma's own.
 *
 *     -- CreateTable                   a heading for each statement
 *     CREATE TABLE "Post" (            what Prisma would write for an empty database, where the thing is new
 *         "id" SERIAL NOT NULL,
 *
 *         CONSTRAINT "Post_pkey" PRIMARY KEY ("id")
 *     );
 *
 *     -- AlterTable                    changes of one table together
 *     ALTER TABLE "User" DROP COLUMN "title",
 *     ADD COLUMN     "name" TEXT;
 *
 * The statements are brant's, in brant's order; only their words are changed here.  The proof runs this text.
 */
#include <stdlib.h>

#include "format/prisma/style.h"
#include "schema/kind.h"

/* A part of an ALTER TABLE. */
struct action {
	const char *words, *name; /* name: of the column or constraint */
	int rank;
	size_t at;
};

/* A statement, and where Prisma would have it among those like it. */
struct line {
	const struct statement *statement;
	size_t place, at;
	int rank;       /* of its heading */
	bool new_table; /* it is of a table that is made here */
};

struct composing {
	struct arena *arena;
	struct style style;
	struct map
		made; /* ids of what Prisma's words say all of: tables that are made, and columns that are added as SERIAL */
	struct buf out;
	const char *table;          /* "ALTER TABLE \"User\" " of the statement that is open, NULL: none is */
	VEC(struct action) actions; /* its parts */
};

/* ---- what is said already ---- */

/* The column that a sequence counts for. */
static const struct object *owner_of(const struct object *sequence)
{
	for (size_t i = 0; i < sequence->children.len; i++) {
		const struct object *owned = sequence->children.ptr[i];
		for (size_t k = 0; owned->kind == KIND_OWNED_BY && k < owned->needs.len; k++)
			if (owned->needs.ptr[k]->kind == KIND_COLUMN)
				return owned->needs.ptr[k];
	}
	return NULL;
}

/* What an object's creation is a part of, by Prisma's way to say it: of a sequence the column. */
static const struct object *whole_of(const struct object *object)
{
	switch ((int)object->kind) {
	case KIND_SEQUENCE:
		return owner_of(object);
	case KIND_OWNED_BY:
		return object->parent ? owner_of(object->parent) : NULL;
	case KIND_COLUMN:
	case KIND_DEFAULT:
	case KIND_CONSTRAINT:
		return object->parent;
	default:
		return NULL;
	}
}

static bool is_said(const struct composing *c, const struct statement *statement)
{
	const struct object *whole =
		statement->object && statement->verb == VERB_CREATE ? whole_of(statement->object) : NULL;
	return whole &&
		(map_get(&c->made, str_of(whole->id)) ||
		 (whole->kind == KIND_COLUMN && whole->parent && map_get(&c->made, str_of(whole->parent->id))));
}

static bool is_creation(const struct statement *statement)
{
	return statement->object && statement->verb == VERB_CREATE && strncmp(statement->sql, "CREATE ", 7) == 0;
}

/* ADD COLUMN "n" SERIAL makes the sequence as well. */
static bool adds_serial(const struct composing *c, const struct statement *statement)
{
	const struct object *object = statement->object;
	const char *text = object && object->kind == KIND_COLUMN && statement->verb == VERB_CREATE
		? style_column(&c->style, object)
		: NULL;
	return text && strstr(text, "SERIAL");
}

static void find_wholes(struct composing *c, const struct statements *statements, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct statement *statement = &statements->ptr[i];
		bool table = is_creation(statement) && statement->object->kind == KIND_TABLE &&
			style_text(&c->style, statement->object);
		if (table || adds_serial(c, statement))
			map_set(c->arena, &c->made, str_of(statement->object->id), c);
	}
}

/* ---- words ---- */

/* The length of "ALTER TABLE name " in front, 0: something else. */
static size_t alter_prefix(const char *sql)
{
	static const char alter[] = "ALTER TABLE ";
	size_t n = strlen(alter);
	bool quoted = false;
	if (strncmp(sql, alter, n) != 0)
		return 0;
	for (; sql[n] && (quoted || sql[n] != ' '); n++)
		quoted ^= sql[n] == '"';
	return sql[n] ? n + 1 : 0;
}

/* Forms that take care of their readers: they cannot be Prisma's, and each stands alone, where it stands.  A column has no constraint but the one that proves it NOT NULL. */
static bool is_careful(const struct statement *statement)
{
	size_t n = alter_prefix(statement->sql);
	struct str action = str_of(statement->sql + n);
	return statement->lone || strstr(statement->sql, " CONCURRENTLY ") || strstr(statement->sql, " NOT VALID") ||
		(n && str_starts(action, STR("VALIDATE "))) ||
		(n && str_starts(action, STR("DROP CONSTRAINT ")) && statement->object &&
		 statement->object->kind == KIND_COLUMN);
}

/* "ALTER COLUMN \"a\" TYPE ..." with Prisma's two words more. */
static const char *with_set_data(struct arena *arena, const char *sql, size_t prefix)
{
	static const char alter[] = "ALTER COLUMN ", type[] = "TYPE ";
	size_t n = prefix + strlen(alter);
	if (strncmp(sql + prefix, alter, strlen(alter)) != 0)
		return sql;
	for (bool quoted = false; sql[n] && (quoted || sql[n] != ' '); n++)
		quoted ^= sql[n] == '"';
	if (!sql[n] || strncmp(sql + n + 1, type, strlen(type)) != 0)
		return sql;
	return arena_printf(arena, "%.*s SET DATA %s", (int)n, sql, sql + n + 1);
}

static const char *words_of(const struct composing *c, const struct statement *statement)
{
	const struct object *object = statement->object;
	size_t n = alter_prefix(statement->sql);
	const char *text = statement->sql, *action = text + n;
	if (!object || is_careful(statement))
		return text;
	if (statement->verb == VERB_CREATE && (is_creation(statement) || object->kind == KIND_FOREIGN_KEY) &&
	    style_text(&c->style, object))
		return style_text(&c->style, object);
	if (n && object->kind == KIND_COLUMN && strncmp(action, "ADD COLUMN ", 11) == 0 &&
	    style_column(&c->style, object))
		return arena_printf(c->arena, "%.*sADD COLUMN     %s", (int)n, text, style_column(&c->style, object));
	const char *value = n && object->kind == KIND_DEFAULT ? strstr(action, " SET DEFAULT ") : NULL;
	if (value && style_default(&c->style, object))
		return arena_printf(c->arena, "%.*s SET DEFAULT %s", (int)(value - text), text,
				    style_default(&c->style, object));
	return n ? with_set_data(c->arena, style_types(c->arena, text), n) : text;
}

/* ---- text ---- */

/*
 * Prisma takes a key away first and adds one last; columns go and come by their names, in the order of bytes, and what changes stays in its order.  To
 * PostgreSQL the order within a statement means nothing but the places of new columns.
 */
static int rank_of_action(const char *words)
{
	static const char *const ranks[] = { "DROP CONSTRAINT ", "DROP COLUMN ", "ADD COLUMN ", "ALTER COLUMN " };
	size_t i = 0;
	while (i < LEN(ranks) && strncmp(words, ranks[i], strlen(ranks[i])) != 0)
		i++;
	return (int)i;
}

static int compare_actions(const void *left, const void *right)
{
	static const int drop_column = 1, add_column = 2;
	const struct action *a = left, *b = right;
	int names = a->rank == drop_column || a->rank == add_column ? strcmp(a->name, b->name) : 0;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return names ? names : a->at < b->at ? -1 : 1;
}

static void end_statement(struct composing *c)
{
	if (!c->table)
		return;
	qsort(c->actions.ptr, c->actions.len, sizeof(*c->actions.ptr), compare_actions);
	for (size_t i = 0; i < c->actions.len; i++)
		buf_printf(&c->out, "%s%s", i ? ",\n" : c->table, c->actions.ptr[i].words);
	buf_text(&c->out, ";\n");
	c->actions.len = 0;
	c->table = NULL;
}

static void add_action(struct composing *c, const struct statement *statement, const char *words)
{
	struct action action = {
		.words = words, .name = statement->object->name, .rank = rank_of_action(words), .at = c->actions.len
	};
	vec_push(c->arena, &c->actions, action);
}

/* Another change of the table that is open goes into the same statement, as Prisma has it. */
static bool goes_on(const struct composing *c, const struct statement *statement, const char *heading,
		    const char *words)
{
	return c->table && !statement->why && !is_careful(statement) && !statement->apart && heading &&
		strcmp(heading, "AlterTable") == 0 && strncmp(words, c->table, strlen(c->table)) == 0 &&
		strncmp(words + strlen(c->table), "RENAME ", 7) != 0;
}

static void add(struct composing *c, const struct statement *statement)
{
	const char *words = words_of(c, statement), *heading = style_heading(c->arena, statement);
	size_t n = alter_prefix(words);
	if (goes_on(c, statement, heading, words)) {
		add_action(c, statement, words + n);
		return;
	}
	end_statement(c);
	if (c->out.len && c->out.ptr[c->out.len - 1] == '\n')
		buf_char(&c->out, '\n');
	if (heading)
		buf_printf(&c->out, "-- %s\n", heading);
	if (statement->why)
		buf_printf(&c->out, "-- %s\n", statement->why);
	/* RENAME has no parts. */
	if (n && heading && strcmp(heading, "AlterTable") == 0 && !is_careful(statement) &&
	    strncmp(words + n, "RENAME ", 7) != 0) {
		c->table = arena_strndup(c->arena, words, n);
		add_action(c, statement, words + n);
		return;
	}
	buf_printf(&c->out, "%s;\n", words);
}

/* ---- order ---- */

/*
 * Of what is made one after the other: first extensions and types, then tables, indexes, foreign keys, so that each finds what it needs; those of new tables first, and
 * all in the order of the schema.
 */
static int compare_lines(const void *left, const void *right)
{
	const struct line *a = left, *b = right;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->new_table != b->new_table)
		return a->new_table ? -1 : 1;
	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return a->at < b->at ? -1 : 1;
}

static bool is_made(const struct composing *c, const struct statement *statement)
{
	return statement->object && statement->verb == VERB_CREATE && !statement->why && !is_careful(statement) &&
		!statement->apart && style_find(&c->style, statement->object);
}

static int rank_of_kind(enum kind kind)
{
	static const enum kind ranks[] = { KIND_EXTENSION, KIND_ENUM, KIND_TABLE, KIND_INDEX, KIND_FOREIGN_KEY };
	size_t i = 0;
	while (i < LEN(ranks) && ranks[i] != kind)
		i++;
	return (int)i;
}

/* How many of these, from the first one on, make something. */
static size_t run_of(const struct composing *c, const struct line *lines, size_t n)
{
	size_t i = 0;
	while (i < n && is_made(c, lines[i].statement))
		i++;
	return i;
}

static void sort_lines(const struct composing *c, struct line *lines, size_t n)
{
	for (size_t i = 0, run; i < n; i += run ? run : 1) {
		run = run_of(c, lines + i, n - i);
		for (size_t k = i; k < i + run; k++) {
			const struct object *object = lines[k].statement->object, *table = object->parent;
			lines[k].rank = rank_of_kind(object->kind);
			lines[k].place = style_find(&c->style, object)->place;
			lines[k].new_table = table && map_get(&c->made, str_of(table->id));
		}
		if (run)
			qsort(lines + i, run, sizeof(*lines), compare_lines);
	}
}

struct str prisma_compose(struct arena *arena, const struct format_settings *settings,
			  const struct statements *statements, size_t from, size_t to)
{
	const struct prisma_project *project = settings->extra;
	struct composing c = { .arena = arena, .out = buf_init(arena) };
	style_read(arena, project->wanted, &c.style);
	find_wholes(&c, statements, from, to);
	VEC(struct line) lines = { 0 };
	for (size_t i = from; i < to; i++)
		if (!is_said(&c, &statements->ptr[i]))
			vec_push(arena, &lines, (struct line){ .statement = &statements->ptr[i], .at = i });
	sort_lines(&c, lines.ptr, lines.len);
	for (size_t i = 0; i < lines.len; i++)
		add(&c, lines.ptr[i].statement);
	end_statement(&c);
	struct str warnings = style_warnings(arena, statements, from, to);
	return str_of(arena_printf(arena, STR_FMT "%s", STR_ARG(warnings), c.out.ptr));
}
