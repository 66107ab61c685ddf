#include <stdlib.h>

#include "format/drizzle/ts/evaluators.h"

/* What is written out: texts, numbers, templates, arrays, objects, functions, enums. */

bool eval_constant(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	(void)interp, (void)scope;
	if (node->kind == N_TRUE || node->kind == N_FALSE)
		*ret_value = js_boolean(node->kind == N_TRUE);
	else
		*ret_value = (struct value){ .kind = node->kind == N_NULL ? V_NULL : V_UNDEFINED };
	return true;
}

bool eval_string(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	(void)scope;
	*ret_value = js_string(node_string(interp->arena, node));
	return true;
}

/* 1_000, 0x1f, 0b1, 0o7, 1e3, 10n. */
bool eval_number(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
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

bool eval_regex(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	(void)interp, (void)scope;
	*ret_value = (struct value){ .kind = V_REGEX, .text = node->text };
	return true;
}

/* The texts between a template's substitutions, and these. */
void split_template(struct interp *interp, const struct node *node, struct strs *pieces, struct scope *scope,
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

bool eval_template(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
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

bool eval_array(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	bool separated = false;
	*ret_value = js_array(interp->arena);
	for (const struct node *child = node->first; child; child = child->next) {
		struct slots items = { 0 };
		struct value spread;
		struct slot *slot;
		if (child->kind == N_TOKEN) {
			/* Neither undefined nor nothing: some methods see it, others do not. */
			if (!separated)
				return interp_refuse(interp, node, "an array with a hole is not understood");
			separated = false;
			continue;
		}
		separated = true;
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
	return js_copy_members(interp, members, &object->map);
}

bool js_copy_members(struct interp *interp, const struct object *from, struct map *to)
{
	for (size_t i = 0; i < from->map.len; i++) {
		struct slot *slot = from->map.ptr[i].value;
		struct object into = { .map = *to };
		struct value value;
		/* What a getter gives is copied, not the getter. */
		if (slot->from == FROM_GETTER && !slot_value(interp, slot, &value))
			return false;
		js_object_set(interp->arena, &into, from->map.ptr[i].key,
			      slot->from == FROM_GETTER ? slot_ready(interp->arena, value) : slot);
		*to = into.map;
	}
	return true;
}

struct value closure_value(struct interp *interp, struct scope *scope, const struct node *node)
{
	struct closure *closure = arena_alloc(interp->arena, sizeof(*closure));
	*closure = (struct closure){ .node = node, .scope = scope };
	return (struct value){ .kind = V_CLOSURE, .closure = closure };
}

static struct slot *getter_slot(struct interp *interp, struct scope *scope, const struct node *node,
				struct object *object)
{
	struct slot *slot = slot_lazy(interp->arena, node, scope_new(interp->arena, scope));
	slot->from = FROM_GETTER;
	slot->scope->has_self = true;
	slot->scope->self = (struct value){ .kind = V_OBJECT, .object = object };
	return slot;
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
		if (!js_key_text(interp, scope, node_role(node, R_NAME), &key))
			return false;
		if (node_has(node, "set")) {
			map_set(interp->arena, &object->setters, key,
				slot_ready(interp->arena, closure_value(interp, scope, node)));
			return true;
		}
		if (node_has(node, "get")) {
			js_object_set(interp->arena, object, key, getter_slot(interp, scope, node, object));
			return true;
		}
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

bool eval_object(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	*ret_value = js_object(interp->arena);
	for (const struct node *child = node->first; child; child = child->next)
		if (!add_property(interp, scope, child, ret_value->object))
			return false;
	return true;
}

bool eval_function(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	*ret_value = closure_value(interp, scope, node);
	return true;
}

/* enum Mood { Sad = "sad", Ok = "ok" }: from names to values; numbers count up, as TypeScript does it. */
bool eval_enum(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
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
		if (value.kind == V_NUMBER) /* and from numbers to names */
			js_object_set(interp->arena, ret_value->object, number_text(interp->arena, value.number),
				      slot_ready(interp->arena, js_string(key)));
		map_set(interp->arena, &inner->names, key, slot);
	}
	return true;
}

/* The names that a declaration makes, as members. */
static void export_declared(struct interp *interp, const struct scope *inner, const struct node *declaration,
			    struct object *object)
{
	const struct node *own = node_role(declaration, R_NAME);
	for (const struct node *child = declaration->first; child; child = child->next) {
		const struct node *name = child->kind == N_VARIABLE_DECLARATOR ? node_role(child, R_NAME) : NULL;
		struct slot *slot = name && name->kind == N_IDENTIFIER ? map_get(&inner->names, name->text) : NULL;
		if (slot)
			js_object_set(interp->arena, object, name->text, slot);
	}
	struct slot *slot = own ? map_get(&inner->names, own->text) : NULL;
	if (slot)
		js_object_set(interp->arena, object, own->text, slot);
}

/* namespace N { export const a = 1 } */
bool eval_namespace(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	struct scope *inner = scope_new(interp->arena, scope);
	const struct node *body = node_role(node, R_BODY);
	*ret_value = js_object(interp->arena);
	for (const struct node *child = body ? body->first : NULL; child; child = child->next) {
		const struct node *declaration =
			child->kind == N_EXPORT_STATEMENT ? node_role(child, R_DECLARATION) : NULL;
		if (!scope_declare(interp, inner, declaration ? declaration : child))
			return false;
		if (declaration)
			export_declared(interp, inner, declaration, ret_value->object);
	}
	return true;
}
