#include "format/drizzle/dsl/dsl.h"

/*
 * Validators, as far as the labels of a pgEnum come from one: lists of literals, and objects whose members are such lists.  All else that these packages make
 * is unknown.
 *
 *     z.enum(["a", "b"]).options            v.picklist(["a", "b"]).options          Schema.Literal("a", "b").literals
 *     z.object({ kind: ... }).shape.kind    v.object({ kind: ... }).entries.kind    Schema.Struct({ kind: ... }).fields.kind
 */

struct validator {
	struct host host;
	const char *package;
	struct value inside; /* an array or an object of labels; an object of validators */
};

static struct value unknown_of(struct interp *interp, const char *package)
{
	return js_opaque(str_of(arena_printf(interp->arena, "the package \"%s\"", package)));
}

static bool is_one_of(struct str key, const char *const *names)
{
	for (; *names; names++)
		if (str_eq(key, str_of(*names)))
			return true;
	return false;
}

static struct value validator_new(struct interp *interp, const struct host_class *class, const char *package,
				  struct value inside)
{
	struct validator *made = arena_alloc(interp->arena, sizeof(*made));
	*made = (struct validator){ { .class = class }, package, inside };
	return js_host(made);
}

/* ---- lists of labels ---- */

static struct slots labels_of(struct interp *interp, const struct validator *made)
{
	struct slots labels = { 0 };
	if (made->inside.kind == V_ARRAY)
		return made->inside.array->items;
	for (size_t i = 0; i < made->inside.object->map.len; i++)
		vec_push(interp->arena, &labels, made->inside.object->map.ptr[i].value);
	return labels;
}

static bool members_of(struct interp *interp, const struct validator *made, struct value *ret_value)
{
	struct slots labels = labels_of(interp, made);
	*ret_value = made->inside;
	if (made->inside.kind == V_OBJECT)
		return true;
	*ret_value = js_object(interp->arena);
	for (size_t i = 0; i < labels.len; i++) {
		struct value value;
		struct str key;
		if (!slot_value(interp, labels.ptr[i], &value) ||
		    !js_to_text(interp, labels.ptr[i]->node, &value, &key))
			return false;
		js_object_set(interp->arena, ret_value->object, key, labels.ptr[i]);
	}
	return true;
}

static bool has_label(struct call *call, const struct slots *list, struct str label, bool *ret_has)
{
	*ret_has = false;
	for (size_t i = 0; i < list->len && !*ret_has; i++) {
		struct value value;
		struct str text;
		if (!slot_value(call->interp, list->ptr[i], &value) ||
		    !js_to_text(call->interp, call->node, &value, &text))
			return false;
		*ret_has = str_eq(text, label);
	}
	return true;
}

static const struct host_class labels_class;

/* exclude() and extract() of zod; the tag says which. */
static bool choose_labels(struct call *call, struct value *ret_value)
{
	const struct validator *made = (const struct validator *)call->native->self.host;
	struct slots labels = labels_of(call->interp, made), named;
	struct value list, chosen = js_array(call->interp->arena);
	if (!call_arg(call, 0, &list) || !js_items(call->interp, call->node, &list, &named))
		return false;
	for (size_t i = 0; i < labels.len; i++) {
		struct value value;
		struct str label;
		bool has;
		if (!slot_value(call->interp, labels.ptr[i], &value) ||
		    !js_to_text(call->interp, call->node, &value, &label) || !has_label(call, &named, label, &has))
			return false;
		if (has == (call->native->tag != 0))
			js_array_add(call->interp->arena, chosen.array, labels.ptr[i]);
	}
	*ret_value = validator_new(call->interp, &labels_class, made->package, chosen);
	return true;
}

/* What only adds words or types. */
static bool same(struct call *call, struct value *ret_value)
{
	*ret_value = call->native->self;
	return true;
}

static bool labels_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	static const char *const maps[] = { "enum", "Enum", "Values", "enumValues", "enums", NULL };
	static const char *const lists[] = { "options", "literals", NULL };
	const struct validator *made = (const struct validator *)host;
	if (is_one_of(key, maps))
		return members_of(interp, made, ret_value);
	*ret_value = unknown_of(interp, made->package);
	if (is_one_of(key, lists)) {
		*ret_value = js_array(interp->arena);
		ret_value->array->items = labels_of(interp, made);
	}
	return true;
}

static const struct method labels_methods[] = {
	{ "exclude", choose_labels, 0 },
	{ "extract", choose_labels, 1 },
	{ "describe", same, 0 },
	{ "meta", same, 0 },
	{ "brand", same, 0 },
	{ "annotations", same, 0 },
};
static const struct host_class labels_class = {
	.name = "a list of literals",
	.methods = labels_methods,
	.nmethods = LEN(labels_methods),
	.get = labels_get,
};

/* ---- objects of validators ---- */

static bool fields_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	static const char *const maps[] = { "shape", "fields", "entries", NULL };
	const struct validator *made = (const struct validator *)host;
	*ret_value = is_one_of(key, maps) ? made->inside : unknown_of(interp, made->package);
	return true;
}

static const struct method fields_methods[] = { { "describe", same, 0 }, { "annotations", same, 0 } };
static const struct host_class fields_class = {
	.name = "an object's validator",
	.methods = fields_methods,
	.nmethods = LEN(fields_methods),
	.get = fields_get,
};

/* ---- making them ---- */

enum making { MAKE_LABELS, MAKE_LITERALS, MAKE_FIELDS };

static bool make(struct call *call, struct value *ret_value)
{
	struct interp *interp = call->interp;
	const char *package = call->native->name;
	struct value inside = js_array(interp->arena);
	enum making making = (enum making)call->native->tag;
	if (making != MAKE_LITERALS && !call_arg(call, 0, &inside))
		return false;
	for (size_t i = 0; making == MAKE_LITERALS && i < call->nargs; i++)
		js_array_add(interp->arena, inside.array, call->args[i]);
	bool fits = inside.kind == V_OBJECT || (inside.kind == V_ARRAY && making != MAKE_FIELDS);
	*ret_value = !fits
		? unknown_of(interp, package)
		: validator_new(interp, making == MAKE_FIELDS ? &fields_class : &labels_class, package, inside);
	return true;
}

static const struct {
	const char *package, *name;
	enum making making;
} makers[] = {
	{ "zod", "enum", MAKE_LABELS },
	{ "zod", "nativeEnum", MAKE_LABELS },
	{ "zod", "object", MAKE_FIELDS },
	{ "zod", "strictObject", MAKE_FIELDS },
	{ "zod", "looseObject", MAKE_FIELDS },
	{ "valibot", "picklist", MAKE_LABELS },
	{ "valibot", "enum", MAKE_LABELS },
	{ "valibot", "enum_", MAKE_LABELS },
	{ "valibot", "object", MAKE_FIELDS },
	{ "valibot", "strictObject", MAKE_FIELDS },
	{ "valibot", "looseObject", MAKE_FIELDS },
	{ "effect", "Literal", MAKE_LITERALS },
	{ "effect", "Literals", MAKE_LABELS },
	{ "effect", "Enums", MAKE_LABELS },
	{ "effect", "Struct", MAKE_FIELDS },
};

/* All that a package exports: z, v, Schema. */
static bool library_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	const char *package = ((const struct validator *)host)->package;
	bool itself = str_eq(key, STR("z")) || str_eq(key, STR("Schema"));
	*ret_value = itself ? js_host(host) : unknown_of(interp, package);
	for (size_t i = 0; i < LEN(makers); i++)
		if (strcmp(makers[i].package, package) == 0 && str_eq(key, str_of(makers[i].name)))
			*ret_value = js_native(interp->arena, package, make, (int)makers[i].making);
	return true;
}

static const struct host_class library_class = { .name = "a package of validators", .get = library_get };

static const struct {
	const char *specifier, *package;
	const char *as; /* what stands for all of it beside "*" and "default" */
} packages[] = {
	{ "zod", "zod", "z" },
	{ "zod/v3", "zod", "z" },
	{ "zod/v4", "zod", "z" },
	{ "zod/mini", "zod", "z" },
	{ "valibot", "valibot", "" },
	{ "effect", "effect", "Schema" },
	{ "effect/Schema", "effect", "" },
	{ "@effect/schema", "effect", "Schema" },
	{ "@effect/schema/Schema", "effect", "" },
};

bool drizzle_validator(struct interp *interp, const char *specifier, struct str name, struct value *ret_value)
{
	for (size_t i = 0; i < LEN(packages); i++) {
		if (strcmp(specifier, packages[i].specifier) != 0)
			continue;
		struct value library = validator_new(interp, &library_class, packages[i].package, js_undefined());
		*ret_value = library;
		if (str_eq(name, STR("*")) || str_eq(name, STR("default")) || str_eq(name, str_of(packages[i].as)))
			return true;
		return library_get(interp, library.host, name, ret_value);
	}
	return false;
}
