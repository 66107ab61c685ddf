#include "schema/diff.h"

#include "schema/alter.h"
#include "schema/create.h"
#include "schema/kind.h"
#include "schema/work.h"

/* ---- tables of a type ---- */

static bool changes_attributes(const struct work *work, const struct object *old, const struct object *new)
{
	bool changes = work->new[new->position].altered;
	for (size_t i = 0; i < old->children.len; i++)
		changes = changes ||
			(old->children.ptr[i]->kind == KIND_ATTRIBUTE &&
			 work->old[old->children.ptr[i]->position].dropped);
	for (size_t i = 0; i < new->children.len; i++) {
		const struct fate *fate = &work->new[new->children.ptr[i]->position];
		changes = changes || (new->children.ptr[i]->kind == KIND_ATTRIBUTE && (fate->created || fate->altered));
	}
	return changes;
}

static void retype_tables(struct work *work)
{
	for (size_t i = 0; i < work->to->objects.len; i++) {
		const struct object *table = work->to->objects.ptr[i], *old = counterpart(work->from, table);
		const struct object *type = type_of_table(table), *was = old ? type_of_table(old) : NULL;
		if (was && type && strcmp(was->id, type->id) == 0 && table_exists(work, table) &&
		    changes_attributes(work, was, type))
			work->new[i].altered = work->new[i].retyped = true;
	}
}

/* ---- rendering ---- */

static bool checks_body(const struct object *object)
{
	const char *language = object && (object->kind == KIND_FUNCTION || object->kind == KIND_PROCEDURE)
		? object_get(object, "_language")
		: NULL;
	return language && (strcmp(language, "sql") == 0 || strcmp(language, "plpgsql") == 0) &&
		!object_get(object, "_atomic");
}

/* A body may name what comes later; PostgreSQL would look at it at once. */
static bool needs_unchecked_bodies(const struct work *work, const struct order *order)
{
	bool body = false;
	for (size_t i = 0; i < order->len; i++) {
		const struct node *node = &work->nodes.ptr[order->ptr[i]];
		if (node->verb == VERB_CREATE && body && (kinds[node->b->kind].is_relation || checks_body(node->b)) &&
		    node->b->kind != KIND_INDEX)
			return true;
		body = body || (node->verb != VERB_DROP && checks_body(node->b));
	}
	return false;
}

static void render(struct work *work, const struct order *order)
{
	struct statements *statements = &work->diff->statements;
	bool unchecked = needs_unchecked_bodies(work, order);
	if (unchecked)
		statements_add(work->arena, statements, "SET check_function_bodies = off")->why =
			"a function's body may name what is created after it";
	for (size_t i = 0; i < order->len; i++) {
		const struct node *node = &work->nodes.ptr[order->ptr[i]];
		size_t first = statements->len;
		switch (node->verb) {
		case VERB_DROP:
			drop_safely(work, node, statements);
			break;
		case VERB_ALTER:
			if (node->detaches)
				detach_partition(work, node->a, statements);
			else if (node->gives_way)
				give_way(work, node->a, node->b, statements);
			else if (node->untypes)
				statements_add(work->arena, statements, "ALTER TABLE %s NOT OF", node->a->ident);
			else if (node->refills)
				put_rows_back(work, node->a, node->b, statements);
			else
				alter_object(work, node->a, node->b, statements);
			break;
		case VERB_CREATE:
			create_safely(work, node, statements);
			break;
		}
		statements_concern(statements, first, node->verb, node->b ? node->b : node->a);
	}
	mend_privileges(work, statements);
	if (unchecked)
		statements_add(work->arena, statements, "RESET check_function_bodies");
	for (size_t i = 0; i < statements->len; i++)
		work->diff->loses = work->diff->loses || statements->ptr[i].loses;
}

static void name_as_told(struct work *work)
{
	struct statements *statements = &work->diff->statements;
	struct map names = { 0 };
	naming_learn(work->arena, &names, work->from);
	naming_learn(work->arena, &names, work->to);
	for (size_t i = 0; i < statements->len; i++)
		statements->ptr[i].sql =
			naming_apply(work->arena, work->options->naming, &names, statements->ptr[i].sql);
}

void diff_schemas(struct arena *arena, const struct schema *from, const struct schema *to,
		  const struct diff_options *options, struct diff *ret_diff)
{
	struct diff diff = { 0 };
	struct work work = { .arena = arena, .from = from, .to = to, .options = options, .diff = &diff };
	struct order order;
	work.old = arena_alloc(arena, (from->objects.len + 1) * sizeof(*work.old));
	work.new = arena_alloc(arena, (to->objects.len + 1) * sizeof(*work.new));
	compare_all(&work);
	parts_learn(&work);
	keep_values(&work);
	keys_take_indexes(&work);
	do
		spread_all(&work);
	while (parts_follow(&work));
	parts_settle(&work);
	checks_settle(&work);
	retype_tables(&work);
	renames_find(arena, from, to, &diff.renames);
	order_nodes(&work, &order);
	render(&work, &order);
	if (options->naming)
		name_as_told(&work);
	*ret_diff = diff;
}
