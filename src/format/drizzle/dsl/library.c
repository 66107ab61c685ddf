#include "format/drizzle/dsl/dsl.h"

/* What the packages of drizzle-orm export, as far as a schema uses it. */

static bool table_columns(struct call *call, struct value *ret_value)
{
	struct object *members;
	struct value table;
	if (!call_arg(call, 0, &table) || !js_members(call->interp, call->node, &table, &members))
		return false;
	*ret_value = (struct value){ .kind = V_OBJECT, .object = members };
	return true;
}

static bool column_builders(struct call *call, struct value *ret_value)
{
	*ret_value = column_functions(call->interp->arena);
	return true;
}

static bool table_name(struct call *call, struct value *ret_value)
{
	struct value table;
	if (!call_arg(call, 0, &table))
		return false;
	if (!js_is(&table, &table_class))
		return call_refuse(call, "the name of %s", js_describe(call->interp->arena, &table));
	*ret_value = js_text(((const struct table_thing *)table.host)->name);
	return true;
}

static const struct method core_functions[] = {
	{ "pgTableCreator", make_table_creator, 0 },
	{ "pgSchema", make_schema, 0 },
	{ "pgEnum", make_enum, 0 },
	{ "pgSequence", make_sequence, 0 },
	{ "pgRole", make_role, 0 },
	{ "pgPolicy", make_policy, 0 },
	{ "pgView", make_view, 0 },
	{ "pgMaterializedView", make_view, 1 },
	{ "customType", make_custom_type, 0 },
	{ "index", make_index, 0 },
	{ "uniqueIndex", make_index, 1 },
	{ "unique", make_key, KEY_UNIQUE },
	{ "primaryKey", make_key, KEY_PRIMARY },
	{ "check", make_check, 0 },
	{ "foreignKey", make_foreign_key, 0 },
	{ "alias", make_alias, 0 },
};

static const struct method root_functions[] = {
	{ "and", make_junction, 0 },
	{ "or", make_junction, 1 },
	{ "getTableColumns", table_columns, 0 },
	{ "getColumns", table_columns, 0 },
	{ "getViewSelectedFields", table_columns, 0 },
	{ "getSubquerySelectedFields", table_columns, 0 },
	{ "getTableName", table_name, 0 },
	{ "aliasedTable", make_alias, 0 },
};

static bool find_function(struct interp *interp, const struct method *functions, size_t n, struct str name,
			  struct value *ret_value)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(str_of(functions[i].name), name))
			continue;
		*ret_value = js_native(interp->arena, functions[i].name, functions[i].run, functions[i].tag);
		return true;
	}
	return false;
}

static struct host sql_tag = { &sql_tag_class };

static bool find_core(struct interp *interp, struct str name, struct value *ret_value)
{
	size_t kind = column_kind_find(name);
	if (kind != (size_t)-1) {
		*ret_value = js_native(interp->arena, "column", make_column, (int)kind);
		return true;
	}
	if (str_eq(name, STR("pgTable")))
		*ret_value = table_maker(interp->arena, NULL, CASING_NONE);
	else if (str_eq(name, STR("QueryBuilder")))
		*ret_value = query_builder_class();
	else if (set_operation_find(name) != (size_t)-1)
		*ret_value = js_native(interp->arena, "union", make_set_operation, (int)set_operation_find(name));
	else if (str_eq(name, STR("snakeCase")) || str_eq(name, STR("camelCase")))
		*ret_value = casing_of(interp->arena, name.ptr[0] == 's' ? CASING_SNAKE : CASING_CAMEL);
	else
		return find_function(interp, core_functions, LEN(core_functions), name, ret_value);
	return true;
}

/* A slip in a name of pg-core; where nothing is near, it may be of a version that is newer than this. */
static bool find_near_core(struct interp *interp, struct str name, struct value *ret_value)
{
	struct arena *arena = interp->arena;
	struct words words = { 0 };
	column_kind_names(arena, &words);
	for (size_t i = 0; i < LEN(core_functions); i++)
		vec_push(arena, &words, core_functions[i].name);
	vec_push(arena, &words, "pgTable");
	const char *hint = js_did_you_mean(arena, name, &words);
	if (*hint)
		*ret_value = js_opaque(str_of(arena_printf(arena, "\"" STR_FMT "\"%s", STR_ARG(name), hint)));
	return *hint != 0;
}

static bool find_any_core(struct interp *interp, struct str name, struct value *ret_value)
{
	return find_core(interp, name, ret_value) || find_near_core(interp, name, ret_value);
}

static bool find_root(struct interp *interp, struct str name, struct value *ret_value)
{
	size_t operator= operator_find(name), aggregate = aggregate_find(name);
	if (str_eq(name, STR("sql")))
		*ret_value = js_host(&sql_tag);
	else if (operator!=(size_t) - 1)
		*ret_value = js_native(interp->arena, "operator", make_operator, (int)operator);
	else if (aggregate != (size_t)-1)
		*ret_value = js_native(interp->arena, "aggregate", make_aggregate, (int)aggregate);
	else
		return find_function(interp, root_functions, LEN(root_functions), name, ret_value);
	return true;
}

/* ---- drizzle-orm/supabase and /neon: what is there already ---- */

static struct value sql_of(struct arena *arena, const char *text)
{
	struct sql_thing *sql = dsl_sql_new(arena);
	sql_add_text(arena, sql, str_of(text));
	return js_host(sql);
}

struct foreign_column {
	const char *key, *name, *function;
};

static struct value foreign_table(struct interp *interp, const char *schema, const char *name,
				  const struct foreign_column *columns, size_t n)
{
	struct table_thing *table = dsl_table_new(interp, name, schema, NULL);
	for (size_t i = 0; i < n; i++) {
		struct value builder;
		struct slot *args[] = { slot_ready(interp->arena, js_text(columns[i].name)) };
		struct value function = js_native(interp->arena, columns[i].function, make_column,
						  (int)column_kind_find(str_of(columns[i].function)));
		struct value one = js_object(interp->arena);
		if (!js_call(interp, NULL, &function, NULL, args, 1, &builder))
			continue;
		js_object_set(interp->arena, one.object, str_of(columns[i].key), slot_ready(interp->arena, builder));
		table_add_columns(interp, table, &one);
	}
	return js_host(table);
}

static const struct foreign_column auth_users[] = {
	{ "id", "id", "uuid" },
	{ "email", "email", "varchar" },
	{ "phone", "phone", "text" },
	{ "emailConfirmedAt", "email_confirmed_at", "timestamp" },
	{ "phoneConfirmedAt", "phone_confirmed_at", "timestamp" },
	{ "lastSignInAt", "last_sign_in_at", "timestamp" },
	{ "createdAt", "created_at", "timestamp" },
	{ "updatedAt", "updated_at", "timestamp" },
};
static const struct foreign_column realtime_messages[] = {
	{ "id", "id", "bigserial" },
	{ "topic", "topic", "text" },
	{ "extension", "extension", "text" },
};

/* What a module inside of pg-core exports, pg-core does as well, or it is this. */
static bool find_inside_core(struct interp *interp, struct str name, struct value *ret_value)
{
	static const struct method functions[] = { { "getPgColumnBuilders", column_builders, 0 } };
	return find_core(interp, name, ret_value) || find_function(interp, functions, LEN(functions), name, ret_value);
}

static bool find_role(struct interp *interp, const char *const (*roles)[2], size_t n, struct str name,
		      struct value *ret_value)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(str_of(roles[i][0]), name)) {
			*ret_value = existing_role(interp->arena, roles[i][1]);
			return true;
		}
	return false;
}

static bool find_supabase(struct interp *interp, struct str name, struct value *ret_value)
{
	static const char *const roles[][2] = {
		{ "anonRole", "anon" },
		{ "authenticatedRole", "authenticated" },
		{ "serviceRole", "service_role" },
		{ "postgresRole", "postgres_role" },
		{ "supabaseAuthAdminRole", "supabase_auth_admin" },
	};
	if (str_eq(name, STR("authUid")))
		*ret_value = sql_of(interp->arena, "(select auth.uid())");
	else if (str_eq(name, STR("realtimeTopic")))
		*ret_value = sql_of(interp->arena, "realtime.topic()");
	else if (str_eq(name, STR("authUsers")))
		*ret_value = foreign_table(interp, "auth", "users", auth_users, LEN(auth_users));
	else if (str_eq(name, STR("realtimeMessages")))
		*ret_value = foreign_table(interp, "realtime", "messages", realtime_messages, LEN(realtime_messages));
	else
		return find_role(interp, roles, LEN(roles), name, ret_value);
	return true;
}

static bool neon_uid(struct call *call, struct value *ret_value)
{
	struct sql_thing *sql = dsl_sql_new(call->interp->arena);
	struct value column;
	if (!call_arg(call, 0, &column))
		return false;
	sql_add_text(call->interp->arena, sql, STR("(select auth.user_id() = "));
	sql_add_value(call->interp->arena, sql, column, call->node);
	sql_add_text(call->interp->arena, sql, STR(")"));
	*ret_value = js_host(sql);
	return true;
}

static const struct foreign_column users_sync[] = {
	{ "rawJson", "raw_json", "jsonb" },
	{ "id", "id", "text" },
	{ "name", "name", "text" },
	{ "email", "email", "text" },
	{ "createdAt", "created_at", "timestamp" },
	{ "deletedAt", "deleted_at", "timestamp" },
	{ "updatedAt", "updated_at", "timestamp" },
};

static bool find_neon(struct interp *interp, struct str name, struct value *ret_value)
{
	static const char *const roles[][2] = { { "authenticatedRole", "authenticated" },
						{ "anonymousRole", "anonymous" } };
	static const struct method functions[] = { { "authUid", neon_uid, 0 }, { "crudPolicy", make_crud_policy, 0 } };
	if (str_eq(name, STR("usersSync"))) {
		*ret_value = foreign_table(interp, "neon_auth", "users_sync", users_sync, LEN(users_sync));
		return true;
	}
	return find_role(interp, roles, LEN(roles), name, ret_value) ||
		find_function(interp, functions, LEN(functions), name, ret_value);
}

/* ---- packages ---- */

/* import * as pg from "drizzle-orm/pg-core": its members are looked up when they are used. */
struct namespace_thing {
	struct host host;
	const char *specifier;
};

static bool namespace_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	const struct namespace_thing *namespace = (const struct namespace_thing *)host;
	if (!drizzle_external(interp, namespace->specifier, key, ret_value))
		*ret_value = js_opaque(str_of(namespace->specifier));
	return true;
}

static const struct host_class namespace_class = { .name = "a package", .get = namespace_get };

static struct value namespace_of(struct arena *arena, const char *specifier)
{
	struct namespace_thing *namespace = arena_alloc(arena, sizeof(*namespace));
	*namespace = (struct namespace_thing){ { &namespace_class }, specifier };
	return js_host(namespace);
}

static const struct {
	const char *specifier;
	bool (*find)(struct interp *interp, struct str name, struct value *ret_value);
} packages[] = {
	{ "drizzle-orm/pg-core", find_any_core }, { "drizzle-orm", find_root },
	{ "drizzle-orm/sql", find_root },         { "drizzle-orm/supabase", find_supabase },
	{ "drizzle-orm/neon", find_neon },        { "drizzle-orm/pg-core/", find_inside_core },
	{ "drizzle-orm/sql/", find_root },        { "drizzle-orm/expressions", find_root },
};

/* One that ends in a slash is for all modules below it. */
static bool is_of_package(const char *specifier, const char *package)
{
	size_t len = strlen(package);
	return package[len - 1] == '/' ? strncmp(specifier, package, len) == 0 : strcmp(specifier, package) == 0;
}

/* Payload hands drizzle-orm on under names of its own. */
const char *drizzle_package(struct arena *arena, const char *specifier)
{
	static const char *const others[] = { "@payloadcms/db-postgres/drizzle",
					      "@payloadcms/db-vercel-postgres/drizzle" };
	for (size_t i = 0; i < LEN(others); i++) {
		size_t len = strlen(others[i]);
		if (strncmp(specifier, others[i], len) == 0 && (!specifier[len] || specifier[len] == '/'))
			return arena_printf(arena, "drizzle-orm%s", specifier + len);
	}
	return specifier;
}

bool drizzle_external(struct interp *interp, const char *specifier, struct str name, struct value *ret_value)
{
	specifier = drizzle_package(interp->arena, specifier);
	if (str_ends(str_of(specifier), STR("/index.js")))
		specifier = arena_strndup(interp->arena, specifier, strlen(specifier) - strlen("/index.js"));
	for (size_t i = 0; i < LEN(packages); i++) {
		if (!is_of_package(specifier, packages[i].specifier))
			continue;
		if (str_eq(name, STR("*")) || str_eq(name, STR("default"))) {
			*ret_value = namespace_of(interp->arena, specifier);
			return true;
		}
		return packages[i].find(interp, name, ret_value);
	}
	return drizzle_helper(interp, specifier, name, ret_value);
}
