#include "cmd/lanes.h"

#include <stdint.h>

#include "format/graph.h"

enum { LANES_MAX = 60 }; /* wider is no drawing any more */

struct lanes {
	struct arena *arena;
	const struct history *history;
	size_t **children; /* of each, ended by SIZE_MAX */
	size_t next;
	VEC(size_t) open; /* the child that each lane leads to */
};

static size_t count_children(const struct lanes *lanes, size_t i)
{
	size_t n = 0;
	while (lanes->children[i][n] != SIZE_MAX)
		n++;
	return n;
}

/* Lines of descent are parents only: what a migration needs beside them is told in words. */
static void find_children(struct lanes *lanes)
{
	const struct history *history = lanes->history;
	struct map by_version = { 0 };
	size_t *counts = arena_alloc(lanes->arena, (history->len + 1) * sizeof(*counts));
	lanes->children = arena_alloc(lanes->arena, (history->len + 1) * sizeof(*lanes->children));
	for (size_t i = 0; i < history->len; i++)
		map_set(lanes->arena, &by_version, str_of(history->ptr[i].version), &history->ptr[i]);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; pass && i < history->len; i++) {
			lanes->children[i] = arena_alloc(lanes->arena, (counts[i] + 1) * sizeof(**lanes->children));
			lanes->children[i][counts[i]] = SIZE_MAX;
			counts[i] = 0;
		}
		for (size_t i = 0; i < history->len; i++)
			for (const char **name = history->ptr[i].parents; name && *name; name++) {
				const struct migration *parent = map_get(&by_version, str_of(*name));
				size_t at = parent ? (size_t)(parent - history->ptr) : history->len;
				if (pass && parent)
					lanes->children[at][counts[at]] = i;
				counts[at]++;
			}
	}
}

static bool is_line(const struct lanes *lanes)
{
	size_t bases = 0, heads = 0;
	for (size_t i = 0; i < lanes->history->len; i++) {
		const char **parents = lanes->history->ptr[i].parents;
		size_t n = count_children(lanes, i);
		bases += !parents || !parents[0];
		heads += n == 0;
		if (n > 1 || (parents && parents[0] && parents[1]))
			return false;
	}
	return bases <= 1 && heads <= 1;
}

struct lanes *lanes_new(struct arena *arena, const struct history *history)
{
	struct lanes *lanes = arena_alloc(arena, sizeof(*lanes));
	lanes->arena = arena;
	lanes->history = history;
	if (!history_branches(history))
		return NULL;
	find_children(lanes);
	return is_line(lanes) ? NULL : lanes;
}

/* Two columns a lane: its own, and the one in front of the next. */
static const char *draw(const struct lanes *lanes, size_t at, char own, size_t from, char slope)
{
	struct buf buf = buf_init(lanes->arena);
	for (size_t i = 0; i < lanes->open.len && i < LANES_MAX; i++) {
		bool sloped = slope && i >= from;
		if (i)
			buf_char(&buf, sloped && slope == '/' ? '/' : ' ');
		if (!sloped)
			buf_char(&buf, i == at ? own : '|');
		else if (slope == '\\')
			buf.ptr[buf.len - 1] = '\\';
	}
	return str_dup(lanes->arena, str_trim(buf_as_str(&buf)).len ? buf_as_str(&buf) : STR(""));
}

static void remove_lane(struct lanes *lanes, size_t at)
{
	for (size_t i = at; i + 1 < lanes->open.len; i++)
		lanes->open.ptr[i] = lanes->open.ptr[i + 1];
	lanes->open.len--;
}

static void insert_lane(struct lanes *lanes, size_t at, size_t leads_to)
{
	vec_push(lanes->arena, &lanes->open, leads_to);
	for (size_t i = lanes->open.len - 1; i > at; i--)
		lanes->open.ptr[i] = lanes->open.ptr[i - 1];
	lanes->open.ptr[at] = leads_to;
}

/* The lane of a migration; others that lead to it end here. */
static size_t join(struct lanes *lanes, size_t node, const char **ret_before)
{
	size_t at = SIZE_MAX;
	*ret_before = "";
	for (size_t i = 0; i < lanes->open.len; i++) {
		if (lanes->open.ptr[i] != node)
			continue;
		if (at == SIZE_MAX) {
			at = i;
			continue;
		}
		*ret_before = draw(lanes, SIZE_MAX, '|', i, '/');
		remove_lane(lanes, i--);
	}
	if (at != SIZE_MAX)
		return at;
	vec_push(lanes->arena, &lanes->open, node);
	return lanes->open.len - 1;
}

struct lanes_row lanes_next(struct lanes *lanes)
{
	struct lanes_row row = { .after = "" };
	size_t node = lanes->next++, n = count_children(lanes, node);
	size_t at = join(lanes, node, &row.before);
	row.row = draw(lanes, at, '*', SIZE_MAX, 0);
	if (!n) {
		remove_lane(lanes, at);
		return row;
	}
	lanes->open.ptr[at] = lanes->children[node][0];
	for (size_t i = 1; i < n; i++)
		insert_lane(lanes, at + i, lanes->children[node][i]);
	if (n > 1)
		row.after = draw(lanes, SIZE_MAX, '|', at + 1, '\\');
	return row;
}
