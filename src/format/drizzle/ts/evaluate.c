#include "format/drizzle/ts/evaluators.h"

#include <stdarg.h>

bool interp_refuse(struct interp *interp, const struct node *at, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *message = arena_vprintf(interp->arena, fmt, args);
	va_end(args);
	if (at)
		return node_refuse(at, interp->err, "typescript-unsupported", "%s", message);
	return err_set(interp->err, ERR_FAILED, "typescript-unsupported", "%s", message);
}

/* ---- slots ---- */

/* What a rest pattern takes: the members that the pattern does not name. */
static bool others(struct interp *interp, const struct slot *slot, struct value *ret_value)
{
	struct value whole, rest = js_object(interp->arena);
	struct object *members;
	if (!slot_value(interp, slot->of, &whole) || !js_members(interp, slot->node, &whole, &members))
		return false;
	for (size_t i = 0; i < members->map.len; i++) {
		bool named = false;
		for (const struct node *child = slot->node->first; child && !named; child = child->next) {
			const struct node *key = node_role(child, R_KEY), *left = node_role(child, R_LEFT);
			struct str text = left ? left->text : child->text;
			if (key && !js_key_text(interp, slot->scope, key, &text))
				return false;
			named = child->kind != N_REST_PATTERN && str_eq(text, members->map.ptr[i].key);
		}
		if (!named)
			js_object_set(interp->arena, rest.object, members->map.ptr[i].key, members->map.ptr[i].value);
	}
	*ret_value = rest;
	return true;
}

static bool part(struct interp *interp, const struct slot *slot, struct value *ret_value)
{
	struct value whole;
	struct slots items;
	if (!slot_value(interp, slot->of, &whole))
		return false;
	if (slot->from == FROM_SAME) {
		*ret_value = whole;
		return true;
	}
	if (slot->from == FROM_KEY)
		return js_get(interp, slot->node, &whole, slot->key, ret_value);
	if (whole.kind == V_OPAQUE) {
		*ret_value = whole;
		return true;
	}
	if (!js_items(interp, slot->node, &whole, &items))
		return false;
	if (slot->from == FROM_INDEX) {
		*ret_value = js_undefined();
		return slot->index >= items.len || slot_value(interp, items.ptr[slot->index], ret_value);
	}
	*ret_value = js_array(interp->arena);
	for (size_t i = slot->index; i < items.len; i++)
		js_array_add(interp->arena, ret_value->array, items.ptr[i]);
	return true;
}

static bool compute(struct interp *interp, struct slot *slot, struct value *ret_value)
{
	if (slot->from == FROM_NODE)
		return interp_eval(interp, slot->scope, slot->node, ret_value);
	if (slot->from == FROM_IMPORT)
		return import_value(interp, slot, ret_value);
	if (slot->from == FROM_GETTER) {
		struct closure getter = { .node = slot->node, .scope = slot->scope };
		return closure_call(interp, slot->node, &getter, &slot->scope->self, NULL, 0, ret_value);
	}
	if (slot->from == FROM_OTHERS)
		return others(interp, slot, ret_value);
	if (!part(interp, slot, ret_value))
		return false;
	return !slot->scope || ret_value->kind != V_UNDEFINED ||
		interp_eval(interp, slot->scope, slot->node, ret_value); /* the default */
}

bool slot_value(struct interp *interp, struct slot *slot, struct value *ret_value)
{
	bool built = slot->changes && slot_is_built(interp, slot);
	if (slot->changes && !built && !slot_refuse_changed(interp, slot, NULL))
		return false;
	if (slot->state == SLOT_BUSY)
		return slot->node
			? node_refuse(slot->node, interp->err, "typescript-circular", "the value of this needs itself")
			: err_set(interp->err, ERR_FAILED, "typescript-circular", "a value needs itself");
	if (slot->state == SLOT_LAZY) {
		struct value value;
		if (++interp->depth > INTERP_MAX_DEPTH)
			return interp_refuse(interp, slot->node, "this is nested too deeply");
		bool eager =
			interp->eager; /* what a function's assignments ask of it does not reach a module's own bindings */
		bool own = slot->scope && slot->scope->parent == interp->globals;
		struct instant before = interp->now;
		interp->eager = eager && slot->scope && !own;
		if (own && slot->node)
			interp->now = (struct instant){ slot->scope->module, slot->node->text.ptr };
		slot->state = SLOT_BUSY;
		bool ok = compute(interp, slot, &value);
		interp->eager = eager;
		interp->now = before;
		interp->depth--;
		slot->state = ok && slot->from != FROM_GETTER ? SLOT_READY : SLOT_LAZY;
		if (!ok)
			return false;
		slot->value = value;
		if (value.kind == V_CLOSURE && (slot->members || slot->changes))
			function_take_members(slot, value.closure);
	}
	if (slot->changes && !built && !slot_refuse_changed(interp, slot, &slot->value))
		return false;
	*ret_value = slot->value; /* a getter's: this time */
	return true;
}

bool expression_slot(struct interp *interp, struct scope *scope, const struct node *node, struct slot **ret_slot)
{
	struct value value;
	*ret_slot = slot_lazy(interp->arena, node, scope);
	return !interp->eager || slot_value(interp, *ret_slot, &value);
}

/* ---- names ---- */

/* A name that is declared nowhere: a global of Node's that means nothing here, or a slip. */
static struct value undeclared(struct interp *interp, const struct scope *scope, struct str name)
{
	struct arena *arena = interp->arena;
	struct words words = { 0 };
	for (; scope; scope = scope->parent)
		for (size_t i = 0; i < scope->names.len; i++)
			vec_push(arena, &words, str_dup(arena, scope->names.ptr[i].key));
	const char *hint = js_did_you_mean(arena, name, &words);
	return js_opaque(str_of(arena_printf(arena, "\"" STR_FMT "\"%s", STR_ARG(name), hint)));
}

static bool eval_identifier(struct interp *interp, struct scope *scope, const struct node *node,
			    struct value *ret_value)
{
	struct slot *slot = scope_find(scope, node->text);
	if (slot) {
		bool ok = slot_value(interp, slot, ret_value);
		while (ok && scope && map_get(&scope->names, node->text) != slot)
			scope = scope->parent;
		if (ok && scope && scope->parent == interp->globals)
			value_own(ret_value);
		return ok;
	}
	if (file_global(interp, node->source->path, node->text, ret_value))
		return true;
	*ret_value = undeclared(interp, scope, node->text);
	return true;
}

static bool eval_this(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	while (scope && !scope->has_self)
		scope = scope->parent;
	if (!scope)
		return interp_refuse(interp, node, "\"this\" means nothing here");
	*ret_value = scope->self;
	return true;
}

static bool eval_first(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	return interp_eval(interp, scope, node->first, ret_value);
}

/* (a, b): for its last, but in order. */
static bool eval_sequence(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	for (const struct node *child = node->first; child; child = child->next)
		if ((child == node->last || interp->eager) && !interp_eval(interp, scope, child, ret_value))
			return false;
	return true;
}

static bool eval_last(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	return interp_eval(interp, scope, node->last, ret_value);
}

static bool eval_meta(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	(void)scope;
	return file_global(interp, node->source->path, STR("import.meta"), ret_value);
}

/* What happens at run time only: its value is not ours to know. */
static bool eval_opaque(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	(void)scope;
	*ret_value = js_opaque(str_of(arena_printf(interp->arena, "%s:%u (await)", node->source->path, node->line)));
	return true;
}

/* ---- all of them ---- */

static evaluator_fn *const evaluators[] = {
	[N_ARRAY] = eval_array,
	[N_ARROW_FUNCTION] = eval_function,
	[N_AS_EXPRESSION] = eval_first,
	[N_ASSIGNMENT_EXPRESSION] = eval_assignment,
	[N_AUGMENTED_ASSIGNMENT_EXPRESSION] = eval_augmented,
	[N_AWAIT_EXPRESSION] = eval_opaque,
	[N_BINARY_EXPRESSION] = eval_binary,
	[N_CALL_EXPRESSION] = eval_chain_start,
	[N_ABSTRACT_CLASS_DECLARATION] = eval_class,
	[N_CLASS] = eval_class,
	[N_CLASS_DECLARATION] = eval_class,
	[N_ENUM_DECLARATION] = eval_enum,
	[N_INTERNAL_MODULE] = eval_namespace,
	[N_FALSE] = eval_constant,
	[N_FUNCTION_DECLARATION] = eval_function,
	[N_FUNCTION_EXPRESSION] = eval_function,
	[N_IDENTIFIER] = eval_identifier,
	[N_MEMBER_EXPRESSION] = eval_chain_start,
	[N_META_PROPERTY] = eval_meta,
	[N_NEW_EXPRESSION] = eval_new,
	[N_NON_NULL_EXPRESSION] = eval_chain_start,
	[N_NULL] = eval_constant,
	[N_NUMBER] = eval_number,
	[N_OBJECT] = eval_object,
	[N_PARENTHESIZED_EXPRESSION] = eval_first,
	[N_REGEX] = eval_regex,
	[N_SATISFIES_EXPRESSION] = eval_first,
	[N_SEQUENCE_EXPRESSION] = eval_sequence,
	[N_SHORTHAND_PROPERTY_IDENTIFIER] = eval_identifier,
	[N_STRING] = eval_string,
	[N_SUBSCRIPT_EXPRESSION] = eval_chain_start,
	[N_TEMPLATE_STRING] = eval_template,
	[N_TERNARY_EXPRESSION] = eval_ternary,
	[N_THIS] = eval_this,
	[N_TRUE] = eval_constant,
	[N_TYPE_ASSERTION] = eval_last,
	[N_UNARY_EXPRESSION] = eval_unary,
	[N_UNDEFINED] = eval_constant,
	[N_UPDATE_EXPRESSION] = eval_update,
};

bool interp_eval(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	if (!node)
		return err_set(interp->err, ERR_FAILED, "typescript-unsupported", "an expression is missing");
	if (++interp->steps > INTERP_MAX_STEPS)
		return interp_refuse(interp, node, "this computes for too long");
	evaluator_fn *evaluator = (size_t)node->kind < LEN(evaluators) ? evaluators[node->kind] : NULL;
	if (!evaluator)
		return interp_refuse(interp, node, "this %s is not understood", node->type);
	if (++interp->depth > INTERP_MAX_DEPTH)
		return interp_refuse(interp, node, "this is nested too deeply");
	bool ok = evaluator(interp, scope, node, ret_value);
	interp->depth--;
	return ok;
}
