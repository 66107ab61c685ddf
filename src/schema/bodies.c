/*
 * What a body names.  PostgreSQL does not know what a function's body uses.  While functions are only created that does not matter, but where the
 * plan runs one (a check, a default, an index, a materialized view) what it calls has to be there.  The names in its text are a hint: they order what
 * could stand in any order, and never make a circle.
 */
#include "schema/work.h"
#include "sql/lex.h"

struct named {
	struct work *work;
	struct map by_name; /* what is made: a name -> struct objects */
	bool *seen;         /* by position in to: its body was read */
	struct objects todo;
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
	if (n->seen[object->position])
		return;
	n->seen[object->position] = true;
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

static void read_body(struct named *n, const struct object *function)
{
	struct work *work = n->work;
	struct str body = body_of(function);
	for (struct token t = lex_token(body, 0); body.len && t.kind != TOKEN_END; t = lex_token(body, t.to)) {
		if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED)
			continue;
		const struct objects *meant = map_get(&n->by_name, token_name(work->arena, body, &t));
		for (size_t i = 0; meant && i < meant->len; i++) {
			before_if_free(work, work->new[meant->ptr[i]->position].node,
				       work->new[function->position].node);
			remember(n, meant->ptr[i]);
		}
	}
}

void edges_of_bodies(struct work *work)
{
	struct named n = { .work = work };
	n.seen = arena_alloc(work->arena, (work->to->objects.len + 1) * sizeof(*n.seen));
	for (size_t i = 0; i < work->to->objects.len; i++)
		if (work->new[i].node && runs_functions(work->to->objects.ptr[i]))
			remember(&n, work->to->objects.ptr[i]);
	for (size_t i = 0; i < n.todo.len; i++) {
		struct object *object = n.todo.ptr[i];
		for (size_t k = 0; k < object->needs.len; k++)
			if (is_function(object->needs.ptr[k]) || object->needs.ptr[k]->kind == KIND_VIEW)
				remember(&n, object->needs.ptr[k]);
		if (!is_function(object) || !work->new[object->position].node)
			continue;
		if (!n.by_name.len)
			learn(&n);
		read_body(&n, object);
	}
}
