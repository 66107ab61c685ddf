#include "format/drizzle/ts/evaluate.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

typedef bool evaluator_fn(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value);

static evaluator_fn eval_chain_start;

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
			const struct node *key = node_role(child, R_KEY);
			if (!key)
				key = node_role(child, R_LEFT);
			named = child->kind != N_REST_PATTERN &&
				str_eq(key ? key->text : child->text, members->map.ptr[i].key);
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
	if (slot->from == FROM_OTHERS)
		return others(interp, slot, ret_value);
	if (!part(interp, slot, ret_value))
		return false;
	return !slot->scope || ret_value->kind != V_UNDEFINED ||
		interp_eval(interp, slot->scope, slot->node, ret_value); /* the default */
}

bool slot_value(struct interp *interp, struct slot *slot, struct value *ret_value)
{
	if (slot->changes && !slot_refuse_changed(interp, slot, NULL))
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
		interp->eager = eager && slot->scope && slot->scope->parent != interp->globals;
		slot->state = SLOT_BUSY;
		bool ok = compute(interp, slot, &value);
		interp->eager = eager;
		interp->depth--;
		slot->state = ok ? SLOT_READY : SLOT_LAZY;
		if (!ok)
			return false;
		slot->value = value;
	}
	if (slot->changes && !slot_refuse_changed(interp, slot, &slot->value))
		return false;
	*ret_value = slot->value;
	return true;
}

bool expression_slot(struct interp *interp, struct scope *scope, const struct node *node, struct slot **ret_slot)
{
	struct value value;
	*ret_slot = slot_lazy(interp->arena, node, scope);
	return !interp->eager || slot_value(interp, *ret_slot, &value);
}

/* ---- literals ---- */

static bool eval_constant(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	(void)interp, (void)scope;
	if (node->kind == N_TRUE || node->kind == N_FALSE)
		*ret_value = js_boolean(node->kind == N_TRUE);
	else
		*ret_value = (struct value){ .kind = node->kind == N_NULL ? V_NULL : V_UNDEFINED };
	return true;
}

static bool eval_string(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	(void)scope;
	*ret_value = js_string(node_string(interp->arena, node));
	return true;
}

/* 1_000, 0x1f, 0b1, 0o7, 1e3, 10n. */
static bool eval_number(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	(void)scope;
	struct buf digits = buf_init(interp->arena);
	for (size_t i = 0; i < node->text.len; i++)
		if (node->text.ptr[i] != '_')
			buf_char(&digits, node->text.ptr[i]);
	const char *text = digits.ptr;
	if (digits.len && text[digits.len - 1] == 'n') {
		*ret_value = (struct value){ .kind = V_BIGINT, .text = { text, digits.len - 1 } };
		return text[0] != '0' || digits.len == 2 ||
			interp_refuse(interp, node, "a bigint like this is not understood");
	}
	bool binary = digits.len > 2 && text[0] == '0' && (text[1] | 0x20) == 'b';
	bool octal = digits.len > 2 && text[0] == '0' && (text[1] | 0x20) == 'o';
	*ret_value = js_number(binary          ? (double)strtoull(text + 2, NULL, 2)
				       : octal ? (double)strtoull(text + 2, NULL, 8)
					       : strtod(text, NULL));
	return true;
}

static bool eval_regex(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	(void)interp, (void)scope;
	*ret_value = (struct value){ .kind = V_REGEX, .text = node->text };
	return true;
}

/* The texts between a template's substitutions, and these. */
static void split_template(struct interp *interp, const struct node *node, struct strs *pieces, struct scope *scope,
			   struct slots *values)
{
	size_t from = 1;
	const char *base = node->text.ptr;
	for (const struct node *child = node->first; child; child = child->next) {
		if (child->kind != N_TEMPLATE_SUBSTITUTION)
			continue;
		size_t at = (size_t)(child->text.ptr - base);
		vec_push(interp->arena, pieces, node_cooked(interp->arena, str_slice(node->text, from, at)));
		vec_push(interp->arena, values, slot_lazy(interp->arena, child->first, scope));
		from = at + child->text.len;
	}
	vec_push(interp->arena, pieces, node_cooked(interp->arena, str_slice(node->text, from, node->text.len - 1)));
}

static bool eval_template(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	struct strs pieces = { 0 };
	struct slots values = { 0 };
	struct buf text = buf_init(interp->arena);
	split_template(interp, node, &pieces, scope, &values);
	buf_str(&text, pieces.ptr[0]);
	for (size_t i = 0; i < values.len; i++) {
		struct value value;
		struct str piece;
		if (!slot_value(interp, values.ptr[i], &value) ||
		    !js_to_text(interp, values.ptr[i]->node, &value, &piece))
			return false;
		buf_str(&text, piece);
		buf_str(&text, pieces.ptr[i + 1]);
	}
	*ret_value = js_string(buf_as_str(&text));
	return true;
}

static bool eval_array(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	*ret_value = js_array(interp->arena);
	for (const struct node *child = node->first; child; child = child->next) {
		struct slots items = { 0 };
		struct value spread;
		struct slot *slot;
		if (child->kind == N_TOKEN)
			continue;
		if (child->kind != N_SPREAD_ELEMENT) {
			if (!expression_slot(interp, scope, child, &slot))
				return false;
			js_array_add(interp->arena, ret_value->array, slot);
			continue;
		}
		if (!interp_eval(interp, scope, child->first, &spread) || !js_items(interp, child, &spread, &items))
			return false;
		for (size_t i = 0; i < items.len; i++)
			js_array_add(interp->arena, ret_value->array, items.ptr[i]);
	}
	return true;
}

/* ---- objects ---- */

static bool add_spread(struct interp *interp, struct scope *scope, const struct node *node, struct object *object)
{
	struct value spread;
	struct object *members;
	if (!interp_eval(interp, scope, node->first, &spread))
		return false;
	if (js_is_nullish(&spread) || spread.kind == V_BOOLEAN)
		return true;
	if (!js_members(interp, node, &spread, &members))
		return false;
	for (size_t i = 0; i < members->map.len; i++)
		js_object_set(interp->arena, object, members->map.ptr[i].key, members->map.ptr[i].value);
	return true;
}

static struct value closure_value(struct interp *interp, struct scope *scope, const struct node *node)
{
	struct closure *closure = arena_alloc(interp->arena, sizeof(*closure));
	*closure = (struct closure){ node, scope };
	return (struct value){ .kind = V_CLOSURE, .closure = closure };
}

static bool add_property(struct interp *interp, struct scope *scope, const struct node *node, struct object *object)
{
	struct str key;
	struct slot *slot;
	if (node->kind == N_SPREAD_ELEMENT)
		return add_spread(interp, scope, node, object);
	if (node->kind == N_SHORTHAND_PROPERTY_IDENTIFIER) {
		if (!expression_slot(interp, scope, node, &slot))
			return false;
		js_object_set(interp->arena, object, node->text, slot);
		return true;
	}
	if (node->kind == N_METHOD_DEFINITION) {
		if (node_has(node, "get") || node_has(node, "set"))
			return interp_refuse(interp, node, "getters and setters are not understood");
		if (!js_key_text(interp, scope, node_role(node, R_NAME), &key))
			return false;
		js_object_set(interp->arena, object, key,
			      slot_ready(interp->arena, closure_value(interp, scope, node)));
		return true;
	}
	if (node->kind != N_PAIR)
		return node->kind == N_TOKEN ||
			interp_refuse(interp, node, "%s in an object is not understood", node->type);
	if (!js_key_text(interp, scope, node_role(node, R_KEY), &key) ||
	    !expression_slot(interp, scope, node_role(node, R_VALUE), &slot))
		return false;
	js_object_set(interp->arena, object, key, slot);
	return true;
}

static bool eval_object(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	*ret_value = js_object(interp->arena);
	for (const struct node *child = node->first; child; child = child->next)
		if (!add_property(interp, scope, child, ret_value->object))
			return false;
	return true;
}

static bool eval_function(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	*ret_value = closure_value(interp, scope, node);
	return true;
}

/* enum Mood { Sad = "sad", Ok = "ok" }: from names to values; numbers count up, as TypeScript does it. */
static bool eval_enum(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	double next = 0;
	struct scope *inner = scope_new(interp->arena, scope); /* later members may use earlier ones */
	*ret_value = js_object(interp->arena);
	for (const struct node *child = node_role(node, R_BODY)->first; child; child = child->next) {
		const struct node *name = child->kind == N_ENUM_ASSIGNMENT ? node_role(child, R_NAME) : child;
		struct value value = js_number(next);
		struct str key;
		if (child->kind == N_TOKEN)
			continue;
		if (!js_key_text(interp, scope, name, &key) ||
		    (child->kind == N_ENUM_ASSIGNMENT &&
		     !interp_eval(interp, inner, node_role(child, R_VALUE), &value)))
			return false;
		if (value.kind == V_NUMBER)
			next = value.number + 1;
		struct slot *slot = slot_ready(interp->arena, value);
		js_object_set(interp->arena, ret_value->object, key, slot);
		map_set(interp->arena, &inner->names, key, slot);
	}
	return true;
}

/* ---- names ---- */

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
	*ret_value = js_opaque(str_of(arena_printf(interp->arena, "the global \"" STR_FMT "\"", STR_ARG(node->text))));
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
	*ret_value = js_opaque(str_of(arena_printf(interp->arena, "%s:%u (%s)", node->source->path, node->line,
						   node->kind == N_AWAIT_EXPRESSION ? "await" : "a class")));
	return true;
}

/* ---- operators ---- */

static bool eval_ternary(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	struct value condition;
	bool truth;
	const struct node *test = node_role(node, R_CONDITION);
	if (!interp_eval(interp, scope, test, &condition) || !js_truth(interp, test, &condition, &truth))
		return false;
	return interp_eval(interp, scope, node_role(node, truth ? R_CONSEQUENCE : R_ALTERNATIVE), ret_value);
}

static const char *type_of(const struct value *value)
{
	static const char *const names[] = {
		[V_UNDEFINED] = "undefined", [V_NULL] = "object",   [V_BOOLEAN] = "boolean",  [V_NUMBER] = "number",
		[V_BIGINT] = "bigint",       [V_STRING] = "string", [V_REGEX] = "object",     [V_DATE] = "object",
		[V_ARRAY] = "object",        [V_OBJECT] = "object", [V_CLOSURE] = "function", [V_NATIVE] = "function",
		[V_HOST] = "object",
	};
	return value->kind == V_HOST && value->host->class->call ? "function" : names[value->kind];
}

static bool eval_unary(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	const struct node *argument = node_role(node, R_ARGUMENT), *operator= node_role(node, R_OPERATOR);
	struct value value;
	bool truth;
	double number;
	if (!interp_eval(interp, scope, argument, &value))
		return false;
	char c = operator->text.ptr[0];
	if (c == '!') {
		bool ok = js_truth(interp, argument, &value, &truth);
		*ret_value = js_boolean(ok && !truth);
		return ok;
	}
	if (str_eq(operator->text, STR("typeof"))) {
		value = js_settle(interp, &value);
		if (value.kind == V_OPAQUE)
			return interp_refuse(interp, node, "the type of %s", js_describe(interp->arena, &value));
		*ret_value = js_text(type_of(&value));
		return true;
	}
	if (c == '-' && value.kind == V_BIGINT) {
		*ret_value = value;
		ret_value->text = str_of(arena_printf(interp->arena, "-" STR_FMT, STR_ARG(value.text)));
		return true;
	}
	if (c == '-' || c == '+') {
		bool ok = js_to_number(interp, argument, &value, &number);
		*ret_value = js_number(ok && c == '-' ? -number : ok ? number : 0);
		return ok;
	}
	*ret_value = js_undefined();
	return str_eq(operator->text, STR("void")) ||
		interp_refuse(interp, node, "\"" STR_FMT "\" is not understood", STR_ARG(operator->text));
}

static bool same_value(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == V_UNDEFINED || a->kind == V_NULL)
		return true;
	if (a->kind == V_BOOLEAN)
		return a->truth == b->truth;
	if (a->kind == V_NUMBER || a->kind == V_DATE)
		return a->number == b->number;
	if (a->kind == V_STRING || a->kind == V_BIGINT || a->kind == V_REGEX)
		return str_eq(a->text, b->text);
	return a->object == b->object;
}

static bool compare(struct interp *interp, const struct node *node, struct str operator, struct value left,
		    struct value right, struct value *ret_value)
{
	left = js_settle(interp, &left);
	right = js_settle(interp, &right);
	bool nothing = js_is_nullish(&left) || js_is_nullish(&right);
	bool loose = operator.len == 2 && js_is_nullish(&left) && js_is_nullish(&right);
	for (int i = 0; i < 2; i++)
		if ((i ? right : left).kind == V_OPAQUE)
			return interp_refuse(interp, node, "a comparison with %s",
					     js_describe(interp->arena, i ? &right : &left));
	if (operator.len == 2 && !nothing && left.kind != right.kind)
		return interp_refuse(interp, node, "\"" STR_FMT "\" between %s and %s is not understood",
				     STR_ARG(operator), js_describe(interp->arena, &left),
				     js_describe(interp->arena, &right));
	*ret_value = js_boolean((loose || same_value(&left, &right)) == (operator.ptr[0] == '='));
	return true;
}

/* What "+" adds up instead of joining. */
static bool is_numeric(const struct value *value)
{
	return value->kind == V_NUMBER || value->kind == V_BIGINT || value->kind == V_BOOLEAN || js_is_nullish(value);
}

static bool add_values(struct interp *interp, const struct node *node, const struct value *left,
		       const struct value *right, struct value *ret_value)
{
	struct str a, b;
	double x, y;
	if (is_numeric(left) && is_numeric(right)) {
		if (!js_to_number(interp, node, left, &x) || !js_to_number(interp, node, right, &y))
			return false;
		*ret_value = js_number(x + y);
		return true;
	}
	if (!js_to_text(interp, node, left, &a) || !js_to_text(interp, node, right, &b))
		return false;
	*ret_value = js_string(str_of(arena_printf(interp->arena, STR_FMT STR_FMT, STR_ARG(a), STR_ARG(b))));
	return true;
}

static bool calculate(struct interp *interp, const struct node *node, struct str operator, const struct value * left,
		      const struct value *right, struct value *ret_value)
{
	double a, b;
	if (str_eq(operator, STR("+")))
		return add_values(interp, node, left, right, ret_value);
	bool shift = operator.len> 1 &&(operator.ptr[1] == '<' || operator.ptr[1] == '>');
	if (shift)
		return interp_refuse(interp, node, "the operator \"" STR_FMT "\" is not understood", STR_ARG(operator));
	if (left->kind == V_STRING && right->kind == V_STRING && (operator.ptr[0] == '<' || operator.ptr[0] == '>')) {
		a = str_cmp(left->text, right->text); /* in the order of their bytes, which is that of their letters */
		b = 0;
	} else if (!js_to_number(interp, node, left, &a) || !js_to_number(interp, node, right, &b)) {
		return false;
	}
	bool equal = operator.len == 2 && operator.ptr[1] == '=';
	switch (operator.ptr[0]) {
	case '<':
		*ret_value = js_boolean(a < b || (equal && a == b));
		return true;
	case '>':
		*ret_value = js_boolean(a > b || (equal && a == b));
		return true;
	case '-':
		*ret_value = js_number(a - b);
		return true;
	case '/':
		*ret_value = js_number(a / b);
		return true;
	case '%':
		*ret_value = js_number(fmod(a, b));
		return true;
	case '*':
		*ret_value = js_number(operator.len == 2 ? pow(a, b) : a * b);
		return true;
	default:
		return interp_refuse(interp, node, "the operator \"" STR_FMT "\" is not understood", STR_ARG(operator));
	}
}

/* && || ??: does the left side decide? */
static bool left_decides(struct interp *interp, const struct node *at, struct str operator, const struct value * left,
			 bool *ret_decides)
{
	struct value settled = js_settle(interp, left);
	bool truth;
	if (str_eq(operator, STR("??"))) {
		*ret_decides = !js_is_nullish(&settled);
		return true;
	}
	if (!js_truth(interp, at, &settled, &truth))
		return false;
	*ret_decides = truth == str_eq(operator, STR("||"));
	return true;
}

static bool eval_binary(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	const struct node *left_node = node_role(node, R_LEFT), *right_node = node_role(node, R_RIGHT);
	struct str operator= node_role(node, R_OPERATOR)->text;
	struct value left, right;
	bool decides;
	if (!interp_eval(interp, scope, left_node, &left))
		return false;
	if (str_eq(operator, STR("&&")) || str_eq(operator, STR("||")) || str_eq(operator, STR("??"))) {
		if (!left_decides(interp, left_node, operator, & left, &decides))
			return false;
		*ret_value = left;
		return decides || interp_eval(interp, scope, right_node, ret_value);
	}
	if (!interp_eval(interp, scope, right_node, &right))
		return false;
	if (str_eq(operator, STR("in"))) {
		struct object *members;
		struct str key;
		if (!js_to_text(interp, left_node, &left, &key) || !js_members(interp, right_node, &right, &members))
			return false;
		*ret_value = js_boolean(js_object_get(members, key) != NULL);
		return true;
	}
	if (operator.len> 1 && operator.ptr[1] == '=' &&(operator.ptr[0] == '=' || operator.ptr[0] == '!'))
		return compare(interp, node, operator, left, right, ret_value);
	return calculate(interp, node, operator, & left, &right, ret_value);
}

/* ---- assignments ---- */

static bool store_member(struct interp *interp, struct scope *scope, const struct node *target, struct slot *slot)
{
	struct value object, index;
	struct str key;
	const struct node *property = node_role(target, R_PROPERTY);
	if (!interp_eval(interp, scope, node_role(target, R_OBJECT), &object))
		return false;
	if (property)
		key = property->text;
	else if (!interp_eval(interp, scope, node_role(target, R_INDEX), &index) ||
		 !js_to_text(interp, target, &index, &key))
		return false;
	if (object.kind == V_OPAQUE)
		return true;
	if (object.kind == V_HOST && object.host->class->extensible) {
		map_set(interp->arena, &object.host->own, key, slot);
		return true;
	}
	if (object.kind != V_OBJECT)
		return interp_refuse(interp, target, "an assignment to a member of %s is not understood",
				     js_describe(interp->arena, &object));
	if (!js_may_change(interp, target, &object))
		return false;
	js_object_set(interp->arena, object.object, key, slot);
	return true;
}

static bool store(struct interp *interp, struct scope *scope, const struct node *target, const struct value *value)
{
	struct slot *slot = slot_ready(interp->arena, *value);
	if (target->kind == N_MEMBER_EXPRESSION || target->kind == N_SUBSCRIPT_EXPRESSION)
		return store_member(interp, scope, target, slot);
	if (target->kind != N_IDENTIFIER)
		return interp_refuse(interp, target, "an assignment to %s is not understood", target->type);
	/* A slot can be shared with the caller's argument: the name gets a new one. */
	while (scope && !map_get(&scope->names, target->text))
		scope = scope->parent;
	if (!scope)
		return interp_refuse(interp, target, "\"" STR_FMT "\" is not declared", STR_ARG(target->text));
	if (slot_is_reassigned(map_get(&scope->names, target->text)))
		return true; /* a module's own: whoever reads it is refused */
	map_set(interp->arena, &scope->names, target->text, slot);
	return true;
}

static bool eval_assignment(struct interp *interp, struct scope *scope, const struct node *node,
			    struct value *ret_value)
{
	const struct node *left = node_role(node, R_LEFT);
	return interp_eval(interp, scope, node_role(node, R_RIGHT), ret_value) && store(interp, scope, left, ret_value);
}

static bool eval_augmented(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	const struct node *left = node_role(node, R_LEFT);
	struct str operator= node_role(node, R_OPERATOR)->text;
	struct value before, by;
	operator.len--;
	return interp_eval(interp, scope, left, &before) && interp_eval(interp, scope, node_role(node, R_RIGHT), &by) &&
		calculate(interp, node, operator, & before, &by, ret_value) && store(interp, scope, left, ret_value);
}

/* ---- calls and members ---- */

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
		 !js_to_text(interp, node, &index, &key))
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

static bool chain_call(struct interp *interp, struct scope *scope, const struct node *node, bool *short_cut,
		       struct value *ret_value)
{
	struct value self = js_undefined(), function;
	struct slots args = { 0 };
	struct strs pieces = { 0 };
	const struct node *arguments = node_role(node, R_ARGUMENTS), *callee = node_role(node, R_FUNCTION);
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
		return interp_refuse(interp, node, "\"" STR_FMT "\" is not known here", STR_ARG(callee->text));
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

static bool eval_chain_start(struct interp *interp, struct scope *scope, const struct node *node,
			     struct value *ret_value)
{
	struct value self;
	bool short_cut = false;
	return eval_chain(interp, scope, node, &self, &short_cut, ret_value);
}

/* new Date("..."), and whatever else is made at run time. */
static bool eval_new(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	struct value constructor;
	struct slots args = { 0 };
	if (!interp_eval(interp, scope, node_role(node, R_CONSTRUCTOR), &constructor))
		return false;
	if (constructor.kind == V_HOST)
		return add_arguments(interp, scope, node_role(node, R_ARGUMENTS), &args) &&
			call_value(interp, node, &constructor, &constructor, args, NULL, ret_value);
	*ret_value = js_opaque(node_role(node, R_CONSTRUCTOR)->text);
	return true;
}

static evaluator_fn *const evaluators[] = {
	[N_ARRAY] = eval_array,
	[N_ARROW_FUNCTION] = eval_function,
	[N_AS_EXPRESSION] = eval_first,
	[N_ASSIGNMENT_EXPRESSION] = eval_assignment,
	[N_AUGMENTED_ASSIGNMENT_EXPRESSION] = eval_augmented,
	[N_AWAIT_EXPRESSION] = eval_opaque,
	[N_BINARY_EXPRESSION] = eval_binary,
	[N_CALL_EXPRESSION] = eval_chain_start,
	[N_CLASS] = eval_opaque,
	[N_CLASS_DECLARATION] = eval_opaque,
	[N_ENUM_DECLARATION] = eval_enum,
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
