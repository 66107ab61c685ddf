#include "format/drizzle/dsl/read.h"

#include <stdlib.h>

#include "format/drizzle/schema.h"

/* ---- helpers ---- */

bool dsl_refuse_duplicate(struct reader *reader, const struct node *at, const char *what, const char *name)
{
	const char *message = arena_printf(reader->interp->arena, "there are two of the name \"%s\": %s", name, what);
	if (!at)
		return err_set(reader->interp->err, ERR_FAILED, "drizzle-duplicate", "%s", message);
	return node_refuse(at, reader->interp->err, "drizzle-duplicate", "%s", message);
}

bool dsl_read_text(struct reader *reader, const struct node *at, const struct value *object, const char *key,
		   const char **ret_text)
{
	struct slot *slot;
	struct value value;
	struct str text;
	*ret_text = NULL;
	if (!js_member(reader->interp, object, key, &slot))
		return true;
	if (!slot_value(reader->interp, slot, &value))
		return false;
	if (js_is_nullish(&value))
		return true;
	if (!js_to_text(reader->interp, slot->node ? slot->node : at, &value, &text))
		return false;
	*ret_text = str_dup(reader->interp->arena, text);
	return true;
}

bool dsl_read_true(struct reader *reader, const struct node *at, const struct value *object, const char *key,
		   bool *ret_true)
{
	struct slot *slot;
	struct value value;
	if (!js_member(reader->interp, object, key, &slot))
		return true;
	return slot_value(reader->interp, slot, &value) && js_truth(reader->interp, at, &value, ret_true);
}

bool dsl_read_options(struct reader *reader, const struct node *at, const struct value *value,
		      struct drizzle_options *ret_options)
{
	struct interp *interp = reader->interp;
	struct object *members;
	if (js_is_nullish(value))
		return true;
	if (!js_members(interp, at, value, &members))
		return false;
	for (size_t i = 0; i < members->map.len; i++) {
		struct value item;
		struct str text;
		if (!slot_value(interp, members->map.ptr[i].value, &item))
			return false;
		if (item.kind == V_UNDEFINED)
			continue;
		if (!js_to_text(interp, at, &item, &text))
			return false;
		struct drizzle_option option = { str_dup(interp->arena, members->map.ptr[i].key),
						 str_dup(interp->arena, text), item.kind == V_STRING };
		vec_push(interp->arena, ret_options, option);
	}
	return true;
}

/* ---- policies ---- */

static bool add_role(struct reader *reader, const struct policy_thing *policy, const struct value *role,
		     struct drizzle_names *to)
{
	if (js_is(role, &role_class)) {
		vec_push(reader->interp->arena, to, ((const struct role_thing *)role->host)->name);
		return true;
	}
	if (role->kind != V_STRING)
		return interp_refuse(reader->interp, policy->at, "a policy is for %s",
				     js_describe(reader->interp->arena, role));
	vec_push(reader->interp->arena, to, str_dup(reader->interp->arena, role->text));
	return true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool read_roles(struct reader *reader, const struct policy_thing *policy, struct drizzle_names *to)
{
	struct slot *slot;
	struct value value = js_undefined();
	if (js_member(reader->interp, &policy->options, "to", &slot) && !slot_value(reader->interp, slot, &value))
		return false;
	if (js_is_nullish(&value) || js_is_text(&value, ""))
		value = js_text("public");
	if (value.kind != V_ARRAY)
		return add_role(reader, policy, &value, to);
	for (size_t i = 0; i < value.array->items.len; i++) {
		struct value role;
		if (!slot_value(reader->interp, value.array->items.ptr[i], &role) ||
		    !add_role(reader, policy, &role, to))
			return false;
	}
	if (to->len)
		qsort(to->ptr, to->len, sizeof(*to->ptr), by_text);
	return true;
}

static bool read_condition(struct reader *reader, const struct policy_thing *policy, const char *key,
			   struct drizzle_sql *ret_sql)
{
	struct slot *slot;
	struct value value;
	if (!js_member(reader->interp, &policy->options, key, &slot))
		return true;
	if (!slot_value(reader->interp, slot, &value))
		return false;
	if (js_is_nullish(&value))
		return true;
	if (value.kind != V_HOST)
		return interp_refuse(reader->interp, slot->node ? slot->node : policy->at,
				     "the condition of a policy is %s", js_describe(reader->interp->arena, &value));
	return sql_texts(reader->interp, policy->at, &value, SQL_QUALIFIED, ret_sql);
}

static const char *upper(struct arena *arena, const char *text, const char *otherwise)
{
	char *copy = arena_strdup(arena, text ? text : otherwise);
	for (char *c = copy; *c; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	return copy;
}

bool dsl_read_policy(struct reader *reader, const struct policy_thing *policy, struct drizzle_policy *ret_policy)
{
	struct drizzle_policy out = { .name = policy->name };
	const char *as, *command;
	if (!dsl_read_text(reader, policy->at, &policy->options, "as", &as) ||
	    !dsl_read_text(reader, policy->at, &policy->options, "for", &command) ||
	    !read_roles(reader, policy, &out.to) || !read_condition(reader, policy, "using", &out.use) ||
	    !read_condition(reader, policy, "withCheck", &out.with_check))
		return false;
	out.as = upper(reader->interp->arena, as, "PERMISSIVE");
	out.command = upper(reader->interp->arena, command, "ALL");
	*ret_policy = out;
	return true;
}

static bool read_linked(struct reader *reader, const struct policy_thing *policy)
{
	struct drizzle_policy out;
	const struct table_thing *table = policy->linked;
	struct drizzle_policies *into = &reader->model->policies;
	if (!table)
		return true; /* drizzle-kit says so and goes on */
	if (!dsl_read_policy(reader, policy, &out))
		return false;
	out.schema = table->schema ? table->schema : "public";
	out.table = table->name;
	for (size_t i = 0; i < reader->model->tables.len; i++) {
		struct drizzle_table *known = &reader->model->tables.ptr[i];
		if (strcmp(known->name, table->name) != 0 ||
		    strcmp(known->schema ? known->schema : "public", out.schema) != 0)
			continue;
		into = &known->policies;
		out.schema = out.table = NULL;
		break;
	}
	for (size_t i = 0; i < into->len; i++)
		if (strcmp(into->ptr[i].name, out.name) == 0)
			return dsl_refuse_duplicate(reader, policy->at, "policy", out.name);
	vec_push(reader->interp->arena, into, out);
	return true;
}

/* ---- other entities ---- */

static bool read_enum(struct reader *reader, const struct enum_thing *enumeration)
{
	struct drizzle_enum out = { enumeration->schema ? enumeration->schema : "public", enumeration->name,
				    enumeration->values };
	if (enumeration->schema)
		drizzle_add_once(reader->interp->arena, &reader->model->implied_schemas, enumeration->schema);
	/* Of two of one name drizzle-kit 0.x keeps the last. */
	for (size_t i = 0; i < reader->model->enums.len; i++) {
		struct drizzle_enum *there = &reader->model->enums.ptr[i];
		if (strcmp(there->name, out.name) != 0 || strcmp(there->schema, out.schema) != 0)
			continue;
		if (dsl_of(reader->interp)->line == DRIZZLE_1)
			return dsl_refuse_duplicate(reader, enumeration->at, "enum", out.name);
		*there = out;
		return true;
	}
	vec_push(reader->interp->arena, &reader->model->enums, out);
	return true;
}

static bool read_sequence_thing(struct reader *reader, const struct sequence_thing *sequence)
{
	struct drizzle_sequence out = { .schema = sequence->schema ? sequence->schema : "public",
					.name = sequence->name };
	if (!dsl_read_sequence(reader, sequence->at, &sequence->options, "-9223372036854775808", "9223372036854775807",
			       &out))
		return false;
	if (sequence->schema)
		drizzle_add_once(reader->interp->arena, &reader->model->implied_schemas, sequence->schema);
	vec_push(reader->interp->arena, &reader->model->sequences, out);
	return true;
}

static bool read_role(struct reader *reader, const struct role_thing *role)
{
	struct drizzle_role out = { .name = role->name, .inherit = true };
	if (role->existing)
		return true;
	if (!dsl_read_true(reader, NULL, &role->options, "createDb", &out.create_db) ||
	    !dsl_read_true(reader, NULL, &role->options, "createRole", &out.create_role) ||
	    !dsl_read_true(reader, NULL, &role->options, "inherit", &out.inherit))
		return false;
	vec_push(reader->interp->arena, &reader->model->roles, out);
	return true;
}

static bool view_definition(struct reader *reader, const struct view_thing *view, const char **ret_definition)
{
	struct buf text = buf_init(reader->interp->arena);
	struct rendering r = { reader->interp, SQL_QUALIFIED, true, 0, &text };
	bool select = js_is(&view->query, &select_class);
	if (!(select ? select_render(reader->interp, view->at, view->query.host, &text)
		     : dsl_render_value(&r, &view->query, view->at)))
		return false;
	*ret_definition = text.ptr;
	return true;
}

static bool read_view(struct reader *reader, const struct view_thing *view)
{
	struct drizzle_view out = { .schema = view->schema ? view->schema : "public",
				    .name = view->name,
				    .materialized = view->materialized,
				    .existing = view->existing,
				    .with_no_data = view->with_no_data,
				    .method = view->method,
				    .tablespace = view->tablespace };
	for (size_t i = 0; i < reader->model->views.len; i++)
		if (strcmp(reader->model->views.ptr[i].name, out.name) == 0 &&
		    strcmp(reader->model->views.ptr[i].schema, out.schema) == 0)
			return dsl_refuse_duplicate(reader, view->at, "view", out.name);
	if (!view->existing && !view_definition(reader, view, &out.definition))
		return false;
	if (!dsl_read_options(reader, view->at, &view->with, &out.with))
		return false;
	for (size_t i = 0; i < view->columns->columns.len; i++) {
		struct drizzle_column column;
		if (!dsl_read_column(reader, view->columns->columns.ptr[i].value, out.name, view->schema, &column))
			return false;
		vec_push(reader->interp->arena, &out.columns, column);
	}
	if (view->schema && !view->existing)
		drizzle_add_once(reader->interp->arena, &reader->model->implied_schemas, view->schema);
	vec_push(reader->interp->arena, &reader->model->views, out);
	return true;
}

static bool add_table(struct reader *reader, const struct table_thing *table)
{
	struct drizzle_table out;
	if (!dsl_read_table(reader, table, &out))
		return false;
	for (size_t i = 0; i < reader->model->tables.len; i++) {
		const struct drizzle_table *known = &reader->model->tables.ptr[i];
		if (strcmp(known->name, out.name) == 0 &&
		    strcmp(known->schema ? known->schema : "public", out.schema ? out.schema : "public") == 0)
			return dsl_refuse_duplicate(reader, table->at, "table", out.name);
	}
	vec_push(reader->interp->arena, &reader->model->tables, out);
	return true;
}

/* ---- exports ---- */

struct things {
	struct host **ptr;
	size_t len, cap;
};

static bool is_known(const struct things *things, const struct host *host)
{
	for (size_t i = 0; i < things->len; i++)
		if (things->ptr[i] == host)
			return true;
	return false;
}

static bool is_thing(const struct value *value)
{
	static const struct host_class *const classes[] = {
		&table_class,  &column_class, &enum_class,   &view_class,
		&schema_class, &role_class,   &policy_class, &sequence_class
	};
	for (size_t i = 0; i < LEN(classes); i++)
		if (js_is(value, classes[i]))
			return true;
	return false;
}

/* What makes entities: a value from which none of these can be reached is none. */
static bool is_maker(const char *specifier, struct str name)
{
	static const char *const makers[] = { "pgTable",  "pgTableCreator",     "pgSchema",   "pgEnum",
					      "pgView",   "pgMaterializedView", "pgSequence", "pgRole",
					      "pgPolicy", "snakeCase",          "camelCase",  "*" };
	for (size_t i = 0; i < LEN(makers); i++)
		if (str_eq(str_of(makers[i]), name))
			/* Under such a name a package that nobody knows here may hand drizzle-orm's on. */
			return strncmp(makers[i], "pg", 2) == 0 ||
				strncmp(specifier, "drizzle-orm", strlen("drizzle-orm")) == 0;
	return false;
}

/* What makes a table, or columns of one. */
static bool is_of_core(const char *specifier, struct str name)
{
	return strncmp(specifier, "drizzle-orm/pg-core", strlen("drizzle-orm/pg-core")) == 0 ||
		(!str_eq(name, STR("*")) && is_maker(specifier, name));
}

/* One exported value.  A validator that nobody here understands is passed over; what could be a table is
 * refused: what makes tables stands behind it, or columns are made in it. */
static bool collect_value(struct interp *interp, const struct export *export, struct things *things)
{
	struct value value;
	struct err why = { .arena = interp->arena };
	unsigned depth = interp->depth;
	if (slot_value(interp, export->slot, &value)) {
		if (value.kind == V_OPAQUE && slot_calls(interp, export->slot, is_of_core))
			return interp_refuse(interp, export->slot->node, "\"" STR_FMT "\" may be a table, and it is %s",
					     STR_ARG(export->name), js_describe(interp->arena, &value));
		if (value.kind == V_HOST && !is_known(things, value.host))
			vec_push(interp->arena, things, value.host);
		return true;
	}
	interp->depth = depth;
	interp->eager = false;
	err_copy(&why, interp->err);
	err_clear(interp->err);
	/* A file that is missing may be the one with the tables: drizzle-kit does not go on without it either. */
	bool gone = why.name && strcmp(why.name, "typescript-module-missing") == 0;
	if (!gone && interp->steps < INTERP_MAX_STEPS && !slot_reaches(interp, export->slot, is_maker))
		return true;
	err_copy(interp->err, &why);
	return false;
}

static bool collect(struct interp *interp, const struct strs *files, struct things *things)
{
	for (size_t i = 0; i < files->len; i++) {
		struct module *module;
		struct exports exports;
		if (!module_load(interp, str_dup(interp->arena, files->ptr[i]), &module) ||
		    !module_exports(interp, module, &exports))
			return false;
		for (size_t j = 0; j < exports.len; j++)
			if (!collect_value(interp, &exports.ptr[j], things))
				return false;
	}
	return modules_run(interp, is_thing) && modules_check_order(interp);
}

static bool read_thing(struct reader *reader, const struct host_class *class, struct host *host)
{
	const struct schema_thing *schema = (const struct schema_thing *)host;
	if (class == &schema_class && !schema->existing)
		drizzle_add_once(reader->interp->arena, &reader->model->schemas, schema->name);
	else if (class == &enum_class)
		return read_enum(reader, (const struct enum_thing *)host);
	else if (class == &sequence_class)
		return read_sequence_thing(reader, (const struct sequence_thing *)host);
	else if (class == &role_class)
		return read_role(reader, (const struct role_thing *)host);
	else if (class == &table_class)
		return ((const struct table_thing *)host)->alias || add_table(reader, (const struct table_thing *)host);
	else if (class == &view_class)
		return ((const struct view_thing *)host)->alias || read_view(reader, (const struct view_thing *)host);
	else if (class == &policy_class)
		return read_linked(reader, (const struct policy_thing *)host);
	return true;
}

/* Views of the other kind come after those of this one. */
static bool is_turn(const struct host *host, const struct host_class *class, bool materialized)
{
	return host->class == class &&
		(class != &view_class || ((const struct view_thing *)host)->materialized == materialized);
}

static bool read_all(struct reader *reader, const struct things *things)
{
	static const struct {
		const struct host_class *class;
		bool materialized;
	} turns[] = { { &schema_class, false }, { &enum_class, false },  { &sequence_class, false },
		      { &role_class, false },   { &table_class, false }, { &view_class, false },
		      { &view_class, true },    { &policy_class, false } };
	for (size_t turn = 0; turn < LEN(turns); turn++)
		for (size_t i = 0; i < things->len; i++)
			if (is_turn(things->ptr[i], turns[turn].class, turns[turn].materialized) &&
			    !read_thing(reader, turns[turn].class, things->ptr[i]))
				return false;
	return true;
}

bool drizzle_schema_read(struct arena *arena, const struct drizzle_schema *schema, struct drizzle_model *ret_model,
			 struct err *err)
{
	struct dsl dsl = { schema->line, schema->casing };
	struct drizzle_model model = { .line = schema->line };
	struct interp *interp = interp_new(arena, schema->root, drizzle_external, err);
	struct reader reader = { .interp = interp, .model = &model };
	struct things things = { 0 };
	struct strs files;
	interp->context = &dsl;
	if (!drizzle_schema_files(arena, schema, &files, err) || !collect(interp, &files, &things) ||
	    !read_all(&reader, &things))
		return false;
	drizzle_drop_said_schemas(&model);
	*ret_model = model;
	return true;
}
