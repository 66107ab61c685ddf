#include "format/drizzle/ts/evaluate.h"

/*
 * Properties of functions: `column.required = (name) => ...`.
 *
 * Statements of a module are not run in their order, so what such a one says is taken with the function: once, where it stands for itself in the module.  A
 * second one for the same name, or one in a function or a branch, is a change like any other; who reads a property that such a one may have set is refused.
 */

static bool is_function_node(const struct node *node)
{
	while (node &&
	       (node->kind == N_PARENTHESIZED_EXPRESSION || node->kind == N_AS_EXPRESSION ||
		node->kind == N_SATISFIES_EXPRESSION))
		node = node->first;
	return node &&
		(node->kind == N_ARROW_FUNCTION || node->kind == N_FUNCTION_EXPRESSION ||
		 node->kind == N_FUNCTION_DECLARATION);
}

/* The slot of f in `f.x = ...`, where f is a function of the module; NULL: it is something else. */
static struct slot *function_of(const struct scope *scope, const struct node *assignment, struct str *ret_key)
{
	const struct node *left = node_role(assignment, R_LEFT);
	const struct node *object = left ? node_role(left, R_OBJECT) : NULL;
	const struct node *property = left ? node_role(left, R_PROPERTY) : NULL;
	if (assignment->kind != N_ASSIGNMENT_EXPRESSION || !object || !property || object->kind != N_IDENTIFIER)
		return NULL;
	struct slot *slot = map_get(&scope->names, object->text);
	*ret_key = property->text;
	return slot && slot->from == FROM_NODE && is_function_node(slot->node) ? slot : NULL;
}

bool function_add_member(struct interp *interp, struct scope *scope, const struct node *statement)
{
	struct str key;
	struct slot *function = statement->first ? function_of(scope, statement->first, &key) : NULL;
	if (!function || (function->members && map_get(function->members, key)))
		return false;
	if (!function->members)
		function->members = arena_alloc(interp->arena, sizeof(*function->members));
	map_set(interp->arena, function->members, key,
		slot_lazy(interp->arena, node_role(statement->first, R_RIGHT), scope));
	return true;
}

bool function_has_member(const struct scope *scope, const struct node *expression)
{
	struct str key;
	const struct slot *function = function_of(scope, expression, &key), *member = NULL;
	if (function && function->members)
		member = map_get(function->members, key);
	return member && member->node == node_role(expression, R_RIGHT);
}

void function_take_members(const struct slot *slot, struct closure *closure)
{
	const struct change *change = slot->changes;
	while (change && change->kind == CHANGE_NAME)
		change = change->next;
	if (slot->members)
		closure->own = *slot->members;
	if (change)
		closure->changed = change;
	closure->owned = true;
}

bool function_member(struct interp *interp, const struct value *function, struct str key, struct value *ret_value)
{
	const struct closure *closure = function->closure;
	struct slot *slot = map_get(&closure->own, key);
	if (!slot && !builtin_member(interp, function, key, ret_value))
		return false;
	if (closure->changed && (slot || ret_value->kind == V_UNDEFINED))
		return change_refuse(interp, closure->changed);
	return !slot || slot_value(interp, slot, ret_value);
}

bool function_assign(struct interp *interp, const struct node *at, struct value *function, const struct value *from)
{
	struct closure *closure = function->closure;
	struct object *members;
	if (js_is_nullish(from))
		return true;
	if (!js_members(interp, at, from, &members))
		return false;
	if (closure->owned) {
		closure = arena_alloc(interp->arena, sizeof(*closure));
		*closure = *function->closure;
		closure->own = (struct map){ 0 };
		for (size_t i = 0; i < function->closure->own.len; i++)
			map_set(interp->arena, &closure->own, function->closure->own.ptr[i].key,
				function->closure->own.ptr[i].value);
		closure->owned = false;
		closure->changed = NULL;
		function->closure = closure;
	}
	for (size_t i = 0; i < members->map.len; i++)
		map_set(interp->arena, &closure->own, members->map.ptr[i].key, members->map.ptr[i].value);
	return true;
}
