#include "format/drizzle/ts/evaluators.h"

/* Statements of a function's body. */

/* How a statement ended. */
enum end { END_NORMAL, END_RETURN, END_BREAK, END_CONTINUE };

static bool run_statement(struct interp *interp, struct scope *scope, const struct node *statement, enum end *ret_end,
			  struct value *ret_value);

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
		if (!js_is_symbol(members->map.ptr[i].key))
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
	struct scope *turn = scope_new(interp->arena, scope);
	for (size_t i = 0; i < items.len; i++) {
		if (i && !node_has(statement, "var"))
			turn = scope_new(interp->arena, scope);
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

enum { STEPS_A_TURN = 100 }; /* a turn costs memory, too */

/* Each turn has names of its own: a function that was made in one keeps them. */
static struct scope *next_turn(struct interp *interp, struct scope *turn)
{
	struct scope *next = turn->names.len ? scope_new(interp->arena, turn->parent) : turn;
	for (size_t i = 0; next != turn && i < turn->names.len; i++)
		map_set(interp->arena, &next->names, turn->names.ptr[i].key, turn->names.ptr[i].value);
	return next;
}

/* Whether another turn comes; no condition is true. */
static bool test_turn(struct interp *interp, struct scope *scope, const struct node *statement, bool *ret_goes_on)
{
	const struct node *condition = node_role(statement, R_CONDITION);
	struct value value;
	*ret_goes_on = true;
	interp->steps += STEPS_A_TURN;
	if (interp->steps > INTERP_MAX_STEPS)
		return interp_refuse(interp, statement, "this computes for too long");
	return !condition || condition->kind == N_OTHER ||
		(interp_eval(interp, scope, condition, &value) && js_truth(interp, condition, &value, ret_goes_on));
}

static bool start_loop(struct interp *interp, struct scope *scope, const struct node *statement)
{
	const struct node *first = node_role(statement, R_INITIALIZER);
	struct value ignored;
	enum end end;
	if (!first || first->kind == N_OTHER)
		return true;
	if (first->kind == N_LEXICAL_DECLARATION || first->kind == N_VARIABLE_DECLARATION)
		return scope_declare(interp, scope, first) && run_statement(interp, scope, first, &end, &ignored);
	return interp_eval(interp, scope, first, &ignored);
}

/* for (let i = 0; i < n; i++), while (...) */
static bool run_loop(struct interp *interp, struct scope *scope, const struct node *statement, enum end *ret_end,
		     struct value *ret_value)
{
	struct scope *turn = scope_new(interp->arena, scope);
	const struct node *increment = node_role(statement, R_INCREMENT);
	const struct node *first = node_role(statement, R_INITIALIZER);
	bool lexical = !first || first->kind != N_VARIABLE_DECLARATION; /* one "var" for all turns */
	struct value ignored;
	bool goes_on;
	if (!start_loop(interp, turn, statement))
		return false;
	for (;;) {
		*ret_end = END_NORMAL;
		if (!test_turn(interp, turn, statement, &goes_on))
			return false;
		if (!goes_on)
			break;
		if (!run_statement(interp, turn, node_role(statement, R_BODY), ret_end, ret_value))
			return false;
		if (*ret_end == END_RETURN)
			return true;
		if (*ret_end == END_BREAK)
			break;
		struct scope *next = lexical ? next_turn(interp, turn) : turn;
		if (increment && !interp_eval(interp, next, increment, &ignored))
			return false;
		turn = next;
	}
	*ret_end = END_NORMAL;
	return true;
}

/* do ... while (...) */
static bool run_do(struct interp *interp, struct scope *scope, const struct node *statement, enum end *ret_end,
		   struct value *ret_value)
{
	bool goes_on = true;
	while (goes_on) {
		if (!run_statement(interp, scope, node_role(statement, R_BODY), ret_end, ret_value))
			return false;
		if (*ret_end == END_RETURN)
			return true;
		if (*ret_end == END_BREAK)
			break;
		if (!test_turn(interp, scope, statement, &goes_on))
			return false;
	}
	*ret_end = END_NORMAL;
	return true;
}

/* What is tried and understood throws nothing: its handler is never needed.  What is not understood might throw, and is refused. */
static bool run_try(struct interp *interp, struct scope *scope, const struct node *statement, enum end *ret_end,
		    struct value *ret_value)
{
	const struct node *last = node_role(statement, R_FINALIZER);
	const struct node *block = last ? node_role(last, R_BODY) : NULL;
	bool eager = interp->eager;
	enum end end = END_NORMAL;
	struct value value;
	interp->eager = true; /* what is thrown later is not caught */
	size_t unknown = interp->unknown_calls;
	bool ok = run_statement(interp, scope, node_role(statement, R_BODY), ret_end, ret_value);
	if (ok && unknown != interp->unknown_calls)
		ok = interp_refuse(interp, statement,
				   "this tries something that nobody here knows, and what it gives depends on that");
	ok = ok && (!block || run_statement(interp, scope, block, &end, &value));
	interp->eager = eager;
	if (ok && end != END_NORMAL) {
		*ret_end = end;
		*ret_value = value;
	}
	return ok;
}

static bool is_case(struct interp *interp, struct scope *scope, const struct node *label, const struct value *value,
		    bool *ret_is)
{
	struct value wanted;
	if (label->kind != N_SWITCH_CASE)
		return true;
	return interp_eval(interp, scope, node_role(label, R_VALUE), &wanted) &&
		js_same(interp, label, value, &wanted, ret_is);
}

/* The label at which a switch begins: the case that is equal, or the default. */
static bool find_case(struct interp *interp, struct scope *scope, const struct node *body, const struct value *value,
		      const struct node **ret_case)
{
	*ret_case = node_kind(body, N_SWITCH_DEFAULT);
	for (const struct node *label = body->first; label; label = label->next) {
		bool is = false;
		if (!is_case(interp, scope, label, value, &is))
			return false;
		if (is) {
			*ret_case = label;
			break;
		}
	}
	return true;
}

static bool run_switch(struct interp *interp, struct scope *scope, const struct node *statement, enum end *ret_end,
		       struct value *ret_value)
{
	const struct node *body = node_role(statement, R_BODY), *label;
	struct scope *inner = scope_new(interp->arena, scope);
	struct value value;
	if (!interp_eval(interp, scope, node_role(statement, R_VALUE), &value) ||
	    !find_case(interp, inner, body, &value, &label))
		return false;
	for (; label && *ret_end == END_NORMAL; label = label->next)
		for (const struct node *child = label->first; child && *ret_end == END_NORMAL; child = child->next)
			if (child->role == R_BODY &&
			    (!scope_declare(interp, inner, child) ||
			     !run_statement(interp, inner, child, ret_end, ret_value)))
				return false;
	if (*ret_end == END_BREAK)
		*ret_end = END_NORMAL;
	return true;
}

static bool is_only_declaring(const struct node *statement)
{
	static const char *const types[] = { "empty_statement", "type_alias_declaration", "interface_declaration",
					     "generator_function_declaration" };
	for (size_t i = 0; i < LEN(types); i++)
		if (strcmp(statement->type, types[i]) == 0)
			return true;
	return statement->kind == N_FUNCTION_DECLARATION || statement->kind == N_ENUM_DECLARATION ||
		statement->kind == N_CLASS_DECLARATION || statement->kind == N_ABSTRACT_CLASS_DECLARATION ||
		statement->kind == N_TOKEN;
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
	if (statement->kind == N_EXPRESSION_STATEMENT && statement->first->kind == N_INTERNAL_MODULE)
		return true;
	if (statement->kind == N_EXPRESSION_STATEMENT)
		return interp_eval(interp, scope, statement->first, &ignored);
	if (statement->kind == N_STATEMENT_BLOCK)
		return run_block(interp, scope, statement, ret_end, ret_value);
	if (statement->kind == N_IF_STATEMENT)
		return run_if(interp, scope, statement, ret_end, ret_value);
	if (statement->kind == N_FOR_IN_STATEMENT)
		return run_for(interp, scope, statement, ret_end, ret_value);
	if (statement->kind == N_FOR_STATEMENT || statement->kind == N_WHILE_STATEMENT)
		return run_loop(interp, scope, statement, ret_end, ret_value);
	if (statement->kind == N_DO_STATEMENT)
		return run_do(interp, scope, statement, ret_end, ret_value);
	if (statement->kind == N_TRY_STATEMENT)
		return run_try(interp, scope, statement, ret_end, ret_value);
	if (statement->kind == N_SWITCH_STATEMENT)
		return run_switch(interp, scope, statement, ret_end, ret_value);
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

bool statement_run(struct interp *interp, struct scope *scope, const struct node *statement)
{
	struct value ignored;
	enum end end;
	return run_statement(interp, scope, statement, &end, &ignored);
}

bool statements_run(struct interp *interp, struct scope *scope, const struct node *block, struct value *ret_value)
{
	enum end end;
	return run_block(interp, scope, block, &end, ret_value);
}
