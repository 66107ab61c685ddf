#include "format/drizzle/dsl/select.h"

/* ---- casing ---- */

static bool is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/*
 * The next word of drizzle-orm's casing: [\da-z]+ | [A-Z]+(?![a-z]) | [A-Z][\da-z]+, on the text without apostrophes.  Everything else separates.
 */
static struct str next_word(struct str *rest)
{
	while (rest->len && !is_lower_or_digit(rest->ptr[0]) && !is_upper(rest->ptr[0]))
		*rest = str_slice(*rest, 1, rest->len);
	size_t n = 0;
	if (rest->len && is_lower_or_digit(rest->ptr[0])) {
		while (n < rest->len && is_lower_or_digit(rest->ptr[n]))
			n++;
	} else if (rest->len) {
		while (n < rest->len && is_upper(rest->ptr[n]))
			n++;
		/* The last capital begins a word where small letters follow; the expression gives it back. */
		if (n < rest->len && rest->ptr[n] >= 'a' && rest->ptr[n] <= 'z') {
			n--;
			if (!n)
				for (n = 1; n < rest->len && is_lower_or_digit(rest->ptr[n]);)
					n++;
		}
	}
	struct str word = str_slice(*rest, 0, n);
	*rest = str_slice(*rest, n, rest->len);
	return word;
}

static struct str without_apostrophes(struct arena *arena, const char *name)
{
	struct buf text = buf_init(arena);
	for (const char *c = name; *c; c++) {
		if (strncmp(c, "\xe2\x80\x99", 3) == 0)
			c += 2;
		else if (*c != '\'')
			buf_char(&text, *c);
	}
	return buf_as_str(&text);
}

static char changed(char c, bool upper)
{
	if (upper)
		return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	return (char)(is_upper(c) ? c - 'A' + 'a' : c);
}

const char *dsl_cased(struct arena *arena, enum drizzle_casing casing, const char *name)
{
	struct buf text = buf_init(arena);
	struct str rest = without_apostrophes(arena, name), word;
	if (casing == CASING_NONE)
		return name;
	for (size_t n = 0; word = next_word(&rest), word.len; n++) {
		if (n && casing == CASING_SNAKE)
			buf_char(&text, '_');
		for (size_t i = 0; i < word.len; i++) {
			bool keep = casing == CASING_CAMEL && n && i;
			buf_char(&text, keep ? word.ptr[i] : changed(word.ptr[i], casing == CASING_CAMEL && n && !i));
		}
	}
	return text.ptr;
}

/* ---- making ---- */

struct table_thing *dsl_table_new(struct interp *interp, const char *name, const char *schema, const struct node *at)
{
	struct table_thing *table = arena_alloc(interp->arena, sizeof(*table));
	*table = (struct table_thing){ .host = { &table_class }, .name = name, .schema = schema, .at = at };
	return table;
}

static struct column_thing *add_column(struct interp *interp, struct table_thing *table, struct str key,
				       const struct column_thing *builder)
{
	struct column_thing *column = arena_alloc(interp->arena, sizeof(*column));
	*column = *builder;
	column->table = table;
	column->key = key;
	enum drizzle_casing casing = table->casing ? table->casing : dsl_of(interp)->casing;
	column->db_name = builder->name ? builder->name : dsl_cased(interp->arena, casing, str_dup(interp->arena, key));
	map_set(interp->arena, &table->columns, key, column);
	return column;
}

bool table_add_columns(struct interp *interp, struct table_thing *table, const struct value *columns)
{
	struct object *members;
	if (!js_members(interp, table->at, columns, &members))
		return false;
	for (size_t i = 0; i < members->map.len; i++) {
		struct slot *slot = members->map.ptr[i].value;
		struct value value;
		if (!slot_value(interp, slot, &value))
			return false;
		if (!js_is(&value, &column_class) || ((struct column_thing *)value.host)->table)
			return interp_refuse(interp, slot->node ? slot->node : table->at,
					     "column \"" STR_FMT "\" of table \"%s\" is %s",
					     STR_ARG(members->map.ptr[i].key), table->name,
					     js_describe(interp->arena, &value));
		add_column(interp, table, members->map.ptr[i].key, (const struct column_thing *)value.host);
	}
	return true;
}

/* pgTable, pgSchema("s").table, pgTableCreator((name) => `prefix_${name}`), snakeCase.table: what makes tables. */
struct maker_thing {
	struct host host;
	const char *schema;
	enum drizzle_casing casing;
	struct value naming; /* undefined: the name as it is */
};

static bool made_name(struct call *call, const struct maker_thing *maker, const char **ret_name)
{
	struct interp *interp = call->interp;
	struct value name;
	struct str text;
	if (maker->naming.kind == V_UNDEFINED) {
		if (!call_text(call, 0, &text))
			return false;
	} else if (!call->nargs) {
		return call_refuse(call, "a table without a name");
	} else if (!js_call(interp, call->node, &maker->naming, NULL, call->args, 1, &name) ||
		   !js_to_text(interp, call->node, &name, &text)) {
		return false;
	}
	*ret_name = str_dup(interp->arena, text);
	return true;
}

/* (name, columns or (t) => columns, extras) */
static bool make_table(struct call *call, const struct maker_thing *maker, bool rls, struct value *ret_value)
{
	struct interp *interp = call->interp;
	struct value columns, extras;
	const char *name = NULL;
	if (!made_name(call, maker, &name) || !call_arg(call, 1, &columns))
		return false;
	struct table_thing *table = dsl_table_new(interp, name, maker->schema, call->node);
	table->casing = maker->casing;
	table->rls = rls;
	if (columns.kind == V_CLOSURE) {
		struct slot *args[] = { slot_ready(interp->arena, column_functions(interp->arena)) };
		if (!js_call(interp, call->node, &columns, NULL, args, 1, &columns))
			return false;
	}
	if (columns.kind == V_CLASS) /* drizzle-orm would call it */
		return call_refuse(call, "the columns of table \"%s\" are a class", name);
	if (!table_add_columns(interp, table, &columns) || !call_arg(call, 2, &extras))
		return false;
	table->extras = js_is_nullish(&extras) ? NULL : call->args[2];
	*ret_value = js_host(table);
	return true;
}

static bool maker_call(struct call *call, struct value *ret_value)
{
	return make_table(call, (const struct maker_thing *)call->self.host, false, ret_value);
}

static bool maker_with_rls(struct call *call, struct value *ret_value)
{
	return make_table(call, (const struct maker_thing *)call->native->self.host, true, ret_value);
}

static const struct method maker_methods[] = { { "withRLS", maker_with_rls, 0 } };
static const struct host_class maker_class = {
	.name = "pgTable",
	.methods = maker_methods,
	.nmethods = LEN(maker_methods),
	.call = maker_call,
};

struct value table_maker(struct arena *arena, const char *schema, enum drizzle_casing casing)
{
	struct maker_thing *maker = arena_alloc(arena, sizeof(*maker));
	*maker = (struct maker_thing){ { .class = &maker_class }, schema, casing, js_undefined() };
	return js_host(maker);
}

bool casing_argument(struct call *call, size_t index, enum drizzle_casing *ret_casing)
{
	struct value value;
	if (!call_arg(call, index, &value))
		return false;
	*ret_casing = js_is_text(&value, "snake_case") ? CASING_SNAKE
		: js_is_text(&value, "camelCase")      ? CASING_CAMEL
						       : CASING_NONE;
	return true;
}

bool make_table_creator(struct call *call, struct value *ret_value)
{
	enum drizzle_casing casing;
	if (!casing_argument(call, 1, &casing))
		return false;
	*ret_value = table_maker(call->interp->arena, NULL, casing);
	return call_arg(call, 0, &((struct maker_thing *)ret_value->host)->naming);
}

/* snakeCase.table(...) of the 1.0 line. */
struct casing_thing {
	struct host host;
	enum drizzle_casing casing;
};

static bool casing_schema(struct call *call, struct value *ret_value)
{
	return make_schema_cased(call, ((const struct casing_thing *)call->native->self.host)->casing, ret_value);
}

static bool casing_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	if (str_eq(key, STR("table")))
		*ret_value = table_maker(interp->arena, NULL, ((const struct casing_thing *)host)->casing);
	return true;
}

static const struct method casing_methods[] = { { "schema", casing_schema, 0 },
						{ "view", make_view, 0 },
						{ "materializedView", make_view, 1 } };
static const struct host_class casing_class = {
	.name = "a casing", .methods = casing_methods, .nmethods = LEN(casing_methods), .get = casing_get
};

struct value casing_of(struct arena *arena, enum drizzle_casing casing)
{
	struct casing_thing *thing = arena_alloc(arena, sizeof(*thing));
	*thing = (struct casing_thing){ { .class = &casing_class }, casing };
	return js_host(thing);
}

/* alias(table, "name"): the same columns under another name. */
bool make_alias(struct call *call, struct value *ret_value)
{
	struct value value;
	struct str name;
	if (!call_arg(call, 0, &value) || !call_text(call, 1, &name))
		return false;
	if (js_is(&value, &view_class))
		return view_renamed(call, (const struct view_thing *)value.host, str_dup(call->interp->arena, name),
				    ret_value);
	if (!js_is(&value, &table_class))
		return call_refuse(call, "an alias of %s is not understood", js_describe(call->interp->arena, &value));
	const struct table_thing *table = (const struct table_thing *)value.host;
	struct table_thing *alias = dsl_table_new(call->interp, table->name, table->schema, call->node);
	alias->alias = str_dup(call->interp->arena, name);
	for (size_t i = 0; i < table->columns.len; i++)
		add_column(call->interp, alias, table->columns.ptr[i].key, table->columns.ptr[i].value);
	*ret_value = js_host(alias);
	return true;
}

/* ---- members ---- */

static bool enable_rls(struct call *call, struct value *ret_value)
{
	((struct table_thing *)call->native->self.host)->rls = true;
	*ret_value = call->native->self;
	return true;
}

static bool table_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	struct table_thing *table = (struct table_thing *)host;
	struct column_thing *column = map_get(&table->columns, key);
	if (column) {
		*ret_value = js_host(column);
	} else if (str_eq(key, STR("enableRLS"))) {
		struct native *native = arena_alloc(interp->arena, sizeof(*native));
		*native = (struct native){ .name = "enableRLS", .run = enable_rls, .self = js_host(table) };
		*ret_value = (struct value){ .kind = V_NATIVE, .native = native };
	} else if (key.len && (key.ptr[0] == '$' || key.ptr[0] == '_')) {
		*ret_value = js_opaque(STR("the table's types"));
	}
	return true;
}

static struct object *table_members(struct interp *interp, struct host *host)
{
	const struct table_thing *table = (const struct table_thing *)host;
	struct object *object = arena_alloc(interp->arena, sizeof(*object));
	for (size_t i = 0; i < table->columns.len; i++)
		js_object_set(interp->arena, object, table->columns.ptr[i].key,
			      slot_ready(interp->arena, js_host(table->columns.ptr[i].value)));
	return object;
}

const struct host_class table_class = {
	.name = "a table", .extensible = true, .get = table_get, .members = table_members
};
