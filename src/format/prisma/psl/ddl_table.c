#include "format/prisma/psl/coerce.h"
#include "format/prisma/psl/ddl.h"
#include "format/prisma/psl/literal.h"
#include "format/prisma/psl/names.h"
#include "format/prisma/psl/native.h"

/* ---- defaults ---- */

static struct str stored_value(const struct psl_enum *enumeration, struct str name)
{
	for (size_t i = 0; i < enumeration->values.len; i++)
		if (str_eq(enumeration->values.ptr[i].name, name))
			return enumeration->values.ptr[i].stored;
	return name;
}

static void add_literal(struct buf *buf, const struct psl_field *field, const struct psl_value *value)
{
	if (field->kind == PSL_FIELD_ENUM)
		string_sql(buf, stored_value(field->enumeration, value->text));
	else
		literal_sql(buf, field->scalar, value);
}

static void add_list(struct arena *arena, struct buf *buf, const struct psl_field *field)
{
	const struct psl_arguments *items = &field->fallback->args;
	buf_text(buf, "ARRAY[");
	for (size_t i = 0; i < items->len; i++) {
		buf_text(buf, i ? ", " : "");
		add_literal(buf, field, items->ptr[i].value);
	}
	buf_printf(buf, "]::" STR_FMT "[]", STR_ARG(type_sql(arena, field)));
}

struct str ddl_default(struct arena *arena, const struct psl_field *field)
{
	const struct psl_value *value = field->fallback;
	struct buf buf = buf_init(arena);
	if (!value)
		return STR("");
	if (value_is_call(value, "now"))
		return STR("CURRENT_TIMESTAMP");
	if (value->kind == PSL_CALL)
		return value_is_call(value, "dbgenerated") && value->args.len ? value->args.ptr[0].value->text
									      : STR("");
	if (value->kind == PSL_ARRAY)
		add_list(arena, &buf, field);
	else
		add_literal(&buf, field, value);
	return buf_as_str(&buf);
}

/* ---- columns ---- */

/* The kind of serial for autoincrement(), or NULL. */
static const char *serial_of(const struct psl_field *field)
{
	if (!value_is_call(field->fallback, "autoincrement"))
		return NULL;
	if (!field->native)
		return field->scalar == PSL_BIGINT ? "BIGSERIAL" : "SERIAL";
	if (strcmp(field->native->name, "SmallInt") == 0)
		return "SMALLSERIAL";
	if (strcmp(field->native->name, "BigInt") == 0)
		return "BIGSERIAL";
	return strcmp(field->native->name, "Integer") == 0 ? "SERIAL" : NULL;
}

static bool stands_apart(const struct ddl *ddl, const struct psl_field *field)
{
	return ddl->to_run && value_is_call(field->fallback, "dbgenerated") && field->fallback->args.len;
}

static void add_column(struct ddl *ddl, const struct psl_field *field)
{
	const char *serial = serial_of(field);
	struct str type = serial ? str_of(serial) : type_sql(ddl->arena, field);
	struct str fallback = ddl_default(ddl->arena, field);
	buf_printf(&ddl->buf, "    " STR_FMT " ", STR_ARG(quoted(ddl->arena, field->column)));
	buf_str(&ddl->buf, type);
	if (field->arity == PSL_LIST)
		buf_text(&ddl->buf, "[]");
	if (field->arity == PSL_REQUIRED)
		buf_text(&ddl->buf, " NOT NULL");
	if (fallback.len && !stands_apart(ddl, field)) {
		buf_text(&ddl->buf, " DEFAULT ");
		buf_str(&ddl->buf, fallback);
	}
}

static void add_primary_key(struct ddl *ddl, const struct psl_index *id)
{
	buf_printf(&ddl->buf, ",\n\n    CONSTRAINT " STR_FMT " PRIMARY KEY (",
		   STR_ARG(quoted(ddl->arena, index_name(ddl->arena, id))));
	for (size_t i = 0; i < id->fields.len; i++) {
		buf_text(&ddl->buf, i ? "," : "");
		buf_str(&ddl->buf, quoted(ddl->arena, id->fields.ptr[i].field->column));
	}
	buf_char(&ddl->buf, ')');
}

static void add_table(struct ddl *ddl, const struct psl_model *model)
{
	const char *between = "";
	ddl_comment(ddl, "CreateTable");
	buf_printf(&ddl->buf, "CREATE TABLE " STR_FMT " (\n", STR_ARG(ddl_table(ddl->arena, model)));
	for (size_t i = 0; i < model->fields.len; i++) {
		if (model->fields.ptr[i]->kind == PSL_FIELD_RELATION)
			continue;
		buf_text(&ddl->buf, between);
		add_column(ddl, model->fields.ptr[i]);
		between = ",\n";
	}
	if (model->id)
		add_primary_key(ddl, model->id);
	buf_text(&ddl->buf, "\n);\n");
}

/* ---- the tables between ---- */

const struct psl_field *ddl_id_field(const struct psl_model *model)
{
	return model->id->fields.ptr[0].field;
}

struct str ddl_join_table(struct arena *arena, const struct psl_relation *relation)
{
	return quoted_in(arena, relation->forward->of->schema, join_table_name(arena, relation));
}

static void add_join_table(struct ddl *ddl, const struct psl_relation *relation)
{
	struct str name = join_table_name(ddl->arena, relation);
	struct str a = type_sql(ddl->arena, ddl_id_field(relation->forward->of));
	struct str b = type_sql(ddl->arena, ddl_id_field(relation->back->of));
	struct str key = quoted(ddl->arena, name_cut(ddl->arena, name, "_AB_pkey"));
	ddl_comment(ddl, "CreateTable");
	buf_printf(&ddl->buf, "CREATE TABLE " STR_FMT " (\n", STR_ARG(ddl_join_table(ddl->arena, relation)));
	buf_printf(&ddl->buf, "    \"A\" " STR_FMT " NOT NULL,\n    \"B\" " STR_FMT " NOT NULL", STR_ARG(a),
		   STR_ARG(b));
	if (ddl_joins_by_key(ddl))
		buf_printf(&ddl->buf, ",\n\n    CONSTRAINT " STR_FMT " PRIMARY KEY (\"A\",\"B\")", STR_ARG(key));
	buf_text(&ddl->buf, "\n);\n");
}

void ddl_tables(struct ddl *ddl)
{
	for (size_t i = 0; i < ddl->psl->models.len; i++)
		if (ddl_makes(ddl, ddl->psl->models.ptr[i]))
			add_table(ddl, ddl->psl->models.ptr[i]);
	for (size_t i = 0; i < ddl->psl->relations.len; i++)
		if (ddl_joins(ddl, ddl->psl->relations.ptr[i]))
			add_join_table(ddl, ddl->psl->relations.ptr[i]);
}

/* ---- defaults that may name columns ---- */

/* feature_not_supported: "cannot use column reference in DEFAULT expression".  Any other error is the user's to see. */
static void add_default_apart(struct ddl *ddl, const struct psl_field *field)
{
	struct str fallback = ddl_default(ddl->arena, field);
	const char *statement =
		arena_printf(ddl->arena, "ALTER TABLE " STR_FMT " ALTER COLUMN " STR_FMT " SET DEFAULT " STR_FMT ";",
			     STR_ARG(ddl_table(ddl->arena, field->of)), STR_ARG(quoted(ddl->arena, field->column)),
			     STR_ARG(fallback));
	bool has_tag = str_find(fallback, STR("$brant$")) >= 0;
	ddl_comment(ddl, "AlterTable");
	if (has_tag)
		buf_printf(&ddl->buf, "%s\n", statement);
	else
		buf_printf(&ddl->buf,
			   "DO $brant$ BEGIN %s\nEXCEPTION WHEN feature_not_supported THEN NULL; END $brant$;\n",
			   statement);
}

void ddl_defaults(struct ddl *ddl)
{
	for (size_t i = 0; i < ddl->psl->models.len; i++) {
		const struct psl_model *model = ddl->psl->models.ptr[i];
		for (size_t k = 0; ddl_makes(ddl, model) && k < model->fields.len; k++)
			if (stands_apart(ddl, model->fields.ptr[k]))
				add_default_apart(ddl, model->fields.ptr[k]);
	}
}
