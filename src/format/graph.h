/*
 * graph.h - histories that branch: which migrations stand on which.
 *
 * Edges are a migration's parents and what else it needs.  Indices are those of the history, where parents come before their children.
 */
#ifndef BRANT_FORMAT_GRAPH_H
#define BRANT_FORMAT_GRAPH_H

#include "format/history.h"

struct graph {
	size_t len;
	size_t **above; /* of each migration those that it stands on, ended by SIZE_MAX */
};

/* Of a history whose parents all exist; one without parents at all is a line, each standing on the one before. */
void graph_make(struct arena *arena, const struct history *history, struct graph *ret_graph);

/* The same of parents alone: what branches are made of. */
void graph_make_lineage(struct arena *arena, const struct history *history, struct graph *ret_graph);

/* Does the history branch at all, as far as its tool is concerned? */
bool history_branches(const struct history *history);

/* Marks index and all that it stands on. */
void graph_mark_ancestors(const struct graph *graph, size_t index, bool *marked);

/* Marks index and all that stand on it. */
void graph_mark_descendants(const struct graph *graph, size_t index, bool *marked);

/* Is it among the marked (NULL: all), and does none of them stand on it? */
bool graph_is_head(const struct graph *graph, size_t index, const bool *marked);

#endif
