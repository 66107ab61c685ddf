#include "format/drizzle/ts/evaluators.h"

/*
 * Classes, as far as schemas use them: what is static, and objects with fields and methods that a constructor fills.
 *
 * An object knows the class that made it; methods are looked up there, so that Object.keys() and spreads see its own fields alone, as in JavaScript.  A
 * class that extends something unknown makes objects that are unknown.
 */

static bool is_method(const struct node *member)
{
	return member->kind == N_METHOD_DEFINITION;
}

static const struct node *first_member(const struct class *class)
{
	const struct node *body = node_role(class->node, R_BODY);
	return body ? body->first : NULL;
}

/* A scope in which `this` is self. */
static struct scope *scope_of(struct interp *interp, const struct class *class, const struct value *self)
{
	struct scope *scope = scope_new(interp->arena, class->inner);
	scope->has_self = true;
	scope->self = *self;
	return scope;
}

static struct slot *field_slot(struct interp *interp, struct scope *scope, const struct node *field)
{
	const struct node *value = node_role(field, R_VALUE);
	return value ? slot_lazy(interp->arena, value, scope) : slot_ready(interp->arena, js_undefined());
}

/* ---- what is static ---- */

static bool add_static(struct interp *interp, const struct class *class, struct scope *scope, const struct node *member)
{
	struct str key;
	if (member->kind == N_CLASS_STATIC_BLOCK)
		return interp_refuse(interp, member, "a static block is not understood");
	if ((!is_method(member) && member->kind != N_FIELD_DEFINITION) || !node_has(member, "static"))
		return true;
	if (!js_key_text(interp, scope, node_role(member, R_NAME), &key))
		return false;
	if (is_method(member) && node_has(member, "set"))
		return true;
	struct slot *slot = is_method(member) ? slot_ready(interp->arena, closure_value(interp, scope, member))
					      : field_slot(interp, scope, member);
	if (is_method(member) && node_has(member, "get")) {
		slot = slot_lazy(interp->arena, member, scope);
		slot->from = FROM_GETTER;
	}
	js_object_set(interp->arena, class->statics, key, slot);
	if (!is_method(member) && key.len && key.ptr[0] != '#')
		js_object_set(interp->arena, class->fields, key, slot);
	return true;
}

static bool find_parent(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_parent)
{
	const struct node *heritage = node_kind(node, N_CLASS_HERITAGE);
	const struct node *extends = heritage ? node_kind(heritage, N_EXTENDS_CLAUSE) : NULL;
	*ret_parent = js_undefined();
	return !extends || interp_eval(interp, scope, node_role(extends, R_VALUE), ret_parent);
}

bool eval_class(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	struct class *class = arena_alloc(interp->arena, sizeof(*class));
	struct value self = { .kind = V_CLASS, .class = class };
	const struct node *name = node_role(node, R_NAME);
	*class = (struct class){ .node = node, .inner = scope_new(interp->arena, scope) };
	class->statics = arena_alloc(interp->arena, sizeof(*class->statics));
	class->fields = arena_alloc(interp->arena, sizeof(*class->fields));
	class->inner->class = class;
	if (name)
		map_set(interp->arena, &class->inner->names, name->text, slot_ready(interp->arena, self));
	if (!find_parent(interp, scope, node, &class->parent))
		return false;
	struct scope *statics = scope_of(interp, class, &self);
	for (const struct node *member = first_member(class); member; member = member->next)
		if (!add_static(interp, class, statics, member))
			return false;
	*ret_value = self;
	return true;
}

bool class_member(struct interp *interp, const struct class *class, struct str key, struct value *ret_value)
{
	*ret_value = js_undefined();
	for (unsigned level = 0; level < INTERP_MAX_DEPTH; level++, class = class->parent.class) {
		struct slot *slot = js_object_get(class->statics, key);
		const struct node *name = node_role(class->node, R_NAME);
		if (slot)
			return slot_value(interp, slot, ret_value);
		if (level == 0 && str_eq(key, STR("name")) && name)
			*ret_value = js_string(name->text);
		if (class->parent.kind == V_OPAQUE && ret_value->kind == V_UNDEFINED)
			*ret_value = class->parent;
		if (class->parent.kind != V_CLASS)
			break;
	}
	return true;
}

/* ---- objects ---- */

static bool add_fields(struct interp *interp, const struct class *class, const struct value *self)
{
	struct scope *scope = scope_of(interp, class, self);
	for (const struct node *member = first_member(class); member; member = member->next) {
		struct str key;
		if (member->kind != N_FIELD_DEFINITION || node_has(member, "static"))
			continue;
		if (!js_key_text(interp, scope, node_role(member, R_NAME), &key))
			return false;
		map_set(interp->arena, js_members_for(self->object, key), key, field_slot(interp, scope, member));
	}
	return true;
}

static const struct node *find_method(const struct class *class, struct str name)
{
	for (const struct node *member = first_member(class); member; member = member->next) {
		const struct node *own = node_role(member, R_NAME);
		if (is_method(member) && !node_has(member, "static") && !node_has(member, "set") && own &&
		    str_eq(own->text, name))
			return member;
	}
	return NULL;
}

static bool is_field_too(const struct node *parameter)
{
	for (const struct node *child = parameter->first; child; child = child->next)
		if (strcmp(child->type, "accessibility_modifier") == 0)
			return true;
	return node_has(parameter, "readonly");
}

/* constructor(private name: string): the parameter is a field. */
static void add_parameter_fields(struct interp *interp, const struct class *class, const struct node *constructor,
				 const struct value *self, struct slots args)
{
	const struct node *parameters = node_role(constructor, R_PARAMETERS);
	size_t index = 0;
	for (const struct node *child = parameters ? parameters->first : NULL; child; child = child->next) {
		const struct node *pattern = node_role(child, R_PATTERN);
		if (!pattern)
			continue;
		if (is_field_too(child))
			js_object_set(interp->arena, self->object, pattern->text,
				      argument_slot(interp, class->inner, child, args.ptr, args.len, index));
		index++;
	}
}

static bool construct(struct interp *interp, const struct node *at, const struct class *class, const struct value *self,
		      struct slots args);

static bool construct_parent(struct interp *interp, const struct node *at, const struct class *class,
			     const struct value *self, struct slots args)
{
	return class->parent.kind != V_CLASS || construct(interp, at, class->parent.class, self, args);
}

static bool construct(struct interp *interp, const struct node *at, const struct class *class, const struct value *self,
		      struct slots args)
{
	const struct node *constructor = find_method(class, STR("constructor"));
	struct value ignored;
	if (++interp->depth > INTERP_MAX_DEPTH)
		return interp_refuse(interp, at, "the classes are nested too deeply");
	bool ok = true;
	if (!constructor)
		ok = construct_parent(interp, at, class, self, args) && add_fields(interp, class, self);
	else if (class->parent.kind == V_UNDEFINED)
		ok = add_fields(interp, class, self);
	if (ok && constructor) {
		struct closure closure = { .node = constructor, .scope = class->inner };
		add_parameter_fields(interp, class, constructor, self, args);
		ok = closure_call(interp, at, &closure, self, args.ptr, args.len, &ignored);
	}
	interp->depth--;
	return ok;
}

bool class_super(struct interp *interp, struct scope *scope, const struct node *at, struct slots args)
{
	const struct scope *of_class = scope, *of_self = scope;
	while (of_class && !of_class->class)
		of_class = of_class->parent;
	while (of_self && !of_self->has_self)
		of_self = of_self->parent;
	if (!of_class || !of_self || of_self->self.kind != V_OBJECT)
		return interp_refuse(interp, at, "\"super\" means nothing here");
	return construct_parent(interp, at, of_class->class, &of_self->self, args) &&
		add_fields(interp, of_class->class, &of_self->self);
}

bool class_new(struct interp *interp, const struct node *at, const struct class *class, struct slots args,
	       struct value *ret_value)
{
	unsigned levels = 0;
	for (const struct class *base = class; base; base = base->parent.class) {
		if (base->parent.kind != V_CLASS && base->parent.kind != V_UNDEFINED) {
			*ret_value = js_opaque(node_role(at, R_CONSTRUCTOR)->text);
			return true;
		}
		if (base->parent.kind != V_CLASS || ++levels > INTERP_MAX_DEPTH)
			break;
	}
	*ret_value = js_object(interp->arena);
	ret_value->object->class = class;
	return construct(interp, at, class, ret_value, args);
}

static bool method_of(struct interp *interp, const struct node *at, const struct class *class, const struct value *self,
		      struct str key, bool *ret_found, struct value *ret_value)
{
	*ret_found = false;
	for (unsigned level = 0; class && level < INTERP_MAX_DEPTH; level++) {
		const struct node *method = find_method(class, key);
		if (method) {
			struct closure closure = { .node = method, .scope = class->inner };
			*ret_found = true;
			*ret_value = closure_value(interp, class->inner, method);
			return !node_has(method, "get") || closure_call(interp, at, &closure, self, NULL, 0, ret_value);
		}
		class = class->parent.kind == V_CLASS ? class->parent.class : NULL;
	}
	return true;
}

static const struct node *find_accessor(const struct class *class, struct str name, const char *word)
{
	for (const struct node *member = first_member(class); member; member = member->next) {
		const struct node *own = node_role(member, R_NAME);
		if (is_method(member) && !node_has(member, "static") && node_has(member, word) && own &&
		    str_eq(own->text, name))
			return member;
	}
	return NULL;
}

bool class_set(struct interp *interp, const struct node *at, const struct class *class, const struct value *self,
	       struct str key, struct slot *slot, bool *ret_done)
{
	*ret_done = false;
	for (unsigned level = 0; class && level < INTERP_MAX_DEPTH; level++) {
		const struct node *setter = find_accessor(class, key, "set");
		struct closure closure = { .node = setter, .scope = class->inner };
		struct value ignored;
		*ret_done = setter || find_accessor(class, key, "get");
		if (setter)
			return closure_call(interp, at, &closure, self, &slot, 1, &ignored);
		if (*ret_done)
			return interp_refuse(interp, at, "an assignment to a getter is not understood");
		class = class->parent.kind == V_CLASS ? class->parent.class : NULL;
	}
	return true;
}

bool object_method(struct interp *interp, const struct node *at, const struct value *self, struct str key,
		   bool *ret_found, struct value *ret_value)
{
	return method_of(interp, at, self->object->class, self, key, ret_found, ret_value);
}

bool class_super_member(struct interp *interp, struct scope *scope, const struct node *at, struct str key,
			struct value *ret_self, struct value *ret_value)
{
	const struct scope *of_class = scope, *of_self = scope;
	bool found;
	while (of_class && !of_class->class)
		of_class = of_class->parent;
	while (of_self && !of_self->has_self)
		of_self = of_self->parent;
	const struct value *parent = of_class ? &of_class->class->parent : NULL;
	if (!of_self || !parent || parent->kind != V_CLASS)
		return interp_refuse(interp, at, "this \"super\" is not understood");
	*ret_self = of_self->self;
	*ret_value = js_undefined();
	if (of_self->self.kind == V_CLASS)
		return class_member(interp, parent->class, key, ret_value);
	return of_self->self.kind != V_OBJECT ||
		method_of(interp, at, parent->class, &of_self->self, key, &found, ret_value);
}
