#include "check/boundary.h"

#include "sql/quote.h"

void boundary_defaults(struct arena *arena, struct boundary *boundary)
{
	/* Source: docs/boundary.md; the platform's own list of schemas that its services migrate. */
	static const char *const schemas[] = {
		"ai",        "auth",  "storage",   "graphql",        "graphql_public",     "realtime",
		"_realtime", "vault", "pgsodium",  "pgsodium_masks", "supabase_functions", "supabase_migrations",
		"net",       "cron",  "pgbouncer", "pg_*",           "information_schema",
	};
	*boundary = (struct boundary){ 0 };
	for (size_t i = 0; i < LEN(schemas); i++)
		vec_push(arena, &boundary->schemas, str_of(schemas[i]));
}

bool boundary_has_schema(const struct boundary *boundary, struct str schema)
{
	/* A session's own temporary schema is nobody's. */
	if (boundary->off || !schema.ptr || str_starts(schema, STR("pg_temp")))
		return false;
	return strs_fit(&boundary->schemas, schema);
}

/* Roles that the platform's services log in as or switch to. */
static bool is_platform_role(struct str role)
{
	static const char *const roles[] = { "anon",      "authenticated",  "service_role", "authenticator",
					     "pgbouncer", "dashboard_user", "postgres" };
	for (size_t i = 0; i < LEN(roles); i++)
		if (str_eq(role, str_of(roles[i])))
			return true;
	return str_starts(role, STR("supabase_"));
}

static bool is(struct str schema, struct str name, const char *qualified)
{
	struct str want_schema, want_name;
	str_cut(str_of(qualified), '.', &want_schema, &want_name);
	return str_eq(schema, want_schema) && str_eq(name, want_name);
}

/* What the platform's documentation asks users to do. */
static bool allowed_by_nature(const struct touch *touch, struct str schema)
{
	switch (touch->verb) {
	case TOUCH_READ:
		return true;
	case TOUCH_REFERENCE:
		return is(schema, touch->name, "auth.users");
	case TOUCH_CREATE:
	case TOUCH_REPLACE:
	case TOUCH_ALTER:
	case TOUCH_DROP:
	case TOUCH_COMMENT:
		return touch->kind == OBJECT_POLICY &&
			(is(schema, touch->name, "storage.objects") || is(schema, touch->name, "storage.buckets") ||
			 is(schema, touch->name, "realtime.messages"));
	case TOUCH_TRUNCATE:
	case TOUCH_WRITE:
	case TOUCH_LOCK:
	case TOUCH_GRANT:
		return false;
	}
	return false;
}

/* The entries of boundary.allow that would permit a touch, the narrowest first. */
struct allowances {
	const char *ptr[5];
	size_t len;
};

static void add_allowance(struct allowances *all, const char *entry)
{
	if (all->len < LEN(all->ptr))
		all->ptr[all->len++] = entry;
}

static struct allowances allowances_of(struct arena *arena, const struct touch *touch, struct str schema)
{
	struct allowances all = { 0 };
	const char *kind = object_kind_text(touch->kind);
	const char *name = str_dup(arena, touch->name);
	if (touch->kind == OBJECT_ROLE || touch->kind == OBJECT_EVENT_TRIGGER) {
		add_allowance(&all, arena_printf(arena, "%s %s", kind, name));
		add_allowance(&all, kind);
		return all;
	}
	const char *of = str_dup(arena, schema);
	if (touch->kind == OBJECT_SCHEMA) {
		add_allowance(&all, arena_printf(arena, "schema %s", of));
		return all;
	}
	if (touch->part.ptr) {
		add_allowance(&all,
			      arena_printf(arena, "%s " STR_FMT " on %s.%s", kind, STR_ARG(touch->part), of, name));
		add_allowance(&all, arena_printf(arena, "%s on %s.%s", kind, of, name));
	}
	if (touch->verb == TOUCH_WRITE || touch->verb == TOUCH_TRUNCATE)
		add_allowance(&all, arena_printf(arena, "rows of %s.%s", of, name));
	if (touch->verb == TOUCH_REFERENCE)
		add_allowance(&all, arena_printf(arena, "foreign key to %s.%s", of, name));
	if (!touch->part.ptr && touch->kind != OBJECT_TABLE)
		add_allowance(&all, arena_printf(arena, "%s %s.%s", kind, of, name));
	else
		add_allowance(&all, arena_printf(arena, "table %s.%s", of, name));
	add_allowance(&all, arena_printf(arena, "schema %s", of));
	return all;
}

static bool is_allowed(const struct boundary *boundary, const struct allowances *all)
{
	for (size_t i = 0; i < all->len; i++)
		for (size_t k = 0; k < boundary->allow.len; k++)
			if (str_eq_nocase(str_of(all->ptr[i]), boundary->allow.ptr[k]))
				return true;
	return false;
}

static const char *object_text(struct arena *arena, const struct touch *touch, struct str schema)
{
	const char *kind = object_kind_text(touch->kind);
	if (touch->kind == OBJECT_ROLE || touch->kind == OBJECT_EVENT_TRIGGER || touch->kind == OBJECT_EXTENSION)
		return arena_printf(arena, "%s %s", kind, sql_ident(arena, touch->name));
	if (touch->kind == OBJECT_SCHEMA)
		return arena_printf(arena, "schema %s", sql_ident(arena, schema));
	const char *name = sql_qualified(arena, schema, touch->name);
	if (touch->part.ptr)
		return arena_printf(arena, "%s %s on %s", kind, sql_ident(arena, touch->part), name);
	return arena_printf(arena, "%s %s", kind, name);
}

/* The state of reading a script: the search path in force. */
struct reading {
	struct arena *arena;
	const struct boundary *boundary;
	struct strs path, session_path;
	bool session_is_own; /* session_path is what the server has, not what the script has set */
	const struct map *platform_names;
	struct violations *violations;
	bool unsure;
};

static void add_violation(struct reading *r, const struct stmt *stmt, const struct touch *touch, struct str schema)
{
	struct allowances all = allowances_of(r->arena, touch, schema);
	if (allowed_by_nature(touch, schema) || is_allowed(r->boundary, &all))
		return;
	vec_push(r->arena, r->violations,
		 (struct violation){
			 .stmt = stmt,
			 .touch = touch,
			 .schema = schema,
			 .object = object_text(r->arena, touch, schema),
			 .action = touch_verb_text(touch->verb),
			 .allow = all.len ? all.ptr[0] : NULL,
		 });
}

/* A name without a schema: the first schema of the path that can have it. */
static void read_unqualified(struct reading *r, const struct stmt *stmt, const struct touch *touch)
{
	bool creates = touch->verb == TOUCH_CREATE || touch->verb == TOUCH_REPLACE;
	bool first = true;
	for (size_t i = 0; i < r->path.len; i++) {
		struct str schema = r->path.ptr[i];
		if (str_eq(schema, STR("$user")))
			continue;
		bool platform = boundary_has_schema(r->boundary, schema);
		if (platform && first) {
			add_violation(r, stmt, touch, schema);
			return;
		}
		if (creates && !touch->part.ptr)
			return;
		if (platform && (!r->platform_names || map_get(r->platform_names, touch->name))) {
			if (!allowed_by_nature(touch, schema))
				r->unsure = true;
			return;
		}
		first = false;
	}
}

static bool has_schema(enum object_kind kind)
{
	switch (kind) {
	case OBJECT_ROLE:
	case OBJECT_DATABASE:
	case OBJECT_PUBLICATION:
	case OBJECT_SUBSCRIPTION:
	case OBJECT_EVENT_TRIGGER:
	case OBJECT_EXTENSION:
	case OBJECT_SCHEMA:
		return false;
	case OBJECT_TABLE:
	case OBJECT_INDEX:
	case OBJECT_SEQUENCE:
	case OBJECT_VIEW:
	case OBJECT_MATVIEW:
	case OBJECT_TYPE:
	case OBJECT_FUNCTION:
	case OBJECT_TRIGGER:
	case OBJECT_POLICY:
	case OBJECT_RULE:
	case OBJECT_CONSTRAINT:
	case OBJECT_COLUMN:
	case OBJECT_OTHER:
		return true;
	}
	return true;
}

static void read_touch(struct reading *r, const struct stmt *stmt, const struct touch *touch)
{
	if (touch->verb == TOUCH_READ)
		return;
	if (touch->kind == OBJECT_SCHEMA) {
		if (boundary_has_schema(r->boundary, touch->name))
			add_violation(r, stmt, touch, touch->name);
	} else if (touch->kind == OBJECT_ROLE) {
		if (!r->boundary->off && is_platform_role(touch->name))
			add_violation(r, stmt, touch, touch->name);
	} else if (touch->kind == OBJECT_EVENT_TRIGGER) {
		if (!r->boundary->off)
			add_violation(r, stmt, touch, touch->name);
	} else if (touch->schema.ptr) {
		if (boundary_has_schema(r->boundary, touch->schema))
			add_violation(r, stmt, touch, touch->schema);
	} else if (has_schema(touch->kind)) {
		read_unqualified(r, stmt, touch);
	}
}

/* The search path behind this statement.  A local one ends with its transaction. */
static void follow_path(struct reading *r, const struct stmt *stmt, const struct name_space *names)
{
	bool ends = stmt->kind == STMT_COMMIT || stmt->kind == STMT_ROLLBACK;
	if (stmt->sets_path) {
		if (!stmt->path_is_local)
			r->session_path = stmt->path;
		r->path = stmt->path;
		/* What is known of names was asked for the session's path, not for this one. */
		r->platform_names = NULL;
		r->session_is_own = r->session_is_own && stmt->path_is_local;
	} else if (stmt->resets_path) {
		r->path = r->session_path = names->path;
		r->platform_names = names->platform_names;
		r->session_is_own = true;
	} else if (ends) {
		r->path = r->session_path;
		r->platform_names = r->session_is_own ? names->platform_names : NULL;
	}
}

void boundary_read(struct arena *arena, const struct boundary *boundary, const struct script *script,
		   const struct name_space *names, struct violations *violations, bool *ret_unsure)
{
	struct reading r = {
		.arena = arena,
		.boundary = boundary,
		.path = names->path,
		.session_path = names->path,
		.session_is_own = true,
		.platform_names = names->platform_names,
		.violations = violations,
	};
	for (size_t i = 0; !boundary->off && i < script->stmts.len; i++) {
		const struct stmt *stmt = &script->stmts.ptr[i];
		for (size_t k = 0; k < stmt->touches.len; k++)
			read_touch(&r, stmt, &stmt->touches.ptr[k]);
		follow_path(&r, stmt, names);
	}
	*ret_unsure = r.unsure;
}
