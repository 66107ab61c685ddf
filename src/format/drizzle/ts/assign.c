#include "format/drizzle/ts/evaluators.h"

/* Values that are given to names and members. */

/* What o.a and o[a] are about. */
static bool take_target(struct interp *interp, struct scope *scope, const struct node *target, struct value *ret_object,
			struct str *ret_key)
{
	struct value index;
	const struct node *property = node_role(target, R_PROPERTY);
	if (!interp_eval(interp, scope, node_role(target, R_OBJECT), ret_object))
		return false;
	if (property) {
		*ret_key = property->text;
		return true;
	}
	return interp_eval(interp, scope, node_role(target, R_INDEX), &index) &&
		js_to_key(interp, target, &index, ret_key);
}

/* o.a = ..., where a is set by a function. */
static bool call_setter(struct interp *interp, const struct node *target, const struct value *object, struct str key,
			struct slot *slot, bool *ret_done)
{
	struct slot *own = map_get(&object->object->setters, key), *there = js_object_get(object->object, key);
	struct value setter, ignored;
	*ret_done = true;
	if (own)
		return slot_value(interp, own, &setter) && js_call(interp, target, &setter, object, &slot, 1, &ignored);
	if (there && there->from == FROM_GETTER)
		return interp_refuse(interp, target, "an assignment to a getter is not understood");
	*ret_done = false;
	return there || !object->object->class ||
		class_set(interp, target, object->object->class, object, key, slot, ret_done);
}

static bool store_member(struct interp *interp, struct scope *scope, const struct node *target, struct slot *slot)
{
	struct value object;
	struct str key;
	if (!take_target(interp, scope, target, &object, &key))
		return false;
	if (object.kind == V_OPAQUE)
		return true;
	if (object.kind == V_HOST && object.host->class->set)
		return object.host->class->set(interp, object.host, key, slot);
	if (object.kind == V_HOST && (object.host->class->extensible || js_is_symbol(key))) {
		map_set(interp->arena, &object.host->own, key, slot);
		return true;
	}
	if (object.kind == V_CLOSURE) {
		if (!js_may_change(interp, target, &object))
			return false;
		map_set(interp->arena, &object.closure->own, key, slot);
		return true;
	}
	if (object.kind != V_OBJECT)
		return interp_refuse(interp, target, "an assignment to a member of %s is not understood",
				     js_describe(interp->arena, &object));
	if (!js_may_change(interp, target, &object))
		return false;
	bool done;
	if (!call_setter(interp, target, &object, key, slot, &done))
		return false;
	if (done)
		return true;
	struct map *members = js_members_for(object.object, key);
	if (members == &object.object->map)
		js_object_set(interp->arena, object.object, key, slot);
	else
		map_set(interp->arena, members, key, slot);
	return true;
}

static bool store(struct interp *interp, struct scope *scope, const struct node *target, const struct value *value,
		  const struct node *written)
{
	struct slot *slot = slot_ready(interp->arena, *value);
	slot->node = written;
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

bool eval_assignment(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	const struct node *left = node_role(node, R_LEFT);
	const struct node *right = node_role(node, R_RIGHT);
	return interp_eval(interp, scope, right, ret_value) && store(interp, scope, left, ret_value, right);
}

bool eval_augmented(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	const struct node *left = node_role(node, R_LEFT);
	struct str operator= node_role(node, R_OPERATOR)->text;
	struct value before, by;
	bool decides;
	operator.len--;
	if (!interp_eval(interp, scope, left, &before))
		return false;
	if (str_eq(operator, STR("&&")) || str_eq(operator, STR("||")) || str_eq(operator, STR("??"))) {
		*ret_value = before;
		return left_decides(interp, left, operator, & before, &decides) &&
			(decides ||
			 (interp_eval(interp, scope, node_role(node, R_RIGHT), ret_value) &&
			  store(interp, scope, left, ret_value, node_role(node, R_RIGHT))));
	}
	return interp_eval(interp, scope, node_role(node, R_RIGHT), &by) &&
		calculate(interp, node, operator, & before, &by, ret_value) &&
		store(interp, scope, left, ret_value, NULL);
}

/* i++ and --i: what it gives is the number before or after. */
bool eval_update(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	const struct node *target = node_role(node, R_ARGUMENT), *operator= node_role(node, R_OPERATOR);
	struct value before;
	double number;
	if (!interp_eval(interp, scope, target, &before) || !js_to_number(interp, target, &before, &number))
		return false;
	struct value after = js_number(operator->text.ptr[0] == '+' ? number + 1 : number - 1);
	*ret_value = operator== node->first ? after : js_number(number);
	return store(interp, scope, target, &after, NULL);
}

/* delete o.a: true, as JavaScript says. */
bool eval_delete(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	const struct node *target = node_role(node, R_ARGUMENT);
	struct value object;
	struct str key;
	while (target && (target->kind == N_PARENTHESIZED_EXPRESSION || target->kind == N_NON_NULL_EXPRESSION))
		target = target->first;
	if (!target || (target->kind != N_MEMBER_EXPRESSION && target->kind != N_SUBSCRIPT_EXPRESSION))
		return interp_refuse(interp, node, "this delete is not understood");
	if (!take_target(interp, scope, target, &object, &key))
		return false;
	*ret_value = js_boolean(true);
	if (object.kind == V_OPAQUE)
		return true;
	if (object.kind != V_OBJECT)
		return interp_refuse(interp, node, "to delete a member of %s is not understood",
				     js_describe(interp->arena, &object));
	if (!js_may_change(interp, node, &object))
		return false;
	interp->steps += object.object->map.len;
	js_object_remove(object.object, key);
	return true;
}
