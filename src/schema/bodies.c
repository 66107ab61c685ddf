/*
 * What a body names.  PostgreSQL does not know what a function's body uses.  While functions are only created that does not matter, but where the
 * plan runs one (a check, a default, an index, a materialized view) what it calls has to be there.  The names in its text are a hint: they order what
 * could stand in any order, and never make a circle.
 */
#include "schema/work.h"
#include "sql/lex.h"

struct named {
	struct work *work;
	struct map by_name;      /* what is made: a name -> struct objects */
	struct objects **bodies; /* by position in to: what its body names; NULL: not read yet */
	size_t *seen;            /* by position in to: from which root it was reached last */
	struct objects todo;     /* reached from the root */
	size_t root;             /* its position + 1 */
};

static bool is_function(const struct object *object)
{
	return object->kind == KIND_FUNCTION || object->kind == KIND_PROCEDURE;
}

static bool can_be_named(const struct object *object)
{
	return is_function(object) || object->kind == KIND_TABLE || object->kind == KIND_VIEW ||
		object->kind == KIND_MATERIALIZED_VIEW || object->kind == KIND_SEQUENCE;
}

static void learn(struct named *n)
{
	struct work *work = n->work;
	for (size_t i = 0; i < work->to->objects.len; i++) {
		struct object *object = work->to->objects.ptr[i];
		if (!work->new[i].node || !can_be_named(object))
			continue;
		struct objects *same_name = map_get(&n->by_name, str_of(object->name));
		if (!same_name)
			map_set(work->arena, &n->by_name, str_of(object->name),
				same_name = arena_alloc(work->arena, sizeof(*same_name)));
		vec_push(work->arena, same_name, object);
	}
}

/* ---- who is run while the plan is ---- */

static bool runs_functions(const struct object *object)
{
	switch ((int)object->kind) {
	case KIND_COLUMN:
	case KIND_DEFAULT:
	case KIND_CONSTRAINT:
	case KIND_INDEX:
	case KIND_DOMAIN:
	case KIND_DOMAIN_CONSTRAINT:
	case KIND_MATERIALIZED_VIEW:
		return true;
	default:
		return false;
	}
}

static void remember(struct named *n, struct object *object)
{
	if (n->seen[object->position] == n->root)
		return;
	n->seen[object->position] = n->root;
	vec_push(n->work->arena, &n->todo, object);
}

/* ---- what they name ---- */

static bool leads(const struct work *work, size_t from, size_t to, bool *seen)
{
	if (from == to)
		return true;
	seen[from] = true;
	for (size_t i = 0; i < work->nodes.ptr[from].next.len; i++) {
		size_t next = work->nodes.ptr[from].next.ptr[i];
		if (!seen[next] && leads(work, next, to, seen))
			return true;
	}
	return false;
}

static void before_if_free(struct work *work, ptrdiff_t first, ptrdiff_t then)
{
	struct arena *scratch = arena_new(NULL);
	bool *seen = arena_alloc(scratch, work->nodes.len * sizeof(*seen));
	if (first && then && !leads(work, (size_t)then - 1, (size_t)first - 1, seen))
		order_before(work, first, then);
	arena_free(scratch);
}

/* Between the dollars of "AS $function$ ... $function$"; empty where it has no such text. */
static struct str body_of(const struct object *function)
{
	const char *definition = object_get(function, "definition"),
		   *open = definition ? strstr(definition, "\nAS $") : NULL;
	const char *tag = open ? open + strlen("\nAS ") : NULL, *end = tag ? strchr(tag + 1, '$') : NULL;
	if (!end)
		return (struct str){ 0 };
	return (struct str){ end + 1, strlen(end + 1) };
}

/* What is made and named in a body; if the function is made or changed itself, that comes first. */
static const struct objects *names_in(struct named *n, const struct object *function)
{
	struct work *work = n->work;
	struct objects *found = n->bodies[function->position];
	struct str body = body_of(function);
	if (found)
		return found;
	if (!n->by_name.len)
		learn(n);
	n->bodies[function->position] = found = arena_alloc(work->arena, sizeof(*found));
	for (struct token t = lex_token(body, 0); body.len && t.kind != TOKEN_END; t = lex_token(body, t.to)) {
		if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED)
			continue;
		const struct objects *meant = map_get(&n->by_name, token_name(work->arena, body, &t));
		for (size_t i = 0; meant && i < meant->len; i++) {
			before_if_free(work, work->new[meant->ptr[i]->position].node,
				       work->new[function->position].node);
			vec_push(work->arena, found, meant->ptr[i]);
		}
	}
	return found;
}

/* Where the function stays as it is, what it names has to come before the one that runs it. */
static void follow_body(struct named *n, const struct object *function, const struct object *root)
{
	struct work *work = n->work;
	const struct objects *named = names_in(n, function);
	for (size_t i = 0; i < named->len; i++) {
		if (!work->new[function->position].node)
			before_if_free(work, work->new[named->ptr[i]->position].node, work->new[root->position].node);
		remember(n, named->ptr[i]);
	}
}

static void follow(struct named *n, struct object *root)
{
	n->todo.len = 0;
	n->root = root->position + 1;
	remember(n, root);
	for (size_t i = 0; i < n->todo.len; i++) {
		struct object *object = n->todo.ptr[i];
		for (size_t k = 0; k < object->needs.len; k++) {
			struct object *needed = object->needs.ptr[k];
			if (is_function(needed) || needed->kind == KIND_VIEW || needed->kind == KIND_DOMAIN)
				remember(n, needed);
		}
		for (size_t k = 0; object->kind == KIND_DOMAIN && k < object->children.len; k++)
			remember(n, object->children.ptr[k]);
		if (is_function(object))
			follow_body(n, object, root);
	}
}

/* A body that has rows of a table in it is read when the table has all the columns that it will have, and no others. */
static void after_columns(struct work *work, const struct object *function)
{
	ptrdiff_t node = work->new[function->position].node;
	for (size_t i = 0; i < function->needs.len; i++) {
		const struct object *table = function->needs.ptr[i],
				    *old = table->kind == KIND_TABLE ? counterpart(work->from, table) : NULL;
		for (size_t k = 0; old && k < table->children.len; k++)
			if (table->children.ptr[k]->kind == KIND_COLUMN)
				before_if_free(work, work->new[table->children.ptr[k]->position].node, node);
		for (size_t k = 0; old && k < old->children.len; k++)
			if (old->children.ptr[k]->kind == KIND_COLUMN)
				before_if_free(work, work->old[old->children.ptr[k]->position].node, node);
	}
}

void edges_of_bodies(struct work *work)
{
	struct named n = { .work = work };
	n.seen = arena_alloc(work->arena, (work->to->objects.len + 1) * sizeof(*n.seen));
	n.bodies = arena_alloc(work->arena, (work->to->objects.len + 1) * sizeof(struct objects *));
	for (size_t i = 0; i < work->to->objects.len; i++)
		if (work->new[i].node && runs_functions(work->to->objects.ptr[i]))
			follow(&n, work->to->objects.ptr[i]);
	for (size_t i = 0; i < work->to->objects.len; i++)
		if (work->new[i].node && is_function(work->to->objects.ptr[i]))
			after_columns(work, work->to->objects.ptr[i]);
}
