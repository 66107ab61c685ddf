#include "format/prisma/psl/ddl.h"
#include "format/prisma/psl/names.h"

static const char *action_sql(enum psl_action action)
{
	static const char *const sql[] = { "", "CASCADE", "RESTRICT", "NO ACTION", "SET NULL", "SET DEFAULT" };
	return sql[action];
}

/* Prisma's default: rows that something refers to cannot go, unless the reference can be emptied. */
static enum psl_action on_delete(const struct psl_relation *relation)
{
	const struct psl_field *forward = relation->forward;
	if (forward->side->on_delete != PSL_NO_WORD)
		return forward->side->on_delete;
	for (size_t i = 0; i < forward->side->fields.len; i++)
		if (forward->side->fields.ptr[i]->arity == PSL_REQUIRED)
			return PSL_RESTRICT;
	return forward->arity == PSL_REQUIRED ? PSL_RESTRICT : PSL_SET_NULL;
}

static void add_columns(struct ddl *ddl, const struct psl_fields *fields)
{
	for (size_t i = 0; i < fields->len; i++) {
		buf_text(&ddl->buf, i ? ", " : "");
		buf_str(&ddl->buf, quoted(ddl->arena, fields->ptr[i]->column));
	}
}

static void add_foreign_key(struct ddl *ddl, const struct psl_relation *relation)
{
	const struct psl_field *forward = relation->forward;
	enum psl_action on_update = forward->side->on_update != PSL_NO_WORD ? forward->side->on_update : PSL_CASCADE;
	ddl_comment(ddl, "AddForeignKey");
	buf_printf(&ddl->buf, "ALTER TABLE " STR_FMT " ADD CONSTRAINT " STR_FMT " FOREIGN KEY (",
		   STR_ARG(ddl_table(ddl->arena, forward->of)),
		   STR_ARG(quoted(ddl->arena, foreign_key_name(ddl->arena, relation))));
	add_columns(ddl, &forward->side->fields);
	buf_printf(&ddl->buf, ") REFERENCES " STR_FMT "(", STR_ARG(ddl_table(ddl->arena, forward->model)));
	add_columns(ddl, &forward->side->references);
	buf_printf(&ddl->buf, ") ON DELETE %s ON UPDATE %s;\n", action_sql(on_delete(relation)), action_sql(on_update));
}

static void add_join_key(struct ddl *ddl, const struct psl_relation *relation, const char *column,
			 const struct psl_model *model)
{
	const char *suffix = arena_printf(ddl->arena, "_%s_fkey", column);
	struct str name = name_cut(ddl->arena, join_table_name(ddl->arena, relation), suffix);
	ddl_comment(ddl, "AddForeignKey");
	buf_printf(&ddl->buf, "ALTER TABLE " STR_FMT " ADD CONSTRAINT " STR_FMT " FOREIGN KEY (\"%s\") REFERENCES ",
		   STR_ARG(ddl_join_table(ddl->arena, relation)), STR_ARG(quoted(ddl->arena, name)), column);
	buf_printf(&ddl->buf, STR_FMT "(" STR_FMT ") ON DELETE CASCADE ON UPDATE CASCADE;\n",
		   STR_ARG(ddl_table(ddl->arena, model)), STR_ARG(quoted(ddl->arena, ddl_id_field(model)->column)));
}

/* What leads to a view, or from one, is for the client alone. */
static bool is_between_tables(const struct ddl *ddl, const struct psl_relation *relation)
{
	return ddl_makes(ddl, relation->forward->of) && relation->forward->model->kind == PSL_MODEL;
}

void ddl_foreign_keys(struct ddl *ddl)
{
	const struct psl *psl = ddl->psl;
	if (psl->datasource.emulates_relations)
		return;
	for (size_t i = 0; i < psl->models.len; i++)
		for (size_t k = 0; k < psl->models.ptr[i]->relations.len; k++)
			if (is_between_tables(ddl, psl->models.ptr[i]->relations.ptr[k]))
				add_foreign_key(ddl, psl->models.ptr[i]->relations.ptr[k]);
	for (size_t i = 0; i < psl->relations.len; i++) {
		const struct psl_relation *relation = psl->relations.ptr[i];
		if (!ddl_joins(ddl, relation))
			continue;
		add_join_key(ddl, relation, "A", relation->forward->of);
		add_join_key(ddl, relation, "B", relation->back->of);
	}
}
