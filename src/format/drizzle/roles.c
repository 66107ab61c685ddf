/*
 * roles.c - roles that schema.ts describes.
 *
 * Roles belong to the server, so that no schema holds them.  drizzle-kit compares pgRole()s with those of its last snapshot, and so does brant; which roles there
 * are on a server, neither of them asks.
 */
#include "format/drizzle/wanted.h"

static bool flag(const struct json *row, const char *name, bool otherwise)
{
	const struct json *value = json_get_kind(row, name, JS_BOOL);
	return value ? value->truth : otherwise;
}

static struct drizzle_role known_role(struct arena *arena, const struct map_entry *entry)
{
	const struct json *row = entry->value;
	return (struct drizzle_role){ str_dup(arena, entry->key), flag(row, "createDb", false),
				      flag(row, "createRole", false), flag(row, "inherit", true) };
}

static void add_alter(struct arena *arena, struct statements *statements, const struct drizzle_role *role)
{
	statements_add(arena, statements, "ALTER ROLE %s WITH%s%s%s", drizzle_quoted(arena, role->name),
		       role->create_db ? " CREATEDB" : " NOCREATEDB",
		       role->create_role ? " CREATEROLE" : " NOCREATEROLE", role->inherit ? " INHERIT" : " NOINHERIT");
}

static void add_drop(struct arena *arena, struct statements *statements, const struct drizzle_role *role)
{
	statements_add(arena, statements, "DROP ROLE %s", drizzle_quoted(arena, role->name));
}

static void add_create(struct arena *arena, struct statements *statements, const struct drizzle_role *role)
{
	statements_add(arena, statements, "%s", drizzle_role_sql(arena, role));
}

static const struct map_entry *find_known(const struct map *roles, const char *name)
{
	for (size_t i = 0; i < roles->len; i++)
		if (str_eq(roles->ptr[i].key, str_of(name)))
			return &roles->ptr[i];
	return NULL;
}

static bool is_wanted(const struct drizzle_model *model, struct str name)
{
	for (size_t i = 0; i < model->roles.len; i++)
		if (str_eq(str_of(model->roles.ptr[i].name), name))
			return true;
	return false;
}

void drizzle_roles(const struct scope *scope, struct arena *arena, struct server_changes *changes)
{
	const struct drizzle_wanted *wanted = scope->extra;
	const struct map *roles = &wanted->known.roles;
	for (size_t i = 0; i < wanted->model.roles.len; i++) {
		const struct drizzle_role *role = &wanted->model.roles.ptr[i];
		const struct map_entry *entry = find_known(roles, role->name);
		struct drizzle_role old = entry ? known_role(arena, entry) : *role;
		if (!entry) {
			add_create(arena, &changes->before, role);
			add_drop(arena, &changes->before_back, role);
		} else if (old.create_db != role->create_db || old.create_role != role->create_role ||
			   old.inherit != role->inherit) {
			add_alter(arena, &changes->before, role);
			add_alter(arena, &changes->before_back, &old);
		}
	}
	for (size_t i = 0; i < roles->len; i++) {
		struct drizzle_role old = known_role(arena, &roles->ptr[i]);
		if (is_wanted(&wanted->model, roles->ptr[i].key))
			continue;
		add_drop(arena, &changes->behind, &old);
		add_create(arena, &changes->behind_back, &old);
	}
}
