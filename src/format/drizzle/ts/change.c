#include <stdlib.h>

#include "format/drizzle/ts/module.h"

/*
 * Which of a module's own bindings change after they were declared.
 *
 * A module's bindings are evaluated when somebody asks, so there is no "before" and "after" at that level: what an assignment, a loop or a function makes
 * of such a binding later is not to be had.  Every place that could change one is looked up here, whether it would be run or not, and kept with its slot;
 * slot_value() refuses what has one.  To run module code in its order was rejected: it would evaluate all that nobody asks for and that nobody understands.
 *
 * What changes by way of a parameter is not seen here: objects and arrays that a module's own binding holds are marked, and js_may_change() says no.
 */

enum { MAX_HOPS = 64 };

static bool is_function(const struct node *node)
{
	return node_role(node, R_BODY) && (node_role(node, R_PARAMETERS) || node_role(node, R_PARAMETER)) &&
		strcmp(node->type, "catch_clause") != 0;
}

/* ---- whose name is it? ---- */

/* Does a pattern, or a list of parameters, bind the name? */
static bool binds(const struct node *pattern, struct str name)
{
	for (const struct node *node = pattern; node;) {
		bool value = node != pattern &&
			(node->role == R_KEY || node->role == R_RIGHT ||
			 (node->role == R_VALUE && node->parent->kind != N_PAIR_PATTERN));
		bool leaf = node->kind == N_IDENTIFIER || node->kind == N_SHORTHAND_PROPERTY_IDENTIFIER_PATTERN;
		if (leaf && !value && str_eq(node->text, name))
			return true;
		node = node_after(pattern, node, !value);
	}
	return false;
}

static bool declares(const struct node *statement, struct str name)
{
	if (statement->kind == N_EXPORT_STATEMENT)
		statement = node_role(statement, R_DECLARATION);
	if (!statement)
		return false;
	bool variables = statement->kind == N_LEXICAL_DECLARATION || statement->kind == N_VARIABLE_DECLARATION;
	for (const struct node *child = statement->first; variables && child; child = child->next)
		if (child->kind == N_VARIABLE_DECLARATOR && binds(node_role(child, R_NAME), name))
			return true;
	const struct node *own = node_role(statement, R_NAME);
	return !variables && own && own->kind == N_IDENTIFIER && str_eq(own->text, name) &&
		statement->kind != N_VARIABLE_DECLARATOR;
}

/* var is the function's, wherever in it it is. */
static bool declares_var(const struct node *function, struct str name)
{
	for (const struct node *node = function->first; node;) {
		bool loop = node->kind == N_FOR_IN_STATEMENT && node_has(node, "var");
		if ((node->kind == N_VARIABLE_DECLARATION && declares(node, name)) ||
		    (loop && binds(node_role(node, R_LEFT), name)))
			return true;
		node = node_after(function, node, !is_function(node));
	}
	return false;
}

static bool is_loop_variable(const struct node *loop)
{
	return node_has(loop, "const") || node_has(loop, "let") || node_has(loop, "var");
}

static bool is_local(const struct node *at, struct str name)
{
	for (const struct node *node = at->parent; node && node->parent; node = node->parent) {
		const struct node *parameters = node_role(node, R_PARAMETERS), *one = node_role(node, R_PARAMETER);
		if ((parameters && binds(parameters, name)) || (one && binds(one, name)))
			return true;
		if (node->kind == N_FOR_IN_STATEMENT && is_loop_variable(node) && binds(node_role(node, R_LEFT), name))
			return true;
		if (is_function(node) && declares_var(node, name))
			return true;
		for (const struct node *child = node->first; child; child = child->next)
			if (declares(child, name))
				return true;
	}
	return false;
}

/* The module's own slot that an identifier means, or NULL. */
static struct slot *slot_of(struct scope *scope, const struct node *identifier)
{
	struct slot *slot = map_get(&scope->names, identifier->text);
	return slot && !is_local(identifier, identifier->text) ? slot : NULL;
}

/* o in o.a[1]!.b; NULL where the chain begins with something else.  A member makes what changes something inside of o. */
static const struct node *root_of(const struct node *node, enum change_kind *kind)
{
	while (node && node->kind != N_IDENTIFIER && node->kind != N_SHORTHAND_PROPERTY_IDENTIFIER_PATTERN) {
		if (node->kind == N_MEMBER_EXPRESSION || node->kind == N_SUBSCRIPT_EXPRESSION) {
			node = node_role(node, R_OBJECT);
			*kind = CHANGE_INSIDE;
		} else if (node->kind == N_NON_NULL_EXPRESSION || node->kind == N_PARENTHESIZED_EXPRESSION ||
			   node->kind == N_AS_EXPRESSION || node->kind == N_SATISFIES_EXPRESSION) {
			node = node->first;
		} else {
			return NULL;
		}
	}
	return node;
}

/* ---- what changes it ---- */

struct finding {
	struct interp *interp;
	struct scope *scope;     /* the module's */
	const struct node *site; /* the statement or expression that is looked at */
};

static int by_place(const void *key, const void *effect)
{
	const char *a = key, *b = (*(struct slot *const *)effect)->node->text.ptr;
	return (a > b) - (a < b);
}

/* The statement of the module that a node is in, where that is one which is run; they stand in their order. */
static struct slot *effect_of(const struct module *module, const struct node *node)
{
	while (node->parent && node->parent->parent)
		node = node->parent;
	struct slot **found = module->effects.len ? bsearch(node->text.ptr, module->effects.ptr, module->effects.len,
							    sizeof(*module->effects.ptr), by_place)
						  : NULL;
	return found ? *found : NULL;
}

static void add_change(struct finding *finding, struct slot *slot, struct str name, enum change_kind kind)
{
	struct change *change = arena_alloc(finding->interp->arena, sizeof(*change));
	*change = (struct change){
		.site = finding->site,
		.scope = finding->scope,
		.name = name,
		.kind = kind,
		.effect = effect_of(finding->scope->module, finding->site),
		.next = slot->changes,
	};
	slot->changes = change;
}

/* Something inside of what the name holds: also of what it has that from. */
static void change_inside(struct finding *finding, const struct node *target, enum change_kind kind)
{
	const struct node *root = root_of(target, &kind);
	struct slot *slot = root ? slot_of(finding->scope, root) : NULL;
	for (unsigned hops = 0; slot && hops < MAX_HOPS; hops++) {
		add_change(finding, slot, root->text, kind);
		if (slot->of) {
			slot = slot->of;
			kind = CHANGE_INSIDE;
			continue;
		}
		const struct node *from = slot->from == FROM_NODE && slot->node ? root_of(slot->node, &kind) : NULL;
		slot = from ? slot_of(finding->scope, from) : NULL;
	}
}

/* The target of an assignment, which may be a pattern. */
static void change_target(struct finding *finding, const struct node *target)
{
	for (const struct node *node = target; node;) {
		bool member = node->kind == N_MEMBER_EXPRESSION || node->kind == N_SUBSCRIPT_EXPRESSION;
		bool name = node->kind == N_IDENTIFIER || node->kind == N_SHORTHAND_PROPERTY_IDENTIFIER_PATTERN;
		bool value = node != target && node->role == R_RIGHT;
		struct slot *slot = name && !value ? slot_of(finding->scope, node) : NULL;
		if (slot)
			add_change(finding, slot, node->text, CHANGE_NAME);
		if (member)
			change_inside(finding, node, CHANGE_INSIDE);
		node = node_after(target, node, !member && !value);
	}
}

static bool is_one_of(struct str name, const char *const *names, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

/* list.push(), Object.assign(o, ...): what is changed; NULL where it is no such call. */
static const struct node *changed_by_call(const struct node *call, enum change_kind *ret_kind)
{
	static const char *const methods[] = { "push", "pop",        "shift", "unshift", "splice", "reverse", "sort",
					       "fill", "copyWithin", "add",   "set",     "delete", "clear" };
	static const char *const setters[] = { "assign", "defineProperty", "defineProperties", "setPrototypeOf",
					       "set",    "deleteProperty" };
	const struct node *function = node_role(call, R_FUNCTION), *arguments = node_role(call, R_ARGUMENTS);
	const struct node *object = node_role(function, R_OBJECT), *property = node_role(function, R_PROPERTY);
	if (call->kind != N_CALL_EXPRESSION || !object || !property)
		return NULL;
	bool library = str_eq(object->text, STR("Object")) || str_eq(object->text, STR("Reflect"));
	*ret_kind = library ? CHANGE_INSIDE : CHANGE_ELEMENTS;
	if (library)
		return is_one_of(property->text, setters, LEN(setters)) && arguments ? arguments->first : NULL;
	return is_one_of(property->text, methods, LEN(methods)) ? object : NULL;
}

static bool is_delete(const struct node *node)
{
	const struct node *operator= node_role(node, R_OPERATOR);
	return node->kind == N_UNARY_EXPRESSION && operator&& str_eq(operator->text, STR("delete"));
}

/* What an expression changes: a name, a chain of members, a pattern; NULL where it changes nothing. */
static const struct node *changed_by(const struct node *node, enum change_kind *ret_kind)
{
	*ret_kind = CHANGE_NAME;
	if (node->kind == N_ASSIGNMENT_EXPRESSION || node->kind == N_AUGMENTED_ASSIGNMENT_EXPRESSION ||
	    (node->kind == N_FOR_IN_STATEMENT && !is_loop_variable(node)))
		return node_role(node, R_LEFT);
	if (is_delete(node) || strcmp(node->type, "update_expression") == 0)
		return node_role(node, R_ARGUMENT);
	return changed_by_call(node, ret_kind);
}

bool node_changes(const struct node *node)
{
	enum change_kind kind;
	return changed_by(node, &kind) != NULL;
}

struct slot *node_changed_slot(struct scope *scope, const struct node *node)
{
	enum change_kind kind;
	const struct node *changed = changed_by(node, &kind), *root = root_of(changed, &kind);
	struct slot *slot = root ? slot_of(scope, root) : NULL;
	return slot && slot->changes ? slot : NULL;
}

static bool is_in_function(const struct node *node)
{
	while (node && !is_function(node))
		node = node->parent;
	return node != NULL;
}

/* A second `var` of the same name, in a block or beside the first, assigns as well. */
static void note_var(struct finding *finding)
{
	const struct node *name = node_role(finding->site, R_NAME), *value = node_role(finding->site, R_VALUE);
	if (finding->site->kind != N_VARIABLE_DECLARATOR || finding->site->parent->kind != N_VARIABLE_DECLARATION ||
	    !value || is_in_function(finding->site))
		return;
	for (const struct node *node = name; node; node = node_after(name, node, node->role != R_RIGHT)) {
		bool leaf = node->kind == N_IDENTIFIER || node->kind == N_SHORTHAND_PROPERTY_IDENTIFIER_PATTERN;
		struct slot *slot = leaf ? map_get(&finding->scope->names, node->text) : NULL, *whole = slot;
		while (whole && whole->of)
			whole = whole->of;
		if (whole && whole->node != value)
			add_change(finding, slot, node->text, CHANGE_NAME);
	}
}

void changes_find(struct interp *interp, struct scope *scope, const struct node *root)
{
	for (const struct node *node = root; node; node = node_after(root, node, true)) {
		struct finding finding = { interp, scope, node };
		enum change_kind kind;
		const struct node *target = changed_by(node, &kind);
		if (function_has_member(scope, node))
			continue;
		if (target && kind == CHANGE_NAME)
			change_target(&finding, target);
		else if (target)
			change_inside(&finding, target, kind);
		note_var(&finding);
	}
}

/* Set and Map */
static bool is_collection(const struct value *value)
{
	return value->kind == V_HOST && value->host->class->items;
}

static bool was_read(const struct slot *slot)
{
	return slot->state == SLOT_READY &&
		(slot->value.kind == V_ARRAY || slot->value.kind == V_OBJECT || is_collection(&slot->value));
}

/* Where a slot has its value from: another slot, a name of its module, an import; NULL: it is its own. */
static struct slot *origin_of(struct interp *interp, const struct slot *slot)
{
	enum change_kind ignored;
	struct slot *origin = slot->of;
	if (slot->from == FROM_IMPORT && !import_slot_of(interp, slot, &origin))
		return NULL;
	const struct node *name = slot->from == FROM_NODE && slot->node ? root_of(slot->node, &ignored) : NULL;
	return name && slot->scope ? scope_find(slot->scope, name->text) : origin;
}

void changes_add(struct interp *interp, struct slot *slot, const struct change *changes)
{
	for (unsigned hops = 0; slot && hops < MAX_HOPS; hops++, slot = origin_of(interp, slot))
		for (const struct change *from = changes; from; from = from->next) {
			struct change *change = arena_alloc(interp->arena, sizeof(*change));
			*change = *from;
			change->next = slot->changes;
			slot->changes = change;
			if (was_read(slot) && !interp->late)
				interp->late = change;
		}
}

/* ---- what it means ---- */

bool slot_is_reassigned(const struct slot *slot)
{
	const struct change *change = slot->changes;
	while (change && change->kind != CHANGE_NAME)
		change = change->next;
	return change != NULL;
}

bool change_refuse(struct interp *interp, const struct change *change)
{
	return interp_refuse(interp, change->site,
			     "this changes \"" STR_FMT
			     "\", whose value then depends on what has run: that is not understood",
			     STR_ARG(change->name));
}

bool slot_refuse_changed(struct interp *interp, const struct slot *slot, const struct value *value)
{
	for (const struct change *change = slot->changes; change; change = change->next) {
		bool counts = value
			? ((value->kind == V_ARRAY || is_collection(value)) && change->kind != CHANGE_NAME) ||
				(value->kind == V_OBJECT && change->kind == CHANGE_INSIDE)
			: change->kind == CHANGE_NAME;
		if (counts)
			return change_refuse(interp, change);
	}
	return true;
}

void value_own(const struct value *value)
{
	if (value->kind == V_OBJECT)
		value->object->owned = true;
	else if (value->kind == V_ARRAY)
		value->array->owned = true;
	else if (value->kind == V_CLOSURE)
		value->closure->owned = true;
	else if (is_collection(value))
		value->host->owned = true;
}

bool value_is_owned(const struct value *value)
{
	return (value->kind == V_OBJECT && value->object->owned) || (value->kind == V_ARRAY && value->array->owned) ||
		(value->kind == V_CLOSURE && value->closure->owned) || (is_collection(value) && value->host->owned);
}

bool js_may_change(struct interp *interp, const struct node *at, const struct value *value)
{
	return !value_is_owned(value) || value_is_being_built(interp, value) ||
		interp_refuse(interp, at, "this changes %s that belongs to a module, and that is not understood",
			      js_describe(interp->arena, value));
}

bool modules_check_order(struct interp *interp)
{
	return !interp->late ||
		interp_refuse(interp, interp->late->site,
			      "this changes \"" STR_FMT
			      "\" of another module, whose value then depends on what has run: that is not understood",
			      STR_ARG(interp->late->name));
}
