#include "run/named.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* ---- one migration ---- */

static bool by_id(const struct migration *migration, const char *text)
{
	return strcmp(migration->version, text) == 0 || strcmp(migration->id, text) == 0;
}

/* By its file, or by the folder that it has to itself. */
static bool by_file(const struct migration *migration, const char *text)
{
	struct str path = str_of(migration->path), end = str_of(text);
	while (end.len && end.ptr[end.len - 1] == '/')
		end.len--;
	const char *base = path_base(migration->path);
	struct str folder = { path.ptr, (size_t)(base - path.ptr) - (base > path.ptr) };
	if (!strchr(text, '/'))
		return strcmp(base, text) == 0;
	return str_ends(path, end) || str_ends(end, path) ||
		(folder.len && (str_ends(folder, end) || str_ends(end, folder)));
}

/* "7" for 0007: where versions are numbers, that is what people type. */
static bool by_number(const struct migration *migration, const char *text)
{
	const char *version = migration->version;
	if (!*text || strspn(version, "0123456789") != strlen(version))
		return false;
	return strcmp(version + strspn(version, "0"), text + strspn(text, "0")) == 0;
}

/* By its name alone, or by the first part of its version: 20240131120000 of 20240131120000_add_users. */
static bool by_part(const struct migration *migration, const char *text)
{
	size_t n = strlen(text);
	return strcmp(migration->name, text) == 0 ||
		(n && strncmp(migration->version, text, n) == 0 && migration->version[n] == '_');
}

/* Ids of revisions are long; their first characters do where only one begins so. */
static bool one_begins_with(const struct history *history, const char *text, size_t *ret_index)
{
	enum { LEAST = 4 };
	size_t found = 0;
	for (size_t i = 0; i < history->len && strlen(text) >= LEAST; i++)
		if (history->ptr[i].parents && str_starts(str_of(history->ptr[i].version), str_of(text))) {
			*ret_index = i;
			found++;
		}
	return found == 1;
}

bool history_find(const struct history *history, const char *named, size_t *ret_index, struct err *err)
{
	static bool (*const ways[])(const struct migration *, const char *) = { by_id, by_file, by_number, by_part };
	for (size_t way = 0; way < LEN(ways); way++) {
		size_t found = 0;
		for (size_t i = 0; i < history->len; i++)
			if (ways[way](&history->ptr[i], named) && !found++)
				*ret_index = i;
		if (found == 1 || (found && way == 0))
			return true;
	}
	if (one_begins_with(history, named, ret_index))
		return true;
	err_set(err, ERR_USAGE, "no-such-migration", "there is no migration \"%s\" in %s", named, history->folder);
	return err_hint(err, "\"brant status\" lists them; give the version, the name or the file.");
}

/* ---- a place in a history that branches ---- */

static const size_t BASE = SIZE_MAX; /* in front of the first migration of all */

struct lookup {
	struct arena *arena;
	const struct history *history;
	const bool *applied;
	struct graph graph;   /* with all that a migration needs */
	struct graph lineage; /* parents alone: what branches are made of */
	const char *place;    /* as it was typed */
	bool *branch;         /* the migrations of the branch in front of the @, or all */
	bool whole;           /* all */
	struct err *err;
};

static bool unclear(struct lookup *l, const char *why, const char *hint)
{
	err_set(l->err, ERR_USAGE, "place-unclear", "\"%s\": %s", l->place, why);
	return err_hint(l->err, "%s", hint);
}

static const char named_branch[] = "Name the branch: LABEL@head, LABEL@-1, or a revision. \"brant status\" draws them.";

static bool has_label(const struct migration *migration, struct str name)
{
	for (const char **label = migration->labels; label && *label; label++)
		if (str_eq(str_of(*label), name))
			return true;
	return false;
}

static bool no_branch(struct lookup *l, struct str name)
{
	struct buf labels = buf_init(l->arena);
	for (size_t i = 0; i < l->history->len; i++)
		for (const char *const *label = (const char *const *)l->history->ptr[i].labels; label && *label;
		     label++)
			buf_printf(&labels, "%s%s", labels.len ? ", " : "", *label);
	err_set(l->err, ERR_USAGE, "no-such-migration", "no branch and no migration is called \"" STR_FMT "\"",
		STR_ARG(name));
	if (!labels.len)
		return err_hint(l->err, "Any migration of a branch may name it; no branch has a label here.");
	return err_hint(l->err, "The branches are: %s. Any migration of one may name it, too.", labels.ptr);
}

/* BRANCH is a label, or any migration: the branch is what stands on it, and what it stands on. */
static bool find_branch(struct lookup *l, struct str name)
{
	size_t at = l->history->len;
	l->whole = !name.len;
	l->branch = arena_alloc(l->arena, l->history->len + 1);
	memset(l->branch, l->whole, l->history->len);
	if (l->whole)
		return true;
	for (size_t i = 0; i < l->history->len; i++)
		if (has_label(&l->history->ptr[i], name))
			at = i;
	if (at == l->history->len && !history_find(l->history, str_dup(l->arena, name), &at, l->err))
		return no_branch(l, name);
	/* Not into one array: what stands on an ancestor is another branch. */
	bool *above = arena_alloc(l->arena, l->history->len + 1);
	graph_mark_descendants(&l->lineage, at, above);
	graph_mark_ancestors(&l->lineage, at, l->branch);
	for (size_t i = 0; i < l->history->len; i++)
		l->branch[i] = l->branch[i] || above[i];
	return true;
}

static bool stands_on(const struct graph *graph, size_t index, size_t below)
{
	const size_t *above = graph->above[index];
	if (below == BASE)
		return *above == SIZE_MAX;
	while (*above != SIZE_MAX && *above != below)
		above++;
	return *above == below && below != SIZE_MAX;
}

/* One step up on the branch, or down: there is but one way down, unless branches were merged. */
static bool one_step(struct lookup *l, bool up, size_t *index)
{
	size_t found = 0, next = BASE;
	for (size_t i = 0; i < l->history->len; i++) {
		bool fits = up ? l->branch[i] && stands_on(&l->lineage, i, *index)
			       : *index != BASE && stands_on(&l->lineage, *index, i);
		if (fits) {
			next = i;
			found++;
		}
	}
	if (found > 1)
		return unclear(l, up ? "the history branches on the way" : "branches were merged on the way",
			       named_branch);
	if (!found && (up || *index == BASE))
		return unclear(l, "there are not so many migrations", "\"brant status\" lists them.");
	*index = next;
	return true;
}

static bool walk(struct lookup *l, long long steps, size_t *index)
{
	for (long long n = 0; n < llabs(steps); n++)
		if (!one_step(l, steps > 0, index))
			return false;
	return true;
}

/* Where the branch is in the database: BASE where nothing of it is. */
static bool find_current(struct lookup *l, size_t *ret_index)
{
	bool *there = arena_alloc(l->arena, l->history->len + 1);
	size_t found = 0;
	*ret_index = BASE;
	for (size_t i = 0; i < l->history->len; i++)
		there[i] = l->branch[i] && l->applied[i];
	for (size_t i = 0; i < l->history->len; i++)
		if (graph_is_head(&l->lineage, i, there)) {
			*ret_index = i;
			found++;
		}
	return found < 2 || unclear(l, "the database is on several branches", named_branch);
}

static void mark_heads(const struct lookup *l, bool *marked, size_t *ret_n, size_t *ret_last)
{
	*ret_n = 0;
	for (size_t i = 0; i < l->history->len; i++) {
		marked[i] = graph_is_head(&l->lineage, i, l->branch);
		*ret_n += marked[i];
		*ret_last = marked[i] ? i : *ret_last;
	}
}

/* "REVISION+2": ret_steps 0 where it is nothing of the kind. */
static struct str relative(struct str text, long long *ret_steps)
{
	size_t digits = text.len;
	unsigned long long n = 0;
	*ret_steps = 0;
	while (digits && text.ptr[digits - 1] >= '0' && text.ptr[digits - 1] <= '9')
		digits--;
	if (!digits || digits == text.len || (text.ptr[digits - 1] != '+' && text.ptr[digits - 1] != '-') ||
	    !str_to_u64(str_slice(text, digits, text.len), &n) || n > 100000)
		return text;
	*ret_steps = text.ptr[digits - 1] == '+' ? (long long)n : -(long long)n;
	return str_slice(text, 0, digits - 1);
}

static bool find_start(struct lookup *l, struct str name, size_t *ret_index)
{
	if (!name.len)
		return find_current(l, ret_index);
	if (!history_find(l->history, str_dup(l->arena, name), ret_index, l->err))
		return false;
	return l->branch[*ret_index] || unclear(l, "this migration is not on that branch", named_branch);
}

/* The only head of the branch. */
static bool find_head(struct lookup *l, size_t *ret_index)
{
	bool *marked = arena_alloc(l->arena, l->history->len + 1);
	size_t n;
	*ret_index = BASE;
	mark_heads(l, marked, &n, ret_index);
	return n < 2 ||
		unclear(l, "there are several heads", "\"heads\" means all of them, LABEL@head the one of a branch.");
}

/* The place behind the @; BASE is one too. */
static bool find_place(struct lookup *l, struct str name, size_t *ret_index)
{
	struct err ignored = { .arena = l->arena };
	long long steps;
	if (name.len && history_find(l->history, str_dup(l->arena, name), ret_index, &ignored))
		return find_start(l, name, ret_index);
	if (str_eq(name, STR("base"))) {
		*ret_index = BASE;
		return true;
	}
	if (str_eq(name, STR("head")) || !name.len)
		return find_head(l, ret_index);
	struct str symbol = relative(name, &steps);
	return find_start(l, symbol, ret_index) && walk(l, steps, ret_index);
}

/* ret_name: what stands behind the @. */
static bool look(struct arena *arena, const struct history *history, const bool *applied, const char *place,
		 struct lookup *l, struct str *ret_name, struct err *err)
{
	struct str text = str_of(place), branch = { 0 };
	const char *at = strrchr(place, '@');
	*l = (struct lookup){ .arena = arena, .history = history, .applied = applied, .place = place, .err = err };
	graph_make(arena, history, &l->graph);
	graph_make_lineage(arena, history, &l->lineage);
	*ret_name = text;
	if (at) {
		branch = str_slice(text, 0, (size_t)(at - place));
		*ret_name = str_slice(text, branch.len + 1, text.len);
	}
	return find_branch(l, branch);
}

/* Names in a line of files may have any characters: there is nothing else that they could mean. */
static bool is_one(const struct history *history, const char *place, size_t *ret_index, struct err *err)
{
	struct err ignored = { .arena = err->arena };
	return history_find(history, place, ret_index, history_branches(history) ? &ignored : err);
}

bool named_up(struct arena *arena, const struct history *history, const bool *applied, const char *place, bool *marked,
	      size_t *ret_last, struct err *err)
{
	struct lookup l;
	struct str name;
	size_t index = BASE, n = 0;
	bool *heads = arena_alloc(arena, history->len + 1);
	if (!is_one(history, place, &index, err)) {
		if (!history_branches(history) || !look(arena, history, applied, place, &l, &name, err))
			return false;
		if (str_eq(name, STR("heads")))
			mark_heads(&l, heads, &n, &index);
		else if (!find_place(&l, name, &index))
			return false;
	} else {
		graph_make(arena, history, &l.graph);
	}
	if (index != BASE)
		heads[index] = true;
	for (size_t i = 0; i < history->len; i++)
		if (heads[i])
			graph_mark_ancestors(&l.graph, i, marked);
	*ret_last = index != BASE && n < 2 ? index : history->len;
	return true;
}

static bool not_applied(struct lookup *l, size_t index)
{
	return unclear(l, "this migration is not applied",
		       arena_printf(l->arena, "\"down\" undoes what stands on %s, and leaves that one itself.",
				    l->history->ptr[index].version));
}

bool named_down(struct arena *arena, const struct history *history, const bool *applied, const char *place,
		bool *marked, struct err *err)
{
	struct lookup l;
	struct str name;
	size_t index = BASE;
	if (history_branches(history)) {
		if (!look(arena, history, applied, place, &l, &name, err) || !find_place(&l, name, &index))
			return false;
	} else if (!look(arena, history, applied, "", &l, &name, err) ||
		   (strcmp(place, "base") != 0 && !history_find(history, place, &index, err))) {
		return false;
	}
	l.place = place;
	if (index != BASE && !applied[index])
		return not_applied(&l, index);
	for (size_t i = 0; i < history->len; i++)
		if (l.branch[i] && stands_on(&l.lineage, i, index))
			graph_mark_descendants(&l.graph, i, marked);
	return true;
}

static bool is_label(const struct history *history, const char *name)
{
	for (size_t i = 0; i < history->len; i++)
		if (has_label(&history->ptr[i], str_of(name)))
			return true;
	return false;
}

bool named_one(struct arena *arena, const struct history *history, const char *place, size_t *ret_index,
	       struct err *err)
{
	struct lookup l;
	struct str name;
	size_t index = BASE;
	bool *none = arena_alloc(arena, history->len + 1);
	if (is_label(history, place))
		place = arena_printf(arena, "%s@head", place);
	if (!look(arena, history, none, place, &l, &name, err) || !find_place(&l, name, &index))
		return false;
	*ret_index = index == BASE ? history->len : index;
	return true;
}
