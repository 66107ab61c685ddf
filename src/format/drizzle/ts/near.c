#include "format/drizzle/ts/builtin.h"

/* "Did you mean": the member of a value that is nearest to a name that it has not. */

static void add_keys(struct arena *arena, const struct map *map, struct words *words)
{
	for (size_t i = 0; i < map->len; i++)
		vec_push(arena, words, str_dup(arena, map->ptr[i].key));
}

static void add_methods(struct arena *arena, struct methods methods, struct words *words)
{
	for (size_t i = 0; i < methods.len; i++)
		vec_push(arena, words, methods.ptr[i].name);
}

static void add_class(struct arena *arena, const struct class *class, struct words *words)
{
	const struct node *body = node_role(class->node, R_BODY);
	for (const struct node *member = body ? body->first : NULL; member; member = member->next) {
		const struct node *name = node_role(member, R_NAME);
		if (name && member->kind == N_METHOD_DEFINITION && !node_has(member, "static"))
			vec_push(arena, words, str_dup(arena, name->text));
	}
}

static struct words members_of(struct arena *arena, const struct value *value)
{
	struct words words = { 0 };
	if (value->kind == V_HOST) {
		const struct host_class *class = value->host->class;
		add_methods(arena, (struct methods){ class->methods, class->nmethods }, &words);
		add_keys(arena, &value->host->own, &words);
	} else if (value->kind == V_OBJECT) {
		add_keys(arena, &value->object->map, &words);
		if (value->object->class)
			add_class(arena, value->object->class, &words);
	} else if (value->kind == V_CLASS) {
		add_keys(arena, &value->class->statics->map, &words);
	} else if (value->kind == V_CLOSURE) {
		add_keys(arena, &value->closure->own, &words);
	} else if (value->kind == V_ARRAY || value->kind == V_STRING) {
		add_methods(arena, value->kind == V_ARRAY ? array_methods : string_methods, &words);
	}
	return words;
}

const char *js_did_you_mean(struct arena *arena, struct str name, const struct words *known)
{
	const char *near = suggest(arena, str_dup(arena, name), known);
	return near ? arena_printf(arena, " (did you mean \"%s\"?)", near) : "";
}

const char *js_near_member(struct arena *arena, const struct value *value, struct str name)
{
	struct words words = members_of(arena, value);
	return js_did_you_mean(arena, name, &words);
}
