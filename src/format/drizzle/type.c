/*
 * type.c - a column's type as it can stand in DDL.
 */
#include "format/drizzle/model.h"

/* drizzle-kit writes a type that begins like one of these as it is, and quotes all others as if they were one name. */
static bool looks_native(const char *type)
{
	static const char *const names[] = {
		"uuid",     "smallint",  "integer",   "bigint",   "boolean", "text",   "varchar",
		"serial",   "bigserial", "decimal",   "numeric",  "real",    "json",   "jsonb",
		"time",     "timestamp", "date",      "interval", "char",    "vector", "double precision",
		"geometry", "halfvec",   "sparsevec", "bit",
	};
	for (size_t i = 0; i < LEN(names); i++)
		if (str_starts(str_of(type), str_of(names[i])))
			return true;
	return false;
}

static bool is_name(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (i && c >= '0' && c <= '9')))
			return false;
	}
	return text.len > 0;
}

/* Words of SQL's own grammar for types: no types have these as their names. */
static bool is_grammar(struct str name)
{
	static const char *const words[] = { "int", "dec", "float", "character", "national", "nchar", "bit" };
	for (size_t i = 0; i < LEN(words); i++)
		if (str_eq_nocase(name, str_of(words[i])))
			return true;
	return false;
}

/*
 * "citext" may be quoted, and "MyType" has to be.  "vec(4)" and "extensions.citext" must not be as a whole, which is what drizzle-kit does; what has more
 * than a name in it was meant as SQL.
 */
const char *drizzle_type_sql(struct arena *arena, const char *type)
{
	struct str text = str_of(type), name = str_slice(text, 0, strcspn(type, "([")),
		   rest = str_slice(text, name.len, text.len);
	bool shouts = false;
	for (size_t i = 0; i < name.len; i++)
		shouts = shouts || (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z');
	if (looks_native(type) || is_grammar(name))
		return type;
	if (!is_name(name) && !(shouts && !memchr(name.ptr, '.', name.len) && !rest.len))
		return type;
	return arena_printf(arena, "%s" STR_FMT, drizzle_quoted(arena, str_dup(arena, name)), STR_ARG(rest));
}

const char *drizzle_enum_sql(struct arena *arena, const char *schema, const char *name)
{
	return schema ? arena_printf(arena, "%s.%s", drizzle_quoted(arena, schema), drizzle_quoted(arena, name))
		      : drizzle_quoted(arena, name);
}

void drizzle_add_once(struct arena *arena, struct drizzle_names *names, const char *name)
{
	for (size_t i = 0; i < names->len; i++)
		if (strcmp(names->ptr[i], name) == 0)
			return;
	vec_push(arena, names, name);
}

void drizzle_imply_extensions(struct arena *arena, struct drizzle_model *model, const struct drizzle_column *column)
{
	static const char *const rows[][2] = {
		{ "vector", "vector" },    { "halfvec", "vector" },    { "sparsevec", "vector" },
		{ "geometry", "postgis" }, { "geography", "postgis" }, { "citext", "citext" },
		{ "ltree", "ltree" },      { "hstore", "hstore" },
	};
	for (size_t i = 0; i < LEN(rows); i++)
		if (str_starts(str_of(column->type), str_of(rows[i][0])))
			drizzle_add_once(arena, &model->implied_extensions, rows[i][1]);
	if (column->initial.meant && strstr(column->initial.meant, "uuid_generate_v"))
		drizzle_add_once(arena, &model->implied_extensions, "uuid-ossp");
}

void drizzle_imply_operators(struct arena *arena, struct drizzle_model *model, const char *opclass)
{
	if (opclass && strstr(opclass, "_trgm_ops"))
		drizzle_add_once(arena, &model->implied_extensions, "pg_trgm");
}

void drizzle_drop_said_schemas(struct drizzle_model *model)
{
	size_t left = 0;
	for (size_t i = 0; i < model->implied_schemas.len; i++) {
		bool said = strcmp(model->implied_schemas.ptr[i], "public") == 0;
		for (size_t j = 0; j < model->schemas.len; j++)
			said = said || strcmp(model->schemas.ptr[j], model->implied_schemas.ptr[i]) == 0;
		if (!said)
			model->implied_schemas.ptr[left++] = model->implied_schemas.ptr[i];
	}
	model->implied_schemas.len = left;
}
