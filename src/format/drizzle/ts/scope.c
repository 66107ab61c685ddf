#include "format/drizzle/ts/evaluate.h"

struct scope *scope_new(struct arena *arena, struct scope *parent)
{
	struct scope *scope = arena_alloc(arena, sizeof(*scope));
	*scope = (struct scope){ .parent = parent, .module = parent ? parent->module : NULL };
	return scope;
}

struct slot *scope_find(const struct scope *scope, struct str name)
{
	for (; scope; scope = scope->parent) {
		struct slot *slot = map_get(&scope->names, name);
		if (slot)
			return slot;
	}
	return NULL;
}

bool js_key_text(struct interp *interp, struct scope *scope, const struct node *key, struct str *ret_text)
{
	struct value value;
	if (key->kind == N_COMPUTED_PROPERTY_NAME)
		return interp_eval(interp, scope, key->first, &value) && js_to_key(interp, key, &value, ret_text);
	if (key->kind == N_NUMBER)
		return interp_eval(interp, scope, key, &value) && js_to_text(interp, key, &value, ret_text);
	*ret_text = key->kind == N_STRING ? node_string(interp->arena, key) : key->text;
	return true;
}

/* ---- patterns ---- */

/* A part of what slot holds, with the default that the pattern gives it. */
static struct slot *part_slot(struct interp *interp, struct slot *of, enum slot_from from, const struct node *node,
			      struct scope *default_scope)
{
	struct slot *slot = arena_alloc(interp->arena, sizeof(*slot));
	*slot = (struct slot){ .state = SLOT_LAZY, .from = from, .of = of, .node = node, .scope = default_scope };
	return slot;
}

/* `target = default` in a pattern: the slot gets the default; what remains is the target. */
static const struct node *take_default(struct scope *scope, const struct node *pattern, struct slot *slot)
{
	if (pattern->kind != N_ASSIGNMENT_PATTERN && pattern->kind != N_OBJECT_ASSIGNMENT_PATTERN)
		return pattern;
	slot->node = node_role(pattern, R_RIGHT);
	slot->scope = scope;
	return node_role(pattern, R_LEFT);
}

static bool bind_property(struct interp *interp, struct scope *scope, const struct node *child, struct slot *whole)
{
	struct slot *slot = part_slot(interp, whole, FROM_KEY, child, NULL);
	const struct node *target = child;
	if (child->kind == N_REST_PATTERN) {
		slot->from = FROM_OTHERS;
		slot->node = child->parent;
		slot->scope = scope;
		return scope_bind(interp, scope, child->first, slot);
	}
	if (child->kind == N_PAIR_PATTERN) {
		if (!js_key_text(interp, scope, node_role(child, R_KEY), &slot->key))
			return false;
		target = take_default(scope, node_role(child, R_VALUE), slot);
	} else {
		target = take_default(scope, child, slot);
		slot->key = target->text;
	}
	return scope_bind(interp, scope, target, slot);
}

static bool bind_elements(struct interp *interp, struct scope *scope, const struct node *pattern, struct slot *whole)
{
	size_t index = 0;
	for (const struct node *child = pattern->first; child; child = child->next) {
		if (child->kind == N_TOKEN) {
			index++; /* a comma */
			continue;
		}
		bool rest = child->kind == N_REST_PATTERN;
		struct slot *slot = part_slot(interp, whole, rest ? FROM_TAIL : FROM_INDEX, child, NULL);
		slot->index = index;
		if (!scope_bind(interp, scope, rest ? child->first : take_default(scope, child, slot), slot))
			return false;
	}
	return true;
}

bool scope_bind(struct interp *interp, struct scope *scope, const struct node *pattern, struct slot *slot)
{
	if (++interp->depth > INTERP_MAX_DEPTH)
		return interp_refuse(interp, pattern, "this is nested too deeply");
	bool ok = true;
	if (pattern->kind == N_IDENTIFIER || pattern->kind == N_SHORTHAND_PROPERTY_IDENTIFIER_PATTERN) {
		map_set(interp->arena, &scope->names, pattern->text, slot);
	} else if (pattern->kind == N_OBJECT_PATTERN) {
		for (const struct node *child = pattern->first; ok && child; child = child->next)
			ok = child->kind == N_TOKEN || bind_property(interp, scope, child, slot);
	} else if (pattern->kind == N_ARRAY_PATTERN) {
		ok = bind_elements(interp, scope, pattern, slot);
	} else {
		ok = interp_refuse(interp, pattern, "%s as the target of a value is not understood", pattern->type);
	}
	interp->depth--;
	return ok;
}

/* ---- declarations ---- */

static bool declare_variables(struct interp *interp, struct scope *scope, const struct node *statement)
{
	for (const struct node *child = statement->first; child; child = child->next) {
		const struct node *value = node_role(child, R_VALUE);
		if (child->kind != N_VARIABLE_DECLARATOR)
			continue;
		struct slot *slot =
			value ? slot_lazy(interp->arena, value, scope) : slot_ready(interp->arena, js_undefined());
		if (!scope_bind(interp, scope, node_role(child, R_NAME), slot))
			return false;
	}
	return true;
}

bool scope_declare(struct interp *interp, struct scope *scope, const struct node *statement)
{
	if (statement->kind == N_LEXICAL_DECLARATION || statement->kind == N_VARIABLE_DECLARATION)
		return declare_variables(interp, scope, statement);
	if (statement->kind == N_EXPRESSION_STATEMENT && statement->first &&
	    statement->first->kind == N_INTERNAL_MODULE)
		statement = statement->first;
	if (statement->kind == N_INTERNAL_MODULE || statement->kind == N_FUNCTION_DECLARATION ||
	    statement->kind == N_ENUM_DECLARATION || statement->kind == N_CLASS_DECLARATION ||
	    statement->kind == N_ABSTRACT_CLASS_DECLARATION ||
	    strcmp(statement->type, "generator_function_declaration") == 0) {
		const struct node *name = node_role(statement, R_NAME);
		if (name)
			map_set(interp->arena, &scope->names, name->text, slot_lazy(interp->arena, statement, scope));
	}
	return true;
}
