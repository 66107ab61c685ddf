#include "format/drizzle/ts/evaluators.h"

/* Calls and members: a.b?.[c](d). */

static bool add_arguments(struct interp *interp, struct scope *scope, const struct node *arguments, struct slots *slots)
{
	for (const struct node *child = arguments ? arguments->first : NULL; child; child = child->next) {
		struct slots items = { 0 };
		struct value spread;
		struct slot *slot;
		if (child->kind != N_SPREAD_ELEMENT) {
			if (!expression_slot(interp, scope, child, &slot))
				return false;
			vec_push(interp->arena, slots, slot);
			continue;
		}
		if (!interp_eval(interp, scope, child->first, &spread) || !js_items(interp, child, &spread, &items))
			return false;
		for (size_t i = 0; i < items.len; i++)
			vec_push(interp->arena, slots, items.ptr[i]);
	}
	return true;
}

static bool run_native(struct interp *interp, const struct node *at, const struct native *native,
		       const struct value *self, struct slots args, struct strs *pieces, struct value *ret_value)
{
	struct call call = { .interp = interp,
			     .node = at,
			     .native = native,
			     .self = *self,
			     .args = args.ptr,
			     .nargs = args.len,
			     .pieces = pieces };
	return native->run(&call, ret_value);
}

static bool call_value(struct interp *interp, const struct node *at, const struct value *function,
		       const struct value *self, struct slots args, struct strs *pieces, struct value *ret_value)
{
	if (function->kind == V_OPAQUE) {
		interp->unknown_calls++;
		*ret_value = *function;
		return true;
	}
	if (function->kind == V_NATIVE)
		return run_native(interp, at, function->native, &function->native->self, args, pieces, ret_value);
	if (function->kind == V_HOST && function->host->class->call) {
		struct call call = { .interp = interp,
				     .node = at,
				     .self = *function,
				     .args = args.ptr,
				     .nargs = args.len,
				     .pieces = pieces };
		return function->host->class->call(&call, ret_value);
	}
	if (function->kind != V_CLOSURE)
		return interp_refuse(interp, at, "%s is called as if it were a function",
				     js_describe(interp->arena, function));
	if (pieces)
		return interp_refuse(interp, at, "a template tag of your own is not understood");
	return closure_call(interp, at, function->closure, self, args.ptr, args.len, ret_value);
}

bool js_call(struct interp *interp, const struct node *at, const struct value *function, const struct value *self,
	     struct slot **args, size_t nargs, struct value *ret_value)
{
	struct value nothing = js_undefined();
	struct slots slots = { .ptr = args, .len = nargs };
	return call_value(interp, at, function, self ? self : &nothing, slots, NULL, ret_value);
}

static bool eval_chain(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_self,
		       bool *short_cut, struct value *ret_value);

static bool chain_member(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_self,
			 bool *short_cut, struct value *ret_value)
{
	struct value ignored, index, object;
	struct str key;
	const struct node *property = node_role(node, R_PROPERTY);
	if (property && node_role(node, R_OBJECT)->kind == N_SUPER)
		return class_super_member(interp, scope, node, property->text, ret_self, ret_value);
	if (!eval_chain(interp, scope, node_role(node, R_OBJECT), &ignored, short_cut, &object))
		return false;
	if (!*short_cut && node_kind(node, N_OPTIONAL_CHAIN)) {
		struct value settled = js_settle(interp, &object);
		*short_cut = js_is_nullish(&settled);
	}
	*ret_value = js_undefined();
	if (*short_cut)
		return true;
	if (property)
		key = property->text;
	else if (!interp_eval(interp, scope, node_role(node, R_INDEX), &index) ||
		 !js_to_key(interp, node, &index, &key))
		return false;
	*ret_self = object;
	if (!js_get(interp, node, &object, key, ret_value))
		return false;
	if (value_is_owned(&object))
		value_own(ret_value);
	return true;
}

static bool is_require(struct scope *scope, const struct node *function)
{
	return function->kind == N_IDENTIFIER && str_eq(function->text, STR("require")) &&
		!scope_find(scope, function->text);
}

static bool eval_require(struct interp *interp, struct scope *scope, const struct node *node,
			 const struct node *arguments, struct value *ret_value)
{
	struct value specifier;
	struct str text;
	return interp_eval(interp, scope, arguments->first, &specifier) &&
		js_to_text(interp, node, &specifier, &text) &&
		require_value(interp, scope->module, node, text, ret_value);
}

/* A method that is not there: a slip, as a rule. */
static bool refuse_unknown(struct interp *interp, const struct node *callee, const struct value *self)
{
	const struct node *property = node_role(callee, R_PROPERTY);
	if (!property)
		return interp_refuse(interp, callee, "\"" STR_FMT "\" is not known here", STR_ARG(callee->text));
	return interp_refuse(interp, property, "\"" STR_FMT "\" of %s is not known here%s", STR_ARG(property->text),
			     js_describe(interp->arena, self), js_near_member(interp->arena, self, property->text));
}

static bool chain_call(struct interp *interp, struct scope *scope, const struct node *node, bool *short_cut,
		       struct value *ret_value)
{
	struct value self = js_undefined(), function;
	struct slots args = { 0 };
	struct strs pieces = { 0 };
	const struct node *arguments = node_role(node, R_ARGUMENTS), *callee = node_role(node, R_FUNCTION);
	if (callee->kind == N_SUPER) {
		*ret_value = js_undefined();
		return add_arguments(interp, scope, arguments, &args) && class_super(interp, scope, node, args);
	}
	if (is_require(scope, callee) && arguments->first)
		return eval_require(interp, scope, node, arguments, ret_value);
	if (!eval_chain(interp, scope, callee, &self, short_cut, &function))
		return false;
	if (!*short_cut && (node_has(node, "?.") || node_kind(node, N_OPTIONAL_CHAIN)))
		*short_cut = js_is_nullish(&function);
	*ret_value = js_undefined();
	if (*short_cut)
		return true;
	if (arguments->kind == N_TEMPLATE_STRING) {
		split_template(interp, arguments, &pieces, scope, &args);
		return call_value(interp, node, &function, &self, args, &pieces, ret_value);
	}
	if (function.kind == V_UNDEFINED)
		return refuse_unknown(interp, callee, &self);
	return (function.kind == V_OPAQUE || add_arguments(interp, scope, arguments, &args)) &&
		call_value(interp, node, &function, &self, args, NULL, ret_value);
}

/* a?.b.c(): where a is nothing, nothing behind it is evaluated. */
static bool eval_chain(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_self,
		       bool *short_cut, struct value *ret_value)
{
	if (++interp->depth > INTERP_MAX_DEPTH)
		return interp_refuse(interp, node, "this is nested too deeply");
	bool ok;
	if (node->kind == N_MEMBER_EXPRESSION || node->kind == N_SUBSCRIPT_EXPRESSION)
		ok = chain_member(interp, scope, node, ret_self, short_cut, ret_value);
	else if (node->kind == N_CALL_EXPRESSION)
		ok = chain_call(interp, scope, node, short_cut, ret_value);
	else if (node->kind == N_NON_NULL_EXPRESSION)
		ok = eval_chain(interp, scope, node->first, ret_self, short_cut, ret_value);
	else
		ok = interp_eval(interp, scope, node, ret_value);
	interp->depth--;
	return ok;
}

bool eval_chain_start(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	struct value self;
	bool short_cut = false;
	return eval_chain(interp, scope, node, &self, &short_cut, ret_value);
}

/* new Date("..."), an object of a class, and whatever else is made at run time. */
bool eval_new(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	struct value constructor;
	struct slots args = { 0 };
	if (!interp_eval(interp, scope, node_role(node, R_CONSTRUCTOR), &constructor))
		return false;
	if (constructor.kind == V_CLASS)
		return add_arguments(interp, scope, node_role(node, R_ARGUMENTS), &args) &&
			class_new(interp, node, constructor.class, args, ret_value);
	if (constructor.kind == V_HOST)
		return add_arguments(interp, scope, node_role(node, R_ARGUMENTS), &args) &&
			call_value(interp, node, &constructor, &constructor, args, NULL, ret_value);
	*ret_value = js_opaque(node_role(node, R_CONSTRUCTOR)->text);
	return true;
}
