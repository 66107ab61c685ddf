#include "format/drizzle/ts/evaluate.h"

/* How a statement ended. */
enum end { END_NORMAL, END_RETURN, END_BREAK, END_CONTINUE };

static bool run_statement(struct interp *interp, struct scope *scope, const struct node *statement, enum end *ret_end,
			  struct value *ret_value);

/* Does anything in it happen for its effect?  Then the order of evaluation matters. */
static bool has_effects(const struct node *body)
{
	const struct node *node = body;
	for (;;) {
		if (node->kind == N_EXPRESSION_STATEMENT || node->kind == N_FOR_IN_STATEMENT || node_changes(node))
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

/* ---- statements ---- */

/* Evaluates what a pattern names. */
static bool force(struct interp *interp, struct scope *scope, const struct node *pattern)
{
	struct value value;
	if (pattern->kind == N_IDENTIFIER || pattern->kind == N_SHORTHAND_PROPERTY_IDENTIFIER_PATTERN) {
		struct slot *slot = map_get(&scope->names, pattern->text);
		return !slot || slot_value(interp, slot, &value);
	}
	for (const struct node *child = pattern->first; child; child = child->next)
		if (child->role != R_KEY && child->role != R_RIGHT && !force(interp, scope, child))
			return false;
	return true;
}

static bool run_declaration(struct interp *interp, struct scope *scope, const struct node *statement)
{
	for (const struct node *child = statement->first; interp->eager && child; child = child->next)
		if (child->kind == N_VARIABLE_DECLARATOR && !force(interp, scope, node_role(child, R_NAME)))
			return false;
	return true;
}

static bool run_block(struct interp *interp, struct scope *scope, const struct node *block, enum end *ret_end,
		      struct value *ret_value)
{
	struct scope *inner = scope_new(interp->arena, scope);
	*ret_end = END_NORMAL;
	for (const struct node *child = block->first; child; child = child->next)
		if (!scope_declare(interp, inner, child))
			return false;
	for (const struct node *child = block->first; child && *ret_end == END_NORMAL; child = child->next)
		if (!run_statement(interp, inner, child, ret_end, ret_value))
			return false;
	return true;
}

static bool run_if(struct interp *interp, struct scope *scope, const struct node *statement, enum end *ret_end,
		   struct value *ret_value)
{
	const struct node *condition = node_role(statement, R_CONDITION);
	struct value value;
	bool truth;
	if (!interp_eval(interp, scope, condition, &value) || !js_truth(interp, condition, &value, &truth))
		return false;
	const struct node *branch = node_role(statement, truth ? R_CONSEQUENCE : R_ALTERNATIVE);
	if (branch && branch->kind == N_ELSE_CLAUSE)
		branch = branch->first;
	return !branch || run_statement(interp, scope, branch, ret_end, ret_value);
}

static bool loop_items(struct interp *interp, const struct node *statement, const struct value *value,
		       struct slots *items)
{
	struct object *members;
	if (!str_eq(node_role(statement, R_OPERATOR)->text, STR("in")))
		return js_items(interp, statement, value, items);
	if (!js_members(interp, statement, value, &members))
		return false;
	for (size_t i = 0; i < members->map.len; i++)
		vec_push(interp->arena, items, slot_ready(interp->arena, js_string(members->map.ptr[i].key)));
	return true;
}

/* for (const x of items), for (const key in object). */
static bool run_for(struct interp *interp, struct scope *scope, const struct node *statement, enum end *ret_end,
		    struct value *ret_value)
{
	struct value value;
	struct slots items = { 0 };
	if (!node_has(statement, "const") && !node_has(statement, "let") && !node_has(statement, "var"))
		return interp_refuse(interp, statement,
				     "a loop over a variable that it does not declare is not understood");
	if (!interp_eval(interp, scope, node_role(statement, R_RIGHT), &value) ||
	    !loop_items(interp, statement, &value, &items))
		return false;
	for (size_t i = 0; i < items.len; i++) {
		struct scope *turn = scope_new(interp->arena, scope);
		*ret_end = END_NORMAL;
		if (!scope_bind(interp, turn, node_role(statement, R_LEFT), items.ptr[i]) ||
		    !run_statement(interp, turn, node_role(statement, R_BODY), ret_end, ret_value))
			return false;
		if (*ret_end == END_RETURN)
			return true;
		if (*ret_end == END_BREAK)
			break;
	}
	*ret_end = END_NORMAL;
	return true;
}

static bool is_only_declaring(const struct node *statement)
{
	static const char *const types[] = { "empty_statement", "type_alias_declaration", "interface_declaration",
					     "abstract_class_declaration", "generator_function_declaration" };
	for (size_t i = 0; i < LEN(types); i++)
		if (strcmp(statement->type, types[i]) == 0)
			return true;
	return statement->kind == N_FUNCTION_DECLARATION || statement->kind == N_ENUM_DECLARATION ||
		statement->kind == N_CLASS_DECLARATION || statement->kind == N_TOKEN;
}

static bool run_statement(struct interp *interp, struct scope *scope, const struct node *statement, enum end *ret_end,
			  struct value *ret_value)
{
	struct value ignored;
	*ret_end = END_NORMAL;
	if (is_only_declaring(statement))
		return true;
	if (statement->kind == N_LEXICAL_DECLARATION || statement->kind == N_VARIABLE_DECLARATION)
		return run_declaration(interp, scope, statement);
	if (statement->kind == N_EXPRESSION_STATEMENT)
		return interp_eval(interp, scope, statement->first, &ignored);
	if (statement->kind == N_STATEMENT_BLOCK)
		return run_block(interp, scope, statement, ret_end, ret_value);
	if (statement->kind == N_IF_STATEMENT)
		return run_if(interp, scope, statement, ret_end, ret_value);
	if (statement->kind == N_FOR_IN_STATEMENT)
		return run_for(interp, scope, statement, ret_end, ret_value);
	if (statement->kind == N_BREAK_STATEMENT || statement->kind == N_CONTINUE_STATEMENT) {
		*ret_end = statement->kind == N_BREAK_STATEMENT ? END_BREAK : END_CONTINUE;
		return true;
	}
	if (statement->kind != N_RETURN_STATEMENT)
		return interp_refuse(interp, statement, "this %s is not understood", statement->type);
	*ret_end = END_RETURN;
	*ret_value = js_undefined();
	return !statement->first || interp_eval(interp, scope, statement->first, ret_value);
}

/* ---- calls ---- */

static struct slot *rest_slot(struct interp *interp, struct slot **args, size_t nargs, size_t from)
{
	struct value rest = js_array(interp->arena);
	for (size_t i = from; i < nargs; i++)
		js_array_add(interp->arena, rest.array, args[i]);
	return slot_ready(interp->arena, rest);
}

static struct slot *argument_slot(struct interp *interp, struct scope *scope, const struct node *parameter,
				  struct slot **args, size_t nargs, size_t index)
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

static bool run_body(struct interp *interp, struct scope *scope, const struct node *body, struct value *ret_value)
{
	enum end end;
	if (body->kind != N_STATEMENT_BLOCK)
		return interp_eval(interp, scope, body, ret_value);
	*ret_value = js_undefined();
	return run_block(interp, scope, body, &end, ret_value);
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
	interp->eager = before || has_effects(body);
	bool ok = bind_parameters(interp, scope, function, args, nargs) && run_body(interp, scope, body, ret_value);
	interp->eager = before;
	interp->depth--;
	return ok;
}
