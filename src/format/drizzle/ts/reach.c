#include "format/drizzle/ts/module.h"

/*
 * What a text could use, without evaluating it: all that it calls, and all that these call.  An exported value that cannot be evaluated is no entity of a
 * schema if nothing that makes entities can be reached from it.
 *
 * Names are looked up as if no function had names of its own: what is hidden by such a one is followed as well, which errs on the safe side.
 */

enum { MAX_NODES = 400000 };

struct reach {
	struct interp *interp;
	bool (*wanted)(const char *specifier, struct str name);
	struct {
		const struct node **ptr;
		size_t len, cap;
	} queue; /* to be walked, and walked */
	struct {
		struct scope **ptr;
		size_t len, cap;
	} scopes; /* beside queue */
	size_t nodes;
	bool found;
};

static void follow(struct reach *reach, const struct node *node, struct scope *scope)
{
	for (size_t i = 0; i < reach->queue.len; i++)
		if (reach->queue.ptr[i] == node)
			return;
	vec_push(reach->interp->arena, &reach->queue, node);
	vec_push(reach->interp->arena, &reach->scopes, scope);
}

/* f in f(x), and o in o.f.g(x) */
static bool is_called(const struct node *name)
{
	const struct node *node = name;
	while (node->parent &&
	       (node->parent->kind == N_MEMBER_EXPRESSION || node->parent->kind == N_SUBSCRIPT_EXPRESSION ||
		node->parent->kind == N_NON_NULL_EXPRESSION) &&
	       node->role != R_INDEX)
		node = node->parent;
	return node->parent && node->role == R_FUNCTION;
}

static bool is_code(const struct node *node)
{
	return node->kind == N_ARROW_FUNCTION || node->kind == N_FUNCTION_EXPRESSION ||
		node->kind == N_FUNCTION_DECLARATION || node->kind == N_OBJECT || node->kind == N_CLASS ||
		node->kind == N_CLASS_DECLARATION || node->kind == N_ABSTRACT_CLASS_DECLARATION;
}

static void follow_slot(struct reach *reach, const struct slot *slot, bool called, unsigned hops)
{
	for (;; slot = slot->of) {
		for (const struct change *change = slot->changes; change; change = change->next)
			follow(reach, change->site, change->scope);
		if (!slot->of)
			break;
	}
	if (slot->from == FROM_IMPORT) {
		const char *specifier =
			str_dup(reach->interp->arena, specifier_of(reach->interp, slot->scope->module, slot->node));
		struct slot *other = NULL;
		if (reach->wanted(specifier, slot->key))
			reach->found = true;
		else if (hops < 64 && import_slot_of(reach->interp, slot, &other) && other)
			follow_slot(reach, other, called, hops + 1);
		err_clear(reach->interp->err);
		return;
	}
	if (slot->from == FROM_NODE && slot->node && (called || is_code(slot->node)))
		follow(reach, slot->node, slot->scope);
}

static void walk(struct reach *reach, const struct node *top, struct scope *scope)
{
	const struct node *node = top;
	for (; node && !reach->found && ++reach->nodes < MAX_NODES; node = node_after(top, node, true)) {
		struct slot *slot = node->kind == N_IDENTIFIER || node->kind == N_SHORTHAND_PROPERTY_IDENTIFIER
			? scope_find(scope, node->text)
			: NULL;
		if (slot && (slot->node || slot->of || slot->changes))
			follow_slot(reach, slot, is_called(node), 0);
	}
	if (node)
		reach->found = true; /* too large to be sure */
}

bool slot_reaches(struct interp *interp, const struct slot *slot,
		  bool (*wanted)(const char *specifier, struct str name))
{
	struct reach reach = { .interp = interp, .wanted = wanted };
	follow_slot(&reach, slot, true, 0);
	for (size_t i = 0; i < reach.queue.len && !reach.found; i++)
		walk(&reach, reach.queue.ptr[i], reach.scopes.ptr[i]);
	return reach.found;
}

/* f(x), where f is imported from what is wanted. */
static bool is_wanted_call(struct interp *interp, const struct scope *scope, const struct node *node,
			   bool (*wanted)(const char *specifier, struct str name))
{
	const struct slot *slot = node->kind == N_IDENTIFIER && is_called(node) ? scope_find(scope, node->text) : NULL;
	if (!slot || slot->from != FROM_IMPORT)
		return false;
	return wanted(str_dup(interp->arena, specifier_of(interp, slot->scope->module, slot->node)), slot->key);
}

bool slot_calls(struct interp *interp, const struct slot *slot, bool (*wanted)(const char *specifier, struct str name))
{
	const struct node *top = slot->from == FROM_NODE ? slot->node : NULL, *node = top;
	while (node && !is_wanted_call(interp, slot->scope, node, wanted))
		node = node_after(top, node, true);
	return node != NULL;
}
