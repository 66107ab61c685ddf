#include "format/graph.h"

#include <stdint.h>

#include "base/map.h"

bool history_branches(const struct history *history)
{
	for (size_t i = 0; i < history->len; i++)
		if (history->ptr[i].parents)
			return true;
	return false;
}

static size_t count(const char *const *names)
{
	size_t n = 0;
	while (names && names[n])
		n++;
	return n;
}

static size_t *edges(struct arena *arena, const struct migration *migration, const struct map *by_version,
		     const struct history *history, bool needs)
{
	const char **const lists[] = { migration->parents, needs ? migration->needs : NULL };
	size_t n = 0;
	size_t *above = arena_alloc(arena, (count(migration->parents) + count(migration->needs) + 1) * sizeof(*above));
	for (size_t list = 0; list < LEN(lists); list++)
		for (size_t i = 0; lists[list] && lists[list][i]; i++) {
			const struct migration *parent = map_get(by_version, str_of(lists[list][i]));
			if (parent)
				above[n++] = (size_t)(parent - history->ptr);
		}
	above[n] = SIZE_MAX;
	return above;
}

static size_t *line(struct arena *arena, size_t i)
{
	size_t *above = arena_alloc(arena, 2 * sizeof(*above));
	above[0] = i ? i - 1 : SIZE_MAX;
	above[1] = SIZE_MAX;
	return above;
}

static void make(struct arena *arena, const struct history *history, bool needs, struct graph *ret_graph)
{
	struct graph graph = { .len = history->len };
	struct map by_version = { 0 };
	bool branches = history_branches(history);
	graph.above = arena_alloc(arena, (history->len + 1) * sizeof(*graph.above));
	for (size_t i = 0; i < history->len; i++)
		map_set(arena, &by_version, str_of(history->ptr[i].version), &history->ptr[i]);
	for (size_t i = 0; i < history->len; i++)
		graph.above[i] =
			branches ? edges(arena, &history->ptr[i], &by_version, history, needs) : line(arena, i);
	*ret_graph = graph;
}

void graph_make(struct arena *arena, const struct history *history, struct graph *ret_graph)
{
	make(arena, history, true, ret_graph);
}

void graph_make_lineage(struct arena *arena, const struct history *history, struct graph *ret_graph)
{
	make(arena, history, false, ret_graph);
}

/* Parents come first, so one walk backwards meets everything in time. */
void graph_mark_ancestors(const struct graph *graph, size_t index, bool *marked)
{
	marked[index] = true;
	for (size_t i = index + 1; i-- > 0;)
		for (const size_t *above = graph->above[i]; marked[i] && *above != SIZE_MAX; above++)
			marked[*above] = true;
}

void graph_mark_descendants(const struct graph *graph, size_t index, bool *marked)
{
	marked[index] = true;
	for (size_t i = index + 1; i < graph->len; i++)
		for (const size_t *above = graph->above[i]; *above != SIZE_MAX; above++)
			marked[i] = marked[i] || marked[*above];
}

bool graph_is_head(const struct graph *graph, size_t index, const bool *marked)
{
	for (size_t i = index + 1; i < graph->len; i++)
		for (const size_t *above = graph->above[i]; *above != SIZE_MAX; above++)
			if (*above == index && (!marked || marked[i]))
				return false;
	return !marked || marked[index];
}
