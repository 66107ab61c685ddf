/*
 * order.c - revisions in an order in which they can be applied.
 *
 * What a revision stands on (its parents, and what it depends on) comes before it, and a branch stays in one piece: depth first from each head.
 * Alembic's own order is one of these too, but which of them depends on the order in which the disk lists the files.
 */
#include <stdint.h>

#include "format/alembic/alembic.h"

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };

struct visit {
	size_t node, next; /* its next edge */
};

struct ordering {
	struct arena *arena;
	struct history *history;
	struct map by_name; /* versions, and labels where no version is called so */
	size_t **above;
	bool *has_child;
	enum mark *marks;
	VEC(struct visit) stack;
	VEC(size_t) order;
	struct err *err;
};

static bool no_parent(struct ordering *o, const struct migration *migration, struct str name, bool need)
{
	err_set(o->err, ERR_FAILED, "parent-missing", "revision \"%s\" %s \"" STR_FMT "\", which is in no file",
		migration->id, need ? "depends on" : "goes on from", STR_ARG(name));
	err_hint(o->err, "Get its file from version control, or mend the %s of this one.",
		 need ? "depends_on" : "down_revision");
	return err_at(o->err, migration->path, 0, 0);
}

static bool add_edges(struct ordering *o, size_t i, const struct strs *names, bool need, size_t *n)
{
	for (size_t k = 0; k < names->len; k++) {
		struct migration *above = map_get(&o->by_name, names->ptr[k]);
		/* Only depends_on may name a branch. */
		if (!above || (!need && strcmp(above->version, names->ptr[k].ptr) != 0))
			return no_parent(o, &o->history->ptr[i], names->ptr[k], need);
		size_t at = (size_t)(above - o->history->ptr);
		o->above[i][(*n)++] = at;
		o->has_child[at] = true;
	}
	return true;
}

/* What a revision needs, by versions: labels are resolved. */
static void name_needs(struct ordering *o, struct migration *migration, const size_t *from, size_t n)
{
	const char **needs = arena_alloc(o->arena, (n + 1) * sizeof(*needs));
	for (size_t i = 0; i < n; i++)
		needs[i] = o->history->ptr[from[i]].version;
	migration->needs = n ? needs : NULL;
}

static bool resolve(struct ordering *o, size_t i)
{
	const struct revision *revision = o->history->ptr[i].extra;
	size_t n = 0, total = revision->parents.len + revision->needs.len;
	o->above[i] = arena_alloc(o->arena, (total + 1) * sizeof(**o->above));
	if (!add_edges(o, i, &revision->parents, false, &n))
		return false;
	size_t parents = n;
	if (!add_edges(o, i, &revision->needs, true, &n))
		return false;
	name_needs(o, &o->history->ptr[i], o->above[i] + parents, n - parents);
	o->above[i][n] = SIZE_MAX;
	return true;
}

/* The files of the circle that was met: those that are still open, from where it begins. */
static bool circle(struct ordering *o, size_t node)
{
	enum { SHOWN = 10 };
	struct buf text = buf_init(o->arena);
	const struct migration *all = o->history->ptr;
	size_t from = o->stack.len - 1;
	while (from && o->stack.ptr[from].node != node)
		from--;
	for (size_t i = from; i < o->stack.len && i < from + SHOWN; i++)
		buf_printf(&text, "%s stands on ", all[o->stack.ptr[i].node].path);
	err_set(o->err, ERR_FAILED, "revision-circle", "revision \"%s\" stands on itself", all[node].id);
	err_detail(o->err, "%s%s%s.", text.ptr, o->stack.len - from > SHOWN ? "... " : "", all[node].path);
	err_hint(o->err, "Mend the down_revision or the depends_on of one of them.");
	return err_at(o->err, all[node].path, 0, 0);
}

static bool visit(struct ordering *o, size_t start)
{
	if (o->marks[start] == MARK_DONE)
		return true;
	o->stack.len = 0;
	vec_push(o->arena, &o->stack, (struct visit){ start, 0 });
	while (o->stack.len) {
		struct visit *top = &o->stack.ptr[o->stack.len - 1];
		size_t node = top->node, next = o->above[node][top->next++];
		o->marks[node] = next == SIZE_MAX ? MARK_DONE : MARK_OPEN;
		if (next == SIZE_MAX) {
			vec_push(o->arena, &o->order, node);
			o->stack.len--;
		} else if (o->marks[next] == MARK_OPEN) {
			return circle(o, next);
		} else if (o->marks[next] == MARK_NEW) {
			vec_push(o->arena, &o->stack, (struct visit){ next, 0 });
		}
	}
	return true;
}

static void name_all(struct ordering *o)
{
	struct history *history = o->history;
	for (size_t i = 0; i < history->len; i++) {
		const struct revision *revision = history->ptr[i].extra;
		for (size_t k = 0; k < revision->labels.len; k++)
			map_set(o->arena, &o->by_name, revision->labels.ptr[k], &history->ptr[i]);
	}
	for (size_t i = 0; i < history->len; i++)
		map_set(o->arena, &o->by_name, str_of(history->ptr[i].version), &history->ptr[i]);
}

static void rearrange(struct ordering *o)
{
	struct migration *sorted = arena_alloc(o->arena, (o->history->len + 1) * sizeof(*sorted));
	for (size_t i = 0; i < o->order.len; i++)
		sorted[i] = o->history->ptr[o->order.ptr[i]];
	o->history->ptr = sorted;
	o->history->cap = o->history->len;
}

bool alembic_order(struct arena *arena, struct history *history, struct err *err)
{
	struct ordering o = { .arena = arena, .history = history, .err = err };
	o.above = arena_alloc(arena, (history->len + 1) * sizeof(*o.above));
	o.has_child = arena_alloc(arena, history->len + 1);
	o.marks = arena_alloc(arena, (history->len + 1) * sizeof(*o.marks));
	name_all(&o);
	for (size_t i = 0; i < history->len; i++)
		if (!resolve(&o, i))
			return false;
	for (size_t i = 0; i < history->len; i++)
		if (!o.has_child[i] && !visit(&o, i))
			return false;
	/* What no head leads to goes round in a circle. */
	for (size_t i = 0; i < history->len; i++)
		if (o.marks[i] == MARK_NEW && !visit(&o, i))
			return false;
	rearrange(&o);
	return true;
}
