#include "workshop/partial.h"

struct planning {
	struct arena *arena;
	const struct script *now;
	struct map changed; /* tables that changed statements are about */
	struct map taken;   /* and those that refer to them */
	struct map needed;  /* and those that all of these refer to */
};

/* ---- what a statement is about ---- */

static bool has(const struct map *map, struct str name)
{
	return map_get(map, name) != NULL;
}

static void add(struct arena *arena, struct map *map, struct str name)
{
	map_set(arena, map, name, map);
}

static bool is_of_table(const struct touch *touch)
{
	return (touch->kind == OBJECT_TABLE || object_is_on_table(touch->kind)) && touch->verb != TOUCH_READ &&
		touch->verb != TOUCH_REFERENCE;
}

/* The one table that it is about; .ptr NULL: none. */
static struct str subject_of(const struct stmt *stmt)
{
	for (size_t i = 0; i < stmt->touches.len; i++)
		if (is_of_table(&stmt->touches.ptr[i]))
			return stmt->touches.ptr[i].name;
	return (struct str){ 0 };
}

static bool has_one_subject(const struct stmt *stmt)
{
	struct str subject = subject_of(stmt);
	for (size_t i = 0; i < stmt->touches.len; i++)
		if (is_of_table(&stmt->touches.ptr[i]) && !str_eq(stmt->touches.ptr[i].name, subject))
			return false;
	return true;
}

static bool refers(const struct touch *touch)
{
	return touch->verb == TOUCH_REFERENCE;
}

static bool has_references(const struct stmt *stmt)
{
	for (size_t i = 0; i < stmt->touches.len; i++)
		if (refers(&stmt->touches.ptr[i]))
			return true;
	return false;
}

static bool refers_to(const struct stmt *stmt, const struct map *tables)
{
	for (size_t i = 0; i < stmt->touches.len; i++)
		if (refers(&stmt->touches.ptr[i]) && has(tables, stmt->touches.ptr[i].name))
			return true;
	return false;
}

/* A view, a policy, a function with its row type. */
static bool reads(const struct stmt *stmt, const struct map *tables)
{
	for (size_t i = 0; i < stmt->touches.len; i++)
		if (stmt->touches.ptr[i].verb == TOUCH_READ && has(tables, stmt->touches.ptr[i].name))
			return true;
	return false;
}

static bool names_kind(const struct stmt *stmt, enum object_kind kind)
{
	for (size_t i = 0; i < stmt->touches.len; i++)
		if (stmt->touches.ptr[i].kind == kind)
			return true;
	return false;
}

static bool reads_tables(const struct stmt *stmt)
{
	for (size_t i = 0; i < stmt->touches.len; i++)
		if (stmt->touches.ptr[i].verb == TOUCH_READ && stmt->touches.ptr[i].kind == OBJECT_TABLE)
			return true;
	return false;
}

/* Can it be told which table it is about, or that it is about none? */
static bool is_plain(const struct stmt *stmt)
{
	bool is_code = strcmp(stmt->tag, "DO") == 0;
	bool told = subject_of(stmt).ptr || (!has_references(stmt) && !names_kind(stmt, OBJECT_INDEX));
	return stmt->kind == STMT_SQL && stmt->understood && !is_code && !stmt->no_tx && !stmt->sets_path &&
		!stmt->sets_role && told && has_one_subject(stmt);
}

/* A change to it is a change to one table, and to nothing beside it. */
static bool changes_table_only(const struct stmt *stmt)
{
	for (size_t i = 0; i < stmt->touches.len; i++) {
		const struct touch *touch = &stmt->touches.ptr[i];
		bool about_type = touch->verb == TOUCH_READ &&
			(touch->kind == OBJECT_TYPE || touch->kind == OBJECT_FUNCTION || touch->kind == OBJECT_ROLE);
		bool index = touch->kind == OBJECT_INDEX && touch->verb == TOUCH_CREATE;
		if (!is_of_table(touch) && !refers(touch) && !about_type && !index)
			return false;
	}
	return subject_of(stmt).ptr != NULL;
}

bool stmt_changes_one_table(const struct stmt *stmt, struct str *ret_table)
{
	*ret_table = subject_of(stmt);
	return is_plain(stmt) && changes_table_only(stmt);
}

/* ---- which statements have changed ---- */

static size_t common_start(struct str a, struct str b)
{
	size_t n = 0, most = a.len < b.len ? a.len : b.len;
	while (n < most && a.ptr[n] == b.ptr[n])
		n++;
	return n;
}

static size_t common_end(struct str a, struct str b)
{
	size_t n = 0, most = a.len < b.len ? a.len : b.len;
	while (n < most && a.ptr[a.len - 1 - n] == b.ptr[b.len - 1 - n])
		n++;
	return n;
}

/*
 * Statements from one on to before another that hold all the differences.  Up to the first difference both texts are cut into the same statements, and
 * the rest of the earlier one is cut anew, which fails where it is cut within something.
 */
static bool cut_out(struct planning *p, struct str before, size_t *ret_first, size_t *ret_end,
		    struct script *ret_before)
{
	const struct stmts *stmts = &p->now->stmts;
	struct str now = p->now->source.text;
	struct err ignored = { .arena = p->arena };
	struct script_options options = { 0 };
	size_t start = common_start(before, now), end, first = 0, last = stmts->len;
	/* Where the next one begins alike, its semicolon does, too: what it says goes on no further in the earlier text. */
	while (first + 1 < stmts->len && stmts->ptr[first + 1].offset <= start)
		first++;
	size_t from = first ? stmts->ptr[first - 1].offset + stmts->ptr[first - 1].length : 0;
	end = common_end(str_slice(before, from, before.len), str_slice(now, from, now.len));
	while (last > first && stmts->ptr[last - 1].offset >= now.len - end)
		last--;
	size_t to = last < stmts->len ? before.len - (now.len - stmts->ptr[last].offset) : before.len;
	*ret_first = first;
	*ret_end = last;
	return from <= to &&
		script_parse(p->arena, &options, "earlier", str_slice(before, from, to), ret_before, &ignored);
}

static bool note_changes(struct planning *p, const struct stmt *stmts, size_t len, const struct map *others)
{
	for (size_t i = 0; i < len; i++) {
		if (has(others, stmts[i].text))
			continue;
		if (!is_plain(&stmts[i]) || !changes_table_only(&stmts[i]))
			return false;
		add(p->arena, &p->changed, subject_of(&stmts[i]));
	}
	return true;
}

static bool find_changes(struct planning *p, struct str before)
{
	size_t first, end;
	struct script earlier;
	struct map old = { 0 }, new = { 0 };
	if (!cut_out(p, before, &first, &end, &earlier))
		return false;
	for (size_t i = 0; i < earlier.stmts.len; i++)
		add(p->arena, &old, earlier.stmts.ptr[i].text);
	for (size_t i = first; i < end; i++)
		add(p->arena, &new, p->now->stmts.ptr[i].text);
	return note_changes(p, earlier.stmts.ptr, earlier.stmts.len, &new) &&
		note_changes(p, p->now->stmts.ptr + first, end - first, &old) && p->changed.len;
}

/* ---- which tables are made ---- */

static bool find_taken(struct planning *p)
{
	for (size_t i = 0; i < p->now->stmts.len; i++) {
		const struct stmt *stmt = &p->now->stmts.ptr[i];
		struct str subject = subject_of(stmt);
		if (!is_plain(stmt) || (reads(stmt, &p->changed) && !has(&p->changed, subject)))
			return false;
		if (subject.ptr && (has(&p->changed, subject) || refers_to(stmt, &p->changed)))
			add(p->arena, &p->taken, subject);
	}
	for (size_t i = 0; i < p->changed.len; i++)
		add(p->arena, &p->taken, p->changed.ptr[i].key);
	return true;
}

/* Of a table that is only referred to, its own references are not needed, but for those that CREATE TABLE has in it. */
static bool runs(const struct planning *p, const struct stmt *stmt)
{
	struct str subject = subject_of(stmt);
	if (!subject.ptr)
		return !reads_tables(stmt) && !names_kind(stmt, OBJECT_VIEW) && !names_kind(stmt, OBJECT_MATVIEW);
	if (has(&p->taken, subject))
		return true;
	return has(&p->needed, subject) && (!has_references(stmt) || stmt->makes_table) && !reads_tables(stmt);
}

/* Each turn adds what the statements that run refer to. */
static void find_needed(struct planning *p)
{
	for (size_t before = (size_t)-1; before != p->needed.len;) {
		before = p->needed.len;
		for (size_t i = 0; i < p->now->stmts.len; i++) {
			const struct stmt *stmt = &p->now->stmts.ptr[i];
			for (size_t k = 0; runs(p, stmt) && k < stmt->touches.len; k++) {
				const struct touch *touch = &stmt->touches.ptr[k];
				if (refers(touch) || (touch->verb == TOUCH_READ && touch->kind == OBJECT_TABLE))
					add(p->arena, &p->needed, touch->name);
			}
		}
	}
}

static void add_names(struct arena *arena, const struct map *names, struct strs *to)
{
	for (size_t i = 0; i < names->len; i++)
		vec_push(arena, to, names->ptr[i].key);
}

/* The known schema has it already. */
static bool makes_schema_only(const struct stmt *stmt)
{
	return strcmp(stmt->tag, "CREATE SCHEMA") == 0 && stmt->touches.len == 1;
}

bool partial_plan(struct arena *arena, struct str before, const struct script *now, struct partial *ret_partial)
{
	struct planning p = { .arena = arena, .now = now };
	struct partial partial = { .runs = arena_alloc(arena, (now->stmts.len + 1) * sizeof(*partial.runs)) };
	if (!find_changes(&p, before) || !find_taken(&p))
		return false;
	find_needed(&p);
	partial.alone = true;
	for (size_t i = 0; i < now->stmts.len; i++) {
		partial.len += partial.runs[i] = runs(&p, &now->stmts.ptr[i]);
		partial.alone =
			partial.alone && (subject_of(&now->stmts.ptr[i]).ptr || makes_schema_only(&now->stmts.ptr[i]));
	}
	add_names(arena, &p.taken, &partial.tables);
	add_names(arena, &p.taken, &partial.all);
	add_names(arena, &p.needed, &partial.all);
	*ret_partial = partial;
	/* The rest has to be worth it. */
	return partial.len * 2 < now->stmts.len;
}
