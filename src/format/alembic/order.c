/*
 * order.c - revisions in the order in which Alembic applies them.
 *
 * What a revision stands on (its parents, and what it depends on) comes before it.  Of the many orders in which that is so it is Alembic's own
 * (RevisionMap._topological_sort), from the heads down: branches that meet are walked one after the other, in the order in which the merge names them.  Another order
 * gives tables whose columns stand otherwise.  Several heads are taken by the names of their files, as newer Alembics do; older ones have them as the disk lists them.
 */
#include <assert.h>
#include <stdint.h>

#include "format/alembic/alembic.h"

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };

struct visit {
	size_t node, next; /* its next edge */
};

/* An end of what is not in order yet. */
struct end {
	size_t node, rank;
	bool *reach; /* what it stands on, and itself */
};

struct ordering {
	struct arena *arena;
	struct history *history;
	struct map by_name; /* versions, and labels where no version is called so */
	size_t **above;     /* parents, then needs, ended by SIZE_MAX */
	size_t *nparents;
	bool *has_child;
	enum mark *marks;
	VEC(struct visit) stack;
	VEC(struct end) ends;
	VEC(size_t) open;
	bool *lineage;
	VEC(size_t) order; /* backwards */
	bool *done;
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
	size_t parents = o->nparents[i] = n;
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

/* Fails where it goes round in a circle. */
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

/* ---- from the heads down ---- */

/* Marks what a node stands on, and itself; by_parents: what it needs is not followed. */
static void mark_reach(struct ordering *o, size_t node, bool by_parents, bool *marks)
{
	memset(marks, 0, o->history->len);
	marks[node] = true;
	o->open.len = 0;
	vec_push(o->arena, &o->open, node);
	while (o->open.len) {
		size_t at = o->open.ptr[--o->open.len];
		for (size_t k = 0; o->above[at][k] != SIZE_MAX && (!by_parents || k < o->nparents[at]); k++)
			if (!marks[o->above[at][k]]) {
				marks[o->above[at][k]] = true;
				vec_push(o->arena, &o->open, o->above[at][k]);
			}
	}
}

static void add_end(struct ordering *o, size_t node)
{
	bool *reach = arena_alloc(o->arena, o->history->len + 1);
	mark_reach(o, node, false, reach);
	const struct revision *revision = o->history->ptr[node].extra;
	vec_push(o->arena, &o->ends, (struct end){ node, revision->rank, reach });
}

static bool is_end(const struct ordering *o, size_t node)
{
	for (size_t i = 0; i < o->ends.len; i++)
		if (o->ends.ptr[i].node == node)
			return true;
	return false;
}

/* Does an ancestor by parents alone need the same?  Then it is there already. */
static bool is_needed_above(struct ordering *o, size_t node, size_t need)
{
	mark_reach(o, node, true, o->lineage);
	for (size_t i = 0; i < o->history->len; i++)
		for (size_t k = o->nparents[i]; i != node && o->lineage[i] && o->above[i][k] != SIZE_MAX; k++)
			if (o->above[i][k] == need)
				return true;
	return false;
}

/* What comes next below a node; ret_plain: it has one parent and needs nothing. */
static size_t next_below(struct ordering *o, size_t node, size_t *ret_next, bool *ret_plain)
{
	size_t n = 0;
	*ret_plain = o->nparents[node] == 1;
	for (size_t k = 0; o->above[node][k] != SIZE_MAX; k++) {
		size_t below = o->above[node][k];
		bool need = k >= o->nparents[node], twice = false;
		if (need && is_needed_above(o, node, below))
			continue;
		*ret_plain = *ret_plain && !need;
		for (size_t i = 0; i < n; i++)
			twice = twice || ret_next[i] == below;
		if (!twice && !o->done[below] && !is_end(o, below))
			ret_next[n++] = below;
	}
	return n;
}

/* An end that another one stands on comes later: which one is that?  Itself: none. */
static size_t standing_on(const struct ordering *o, size_t at)
{
	for (size_t i = 0; i < o->ends.len; i++)
		if (i != at && o->ends.ptr[i].reach[o->ends.ptr[at].node])
			return i;
	return at;
}

static void remove_end(struct ordering *o, size_t at)
{
	o->ends.len--;
	memmove(o->ends.ptr + at, o->ends.ptr + at + 1, (o->ends.len - at) * sizeof(*o->ends.ptr));
}

/* Takes the end at this place, and goes on from what it stands on. */
static void take_end(struct ordering *o, size_t *at, size_t *room)
{
	struct end *end = &o->ends.ptr[*at];
	size_t node = end->node;
	bool plain;
	if (!o->done[node])
		vec_push(o->arena, &o->order, node);
	o->done[node] = true;
	size_t n = next_below(o, node, room, &plain);
	if (!n) {
		remove_end(o, *at);
		*at -= *at > 0;
		return;
	}
	end->node = room[0];
	if (plain)
		end->reach[node] = false;
	else
		mark_reach(o, room[0], false, end->reach);
	for (size_t i = 1; i < n; i++)
		add_end(o, room[i]);
}

static int by_rank(const void *a, const void *b)
{
	const struct end *left = a, *right = b;
	return left->rank < right->rank ? -1 : left->rank > right->rank;
}

/* From the ends of what is not done. */
static void walk_down(struct ordering *o)
{
	size_t len = o->history->len, at = 0, *room = arena_alloc(o->arena, (len + 1) * sizeof(*room));
	bool *has_child = arena_alloc(o->arena, len + 1);
	for (size_t i = 0; i < len; i++)
		for (size_t k = 0; !o->done[i] && o->above[i][k] != SIZE_MAX; k++)
			has_child[o->above[i][k]] = true;
	for (size_t i = 0; i < len; i++)
		if (!o->done[i] && !has_child[i])
			add_end(o, i);
	qsort(o->ends.ptr, o->ends.len, sizeof(*o->ends.ptr), by_rank);
	while (o->ends.len) {
		size_t later = standing_on(o, at);
		if (later == at)
			take_end(o, &at, room);
		else
			at = later;
	}
}

static void rearrange(struct ordering *o)
{
	struct migration *sorted = arena_alloc(o->arena, (o->history->len + 1) * sizeof(*sorted));
	assert(o->order.len == o->history->len && "each revision is below a head");
	for (size_t i = 0; i < o->order.len; i++)
		sorted[i] = o->history->ptr[o->order.ptr[o->order.len - 1 - i]];
	o->history->ptr = sorted;
	o->history->cap = o->history->len;
}

static bool begin(struct ordering *o)
{
	size_t len = o->history->len;
	o->above = arena_alloc(o->arena, (len + 1) * sizeof(*o->above));
	o->nparents = arena_alloc(o->arena, (len + 1) * sizeof(*o->nparents));
	o->has_child = arena_alloc(o->arena, len + 1);
	o->done = arena_alloc(o->arena, len + 1);
	o->lineage = arena_alloc(o->arena, len + 1);
	o->marks = arena_alloc(o->arena, (len + 1) * sizeof(*o->marks));
	name_all(o);
	for (size_t i = 0; i < len; i++)
		if (!resolve(o, i))
			return false;
	return true;
}

bool alembic_order(struct arena *arena, struct history *history, struct err *err)
{
	struct ordering o = { .arena = arena, .history = history, .err = err };
	for (size_t i = 0; i < history->len; i++) {
		struct revision *revision = history->ptr[i].extra;
		revision->rank = i;
	}
	if (!begin(&o))
		return false;
	for (size_t i = 0; i < history->len; i++)
		if (!o.has_child[i] && !visit(&o, i))
			return false;
	/* What no head leads to goes round in a circle. */
	for (size_t i = 0; i < history->len; i++)
		if (o.marks[i] == MARK_NEW && !visit(&o, i))
			return false;
	walk_down(&o);
	rearrange(&o);
	return true;
}

/* However they come. From the ends of these alone: that is not always the order that they have among all. */
void alembic_arrange(struct arena *arena, const struct history *history, struct migration **some, size_t n)
{
	struct err ignored = { .arena = arena };
	struct history copy = *history;
	struct ordering o = { .arena = arena, .history = &copy, .err = &ignored };
	for (size_t i = 0; i < n && n == history->len; i++)
		some[i] = &history->ptr[i];
	if (n == history->len || !begin(&o))
		return;
	memset(o.done, true, history->len);
	for (size_t i = 0; i < n; i++)
		o.done[some[i] - history->ptr] = false;
	walk_down(&o);
	assert(o.order.len == n && "each of them is below an end of theirs");
	for (size_t i = 0; i < n; i++)
		some[i] = &history->ptr[o.order.ptr[n - 1 - i]];
}
