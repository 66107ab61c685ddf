#include "format/drizzle/ts/module.h"

/* Calls of functions of the user's. */

static struct slot *rest_slot(struct interp *interp, struct slot **args, size_t nargs, size_t from)
{
	struct value rest = js_array(interp->arena);
	for (size_t i = from; i < nargs; i++)
		js_array_add(interp->arena, rest.array, args[i]);
	return slot_ready(interp->arena, rest);
}

struct slot *argument_slot(struct interp *interp, struct scope *scope, const struct node *parameter, struct slot **args,
			   size_t nargs, size_t index)
{
	struct slot *given = index < nargs ? args[index] : slot_ready(interp->arena, js_undefined());
	const struct node *initial = node_role(parameter, R_VALUE);
	if (!initial)
		return given;
	struct slot *slot = arena_alloc(interp->arena, sizeof(*slot));
	*slot = (struct slot){ .state = SLOT_LAZY, .from = FROM_SAME, .of = given, .node = initial, .scope = scope };
	return slot;
}

static bool bind_parameters(struct interp *interp, struct scope *scope, const struct node *function, struct slot **args,
			    size_t nargs)
{
	const struct node *parameters = node_role(function, R_PARAMETERS), *single = node_role(function, R_PARAMETER);
	size_t index = 0;
	if (single)
		return scope_bind(interp, scope, single, nargs ? args[0] : slot_ready(interp->arena, js_undefined()));
	for (const struct node *child = parameters ? parameters->first : NULL; child; child = child->next) {
		const struct node *pattern = node_role(child, R_PATTERN);
		if (!pattern || pattern->kind == N_THIS)
			continue;
		bool rest = pattern->kind == N_REST_PATTERN;
		struct slot *slot = rest ? rest_slot(interp, args, nargs, index)
					 : argument_slot(interp, scope, child, args, nargs, index);
		if (!scope_bind(interp, scope, rest ? pattern->first : pattern, slot))
			return false;
		index++;
	}
	return true;
}

/* Does anything in it happen for its effect?  Then the order of evaluation matters. */
static bool has_effects(const struct node *body)
{
	const struct node *node = body;
	for (;;) {
		if (node->kind == N_EXPRESSION_STATEMENT || node->kind == N_FOR_IN_STATEMENT ||
		    node->kind == N_FOR_STATEMENT || node->kind == N_WHILE_STATEMENT || node->kind == N_DO_STATEMENT ||
		    node->kind == N_TRY_STATEMENT || node_changes(node))
			return true;
		if (node->first) {
			node = node->first;
			continue;
		}
		while (node != body && !node->next)
			node = node->parent;
		if (node == body)
			return false;
		node = node->next;
	}
}

static bool run_body(struct interp *interp, struct scope *scope, const struct node *body, struct value *ret_value)
{
	if (body->kind != N_STATEMENT_BLOCK)
		return interp_eval(interp, scope, body, ret_value);
	*ret_value = js_undefined();
	return statements_run(interp, scope, body, ret_value);
}

bool closure_call(struct interp *interp, const struct node *at, const struct closure *closure, const struct value *self,
		  struct slot **args, size_t nargs, struct value *ret_value)
{
	const struct node *function = closure->node, *body = node_role(function, R_BODY);
	struct scope *scope = scope_new(interp->arena, closure->scope);
	bool before = interp->eager;
	if (node_has(function, "async") || node_has(function, "*") || !body) {
		*ret_value = js_opaque(str_of(arena_printf(interp->arena, "%s:%u (a function that runs later)",
							   function->source->path, function->line)));
		return true;
	}
	if (++interp->depth > INTERP_MAX_DEPTH)
		return interp_refuse(interp, at, "the calls are nested too deeply");
	if (function->kind != N_ARROW_FUNCTION) {
		scope->has_self = true;
		scope->self = *self;
	}
	/* What is built by statements is read when the call is, not later. */
	bool timed = closure->scope && closure->scope->module && closure->scope->module->builds;
	interp->eager = before || timed || has_effects(body);
	bool ok = bind_parameters(interp, scope, function, args, nargs) && run_body(interp, scope, body, ret_value);
	interp->eager = before;
	interp->depth--;
	return ok;
}
