#include "author/fix_down.h"

#include "base/file.h"

struct cutting {
	struct workshop *shop;
	struct arena *arena;
	const struct fix_parts *parts;
	struct schema *states; /* states[i]: when i parts have run */
	const char *database;  /* in which all have */
};

static bool same(struct cutting *c, const struct schema *a, const struct schema *b)
{
	struct diff_options plain = { .plain = true };
	struct diff diff;
	diff_schemas(c->arena, a, b, &plain, &diff);
	return !diff.differences.len;
}

static bool find_states(struct cutting *c, const char *base, struct err *err)
{
	size_t n = c->parts->len;
	c->states = arena_alloc(c->arena, (n + 1) * sizeof(*c->states));
	if (!workshop_copy(c->shop, base, &c->database, err) ||
	    !workshop_load(c->shop, c->database, &c->states[0], err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!workshop_run_text(c->shop, c->database, c->parts->ptr[i].text, err) ||
		    !workshop_load(c->shop, c->database, &c->states[i + 1], err))
			return false;
	return true;
}

static bool run_and_load(struct cutting *c, const char *database, struct str text, struct schema *ret_schema)
{
	struct err ignored = { .arena = c->arena };
	return workshop_run_text(c->shop, database, text, &ignored) &&
		workshop_load(c->shop, database, ret_schema, &ignored);
}

static const char *path_of(struct cutting *c, size_t part)
{
	const struct format *format = c->shop->ctx->project->format;
	return path_join(c->arena, path_dir(c->arena, c->parts->ptr[part].path), format->down_file);
}

/* False: its statements are in another order than the parts, or one cannot run by itself. */
static bool cut_text(struct cutting *c, const struct script *script, struct fix_parts *downs)
{
	struct str text = script->source.text;
	struct err ignored = { .arena = c->arena };
	const char *copy;
	size_t left = c->parts->len, from = 0;
	if (!workshop_copy(c->shop, c->database, &copy, &ignored))
		return false;
	for (size_t i = 0; i < script->stmts.len; i++) {
		struct schema now;
		if (!run_and_load(c, copy, script->stmts.ptr[i].text, &now))
			return false;
		bool last = i + 1 == script->stmts.len;
		if (left > 1 ? !same(c, &now, &c->states[left - 1]) : !last)
			continue;
		if (!same(c, &now, &c->states[left - 1]))
			return false;
		size_t end = last ? text.len : fix_end_of(text, &script->stmts.ptr[i]);
		downs->ptr[--left] = (struct fix_part){ path_of(c, left), str_slice(text, from, end) };
		from = end;
	}
	return left == 0;
}

/* The later parts by what the server says of them; the script itself from there on. */
static bool make_anew(struct cutting *c, const struct script *script, struct fix_parts *downs)
{
	struct err ignored = { .arena = c->arena };
	struct diff_options plain = { .plain = true };
	const char *copy;
	struct schema now;
	if (!workshop_copy(c->shop, c->database, &copy, &ignored))
		return false;
	for (size_t i = c->parts->len; i-- > 1;) {
		struct diff diff;
		diff_schemas(c->arena, &c->states[i + 1], &c->states[i], &plain, &diff);
		struct str text = statements_script(c->arena, &diff.statements, 0, diff.statements.len);
		if (!run_and_load(c, copy, text, &now) || !same(c, &now, &c->states[i]))
			return false;
		downs->ptr[i] = (struct fix_part){ path_of(c, i), text };
	}
	downs->ptr[0] = (struct fix_part){ path_of(c, 0), script->source.text };
	return run_and_load(c, copy, script->source.text, &now) && same(c, &now, &c->states[0]);
}

bool fix_down_cut(struct workshop *shop, const char *base, const struct migration *migration,
		  const struct fix_parts *parts, struct fix_parts *ret_downs, struct err *err)
{
	struct project *project = shop->ctx->project;
	struct cutting c = { .shop = shop, .arena = shop->ctx->arena, .parts = parts };
	struct fix_parts downs = { 0 };
	struct migration copy = *migration;
	struct script script;
	if (!project->format->read_down(c.arena, &project->settings, &copy, &script, err) ||
	    !find_states(&c, base, err))
		return false;
	for (size_t i = 0; i < parts->len; i++)
		vec_push(c.arena, &downs, (struct fix_part){ 0 });
	if (!cut_text(&c, &script, &downs) && !make_anew(&c, &script, &downs))
		downs.len = 0;
	*ret_downs = downs;
	return true;
}
