#include <stdlib.h>
#include <strings.h>

#include "base/json.h"
#include "format/drizzle/dsl/column.h"
#include "format/drizzle/dsl/read.h"
#include "sql/quote.h"

/* ---- defaults ---- */

struct default_of {
	struct reader *reader;
	const struct column_thing *column;
	struct drizzle_column *out;
};

static bool is_json_type(const char *type)
{
	return strcmp(type, "json") == 0 || strcmp(type, "jsonb") == 0;
}

static void set_text(const struct default_of *d, const char *kit, const char *meant)
{
	d->out->has_default = DEFAULT_TEXT;
	d->out->initial = (struct drizzle_sql){ kit, strcmp(kit, meant) == 0 ? kit : meant };
}

/* Text as drizzle-kit quotes it: without a look at what is inside. */
static const char *bare_quotes(struct arena *arena, const char *text)
{
	return arena_printf(arena, "'%s'", text);
}

/* jsonb().default("str") was meant as JSON's "str"; drizzle-kit writes 'str', which is none. */
static bool string_default(const struct default_of *d, const char *text)
{
	struct arena *arena = d->reader->interp->arena;
	const char *kit = sql_literal(arena, str_of(text)), *meant = kit;
	struct err ignored = { .arena = arena };
	struct json json;
	struct str quoted;
	struct value value = js_text(text);
	if (is_json_type(d->out->type) && !json_parse(arena, JSON_PLAIN, "default", str_of(text), &json, &ignored)) {
		if (!js_json(d->reader->interp, d->column->at, &value, &quoted))
			return false;
		meant = sql_literal(arena, quoted);
	}
	set_text(d, kit, meant);
	return true;
}

static bool json_default(const struct default_of *d, const struct value *value)
{
	struct arena *arena = d->reader->interp->arena;
	struct str json;
	if (!js_json(d->reader->interp, d->column->at, value, &json))
		return false;
	const char *text = str_dup(arena, json), *right = sql_literal(arena, json);
	if (d->reader->model->line == DRIZZLE_1)
		set_text(d, right, right);
	else
		set_text(d, arena_printf(arena, "%s::%s", bare_quotes(arena, text), d->out->type),
			 arena_printf(arena, "%s::%s", right, d->out->type));
	return true;
}

/* A date in the form that the type asks for: "2024-01-02", "2024-01-02 03:04:05.678", with T and Z in 0.x for all other types, with +00 in 1.0. */
static bool date_text(struct reader *reader, const struct node *at, const struct value *value, const char *type,
		      const char **ret_text)
{
	struct str json;
	if (!js_json(reader->interp, at, value, &json))
		return false;
	char *text = str_dup(reader->interp->arena, str_slice(json, 1, json.len - 1));
	bool new = reader->model->line == DRIZZLE_1 &&str_starts(str_of(type), STR("timestamp"));
	*ret_text = text;
	if (strcmp(type, "date") == 0)
		text[strcspn(text, "T")] = 0;
	if (!new &&strcmp(type, "timestamp") != 0)
		return true;
	text[strcspn(text, "T")] = ' ';
	text[strcspn(text, "Z")] = 0;
	if (strstr(type, "with time zone"))
		*ret_text = arena_printf(reader->interp->arena, "%s+00", text);
	return true;
}

static void add_element(struct buf *out, const char *text, bool escaped)
{
	buf_char(out, '"');
	for (const char *c = text; *c; c++) {
		if (escaped && (*c == '"' || *c == '\\'))
			buf_char(out, '\\');
		buf_char(out, *c);
	}
	buf_char(out, '"');
}

/* '{"a","b c"}': kit as drizzle-kit writes it, meant with what is inside escaped. */
static bool add_array(const struct default_of *d, const struct array *array, const char *base, unsigned depth,
		      struct buf *kit, struct buf *meant)
{
	struct interp *interp = d->reader->interp;
	buf_char(kit, '{');
	buf_char(meant, '{');
	for (size_t i = 0; i < array->items.len; i++) {
		struct value value;
		struct str text = { 0 };
		const char *date;
		if (i) {
			buf_char(kit, ',');
			buf_char(meant, ',');
		}
		if (!slot_value(interp, array->items.ptr[i], &value))
			return false;
		value = js_settle(interp, &value);
		if (value.kind == V_ARRAY) {
			if (depth > 8 || !add_array(d, value.array, base, depth + 1, kit, meant))
				return depth > 8 ? interp_refuse(interp, d->column->at, "a default nested too deeply")
						 : false;
			continue;
		}
		if (value.kind == V_DATE && !date_text(d->reader, d->column->at, &value, base, &date))
			return false;
		if (value.kind == V_OBJECT && !js_json(interp, d->column->at, &value, &text))
			return false;
		if (value.kind != V_DATE && value.kind != V_OBJECT && !js_to_text(interp, d->column->at, &value, &text))
			return false;
		const char *plain = value.kind == V_DATE ? date : str_dup(interp->arena, text);
		if (value.kind == V_NUMBER || value.kind == V_BIGINT || value.kind == V_BOOLEAN) {
			buf_text(kit, plain);
			buf_text(meant, plain);
			continue;
		}
		add_element(kit, plain, value.kind == V_OBJECT);
		if (value.kind == V_NULL)
			buf_text(meant, "NULL");
		else
			add_element(meant, plain, true);
	}
	buf_char(kit, '}');
	buf_char(meant, '}');
	return true;
}

/* point().default([1, 2]), vector().default([...]): drizzle-kit joins with commas, which is no SQL. */
static bool tuple_default(const struct default_of *d, const struct value *value)
{
	struct arena *arena = d->reader->interp->arena;
	bool vector = d->column->kind->form == TYPE_DIMENSIONS;
	bool line = strcmp(d->out->type, "line") == 0;
	struct str text;
	if (!js_to_text(d->reader->interp, d->column->at, value, &text))
		return false;
	const char *inside = str_dup(arena, text);
	set_text(d, inside,
		 arena_printf(arena, "'%s%s%s'",
			      vector         ? "["
				      : line ? "{"
					     : "(",
			      inside,
			      vector         ? "]"
				      : line ? "}"
					     : ")"));
	return true;
}

static bool array_default(const struct default_of *d, const struct value *value)
{
	struct arena *arena = d->reader->interp->arena;
	struct buf kit = buf_init(arena), meant = buf_init(arena);
	char *base = arena_strdup(arena, d->out->type);
	if (!d->column->sizes.len)
		return tuple_default(d, value);
	base[strcspn(base, "[")] = 0;
	if (!add_array(d, value->array, base, 0, &kit, &meant))
		return false;
	set_text(d, bare_quotes(arena, kit.ptr), sql_literal(arena, buf_as_str(&meant)));
	return true;
}

static bool object_default(const struct default_of *d, const struct value *value)
{
	struct interp *interp = d->reader->interp;
	struct value x, y;
	struct str a, b;
	if (strcmp(d->out->type, "point") != 0)
		return interp_refuse(interp, d->column->at, "an object as the default of type %s", d->out->type);
	if (!js_get(interp, d->column->at, value, STR("x"), &x) ||
	    !js_get(interp, d->column->at, value, STR("y"), &y) || !js_to_text(interp, d->column->at, &x, &a) ||
	    !js_to_text(interp, d->column->at, &y, &b))
		return false;
	set_text(d, "[object Object]",
		 arena_printf(interp->arena, "'(" STR_FMT "," STR_FMT ")'", STR_ARG(a), STR_ARG(b)));
	return true;
}

static bool plain_default(const struct default_of *d, const struct value *value)
{
	struct str text;
	if (!js_to_text(d->reader->interp, d->column->at, value, &text))
		return false;
	const char *copy = str_dup(d->reader->interp->arena, text);
	set_text(d, copy, copy);
	if (value->kind == V_NUMBER || value->kind == V_BIGINT)
		d->out->has_default = DEFAULT_NUMBER;
	if (value->kind == V_BOOLEAN)
		d->out->has_default = DEFAULT_BOOLEAN;
	return true;
}

static bool is_of_cast(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		(c && strchr("_\".- \t\n\r", c));
}

/* Behind "::" a type, perhaps (n), with a time zone, of an array: where it ends, or NULL. */
static const char *behind_cast(const char *text)
{
	static const char *const zones[] = { " with time zone", " without time zone" };
	size_t name = strncmp(text, "::", 2) == 0 ? 2 : 0, len = name;
	while (name && is_of_cast(text[len]))
		len++;
	if (len == name)
		return NULL;
	const char *at = text + len, *close = *at == '(' ? strchr(at, ')') : NULL;
	if (close)
		at = close + 1;
	for (size_t i = 0; i < LEN(zones); i++)
		if (strncasecmp(at, zones[i], strlen(zones[i])) == 0)
			at += strlen(zones[i]);
	return strncmp(at, "[]", 2) == 0 ? at + 2 : at;
}

/* The 1.0 line keeps an expression without the casts at its end: '{}' of '{}'::jsonb, ARRAY[] of ARRAY[]::text[]. */
static const char *without_casts(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text);
	if (str_ends(str_of(copy), STR("[]")))
		copy[strlen(copy) - 2] = 0;
	for (char *c = copy; *c; c++) {
		const char *end = c;
		while (end && *end)
			end = behind_cast(end);
		if (end)
			*c = 0;
		if (!*c)
			break;
	}
	return copy;
}

static bool read_default(const struct default_of *d)
{
	struct interp *interp = d->reader->interp;
	struct value value;
	const char *date;
	if (d->column->initial_sql) {
		set_text(d, d->column->initial_sql, d->column->initial_sql);
		return true;
	}
	if (!d->column->initial)
		return true;
	if (!slot_value(interp, d->column->initial, &value))
		return false;
	value = js_settle(interp, &value);
	if (value.kind == V_UNDEFINED)
		return true;
	if (js_is(&value, &sql_class)) {
		d->out->has_default = DEFAULT_TEXT;
		if (!sql_texts(interp, d->column->at, &value, SQL_PLAIN, &d->out->initial))
			return false;
		if (d->reader->model->line == DRIZZLE_1)
			d->out->initial.kit = without_casts(interp->arena, d->out->initial.kit);
		return true;
	}
	if (value.kind == V_STRING)
		return string_default(d, str_dup(interp->arena, value.text));
	if (is_json_type(d->out->type) && value.kind != V_OPAQUE && value.kind != V_HOST)
		return json_default(d, &value);
	if (value.kind == V_DATE) {
		if (!date_text(d->reader, d->column->at, &value, d->out->type, &date))
			return false;
		set_text(d, bare_quotes(interp->arena, date), bare_quotes(interp->arena, date));
		return true;
	}
	if (value.kind == V_ARRAY)
		return array_default(d, &value);
	return value.kind == V_OBJECT ? object_default(d, &value) : plain_default(d, &value);
}

/* ---- generated, identity ---- */

static bool read_generated(struct reader *reader, const struct column_thing *column, struct drizzle_sql *ret_sql)
{
	struct value value;
	if (!column->generated)
		return true;
	if (!slot_value(reader->interp, column->generated, &value))
		return false;
	if (value.kind == V_CLOSURE && !js_call(reader->interp, column->at, &value, NULL, NULL, 0, &value))
		return false;
	if (value.kind == V_STRING) {
		ret_sql->kit = ret_sql->meant = str_dup(reader->interp->arena, value.text);
		return true;
	}
	return sql_texts(reader->interp, column->at, &value, SQL_QUALIFIED, ret_sql);
}

bool dsl_read_sequence(struct reader *reader, const struct node *at, const struct value *options, const char *min,
		       const char *max, struct drizzle_sequence *sequence)
{
	if (!dsl_read_text(reader, at, options, "increment", &sequence->increment) ||
	    !dsl_read_text(reader, at, options, "minValue", &sequence->min_value) ||
	    !dsl_read_text(reader, at, options, "maxValue", &sequence->max_value) ||
	    !dsl_read_text(reader, at, options, "startWith", &sequence->start_with) ||
	    !dsl_read_text(reader, at, options, "cache", &sequence->cache) ||
	    !dsl_read_true(reader, at, options, "cycle", &sequence->cycle))
		return false;
	if (!sequence->increment)
		sequence->increment = "1";
	bool down = strtod(sequence->increment, NULL) < 0;
	if (!sequence->min_value)
		sequence->min_value = down ? min : "1";
	if (!sequence->max_value)
		sequence->max_value = down ? "-1" : max;
	if (!sequence->start_with)
		sequence->start_with = down ? sequence->max_value : sequence->min_value;
	if (!sequence->cache)
		sequence->cache = "1";
	return true;
}

static bool read_identity(struct reader *reader, const struct column_thing *column, const char *table,
			  const char *schema, struct drizzle_column *out)
{
	struct value options = js_undefined();
	const char *name = NULL;
	if (column->identity && !slot_value(reader->interp, column->identity, &options))
		return false;
	if (!dsl_read_text(reader, column->at, &options, "name", &name))
		return false;
	const char *max = strcmp(out->type, "integer") == 0 ? "2147483647"
		: strcmp(out->type, "bigint") == 0          ? "9223372036854775807"
							    : "32767";
	out->has_identity = true;
	out->identity_always = column->identity_always;
	out->identity.name = name && *name ? name : arena_printf(reader->interp->arena, "%s_%s_seq", table, out->name);
	out->identity.schema = schema ? schema : "public";
	/* drizzle-kit compares with the wrong name of the type here, so that all go down as far as smallint. */
	return dsl_read_sequence(reader, column->at, &options, "-32768", max, &out->identity);
}

/* ---- columns ---- */

static void note_enum(struct reader *reader, const struct enum_thing *enumeration)
{
	struct drizzle_model *model = reader->model;
	const char *schema = enumeration->schema ? enumeration->schema : "public";
	for (size_t i = 0; i < model->enums.len; i++)
		if (strcmp(model->enums.ptr[i].name, enumeration->name) == 0 &&
		    strcmp(model->enums.ptr[i].schema, schema) == 0)
			return;
	for (size_t i = 0; i < model->implied_enums.len; i++)
		if (strcmp(model->implied_enums.ptr[i].name, enumeration->name) == 0 &&
		    strcmp(model->implied_enums.ptr[i].schema, schema) == 0)
			return;
	struct drizzle_enum implied = { schema, enumeration->name, enumeration->values };
	vec_push(reader->interp->arena, &model->implied_enums, implied);
}

bool dsl_read_column(struct reader *reader, const struct column_thing *column, const char *table, const char *schema,
		     struct drizzle_column *ret_column)
{
	struct drizzle_column out = { .name = column->db_name,
				      .primary_key = column->primary_key,
				      .not_null = column->not_null,
				      .custom = column->custom != NULL,
				      .dimensions = (unsigned)column->sizes.len };
	struct default_of d = { reader, column, &out };
	if (!dsl_column_type(reader->interp, column, &out.type, &out.type_meant))
		return false;
	if (column->enumeration) {
		out.type_schema = column->enumeration->schema ? column->enumeration->schema : "public";
		note_enum(reader, column->enumeration);
	}
	if (!read_default(&d) || !read_generated(reader, column, &out.generated) ||
	    (column->has_identity && !read_identity(reader, column, table, schema, &out)))
		return false;
	drizzle_imply_extensions(reader->interp->arena, reader->model, &out);
	*ret_column = out;
	return true;
}
