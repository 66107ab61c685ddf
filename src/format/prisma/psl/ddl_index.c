#include "format/prisma/psl/ddl.h"
#include "format/prisma/psl/literal.h"
#include "format/prisma/psl/names.h"
#include "format/prisma/psl/opclass.h"

/* ---- WHERE ---- */

static void add_compared(struct ddl *ddl, const struct psl_value *value, bool negated)
{
	bool is_null = value->kind == PSL_WORD && str_eq(value->text, STR("null"));
	if (is_null) {
		buf_text(&ddl->buf, negated ? " IS NOT NULL" : " IS NULL");
		return;
	}
	buf_text(&ddl->buf, negated ? " != " : " = ");
	if (value->kind == PSL_STRING)
		string_sql(&ddl->buf, value->text);
	else
		buf_str(&ddl->buf, value->text);
}

static struct str column_of(const struct psl_model *model, struct str name)
{
	const struct psl_field *field = map_get(&model->by_name, name);
	return field ? field->column : name;
}

static void add_condition(struct ddl *ddl, const struct psl_index *index, const struct psl_argument *member)
{
	bool negated = member->value->kind == PSL_OBJECT;
	const struct psl_value *value = negated ? member->value->args.ptr[0].value : member->value;
	buf_str(&ddl->buf, quoted(ddl->arena, column_of(index->of, member->name)));
	add_compared(ddl, value, negated);
}

static void add_conditions(struct ddl *ddl, const struct psl_index *index)
{
	for (size_t i = 0; i < index->where->args.len; i++) {
		buf_text(&ddl->buf, i ? " AND " : "");
		add_condition(ddl, index, &index->where->args.ptr[i]);
	}
}

/* Prisma leaves what begins and ends with a parenthesis as it is, even where the two are no pair; db pull writes conditions so. */
static bool in_parentheses(struct str text)
{
	return str_starts(text, STR("(")) && str_ends(text, STR(")"));
}

static void add_where(struct ddl *ddl, const struct psl_index *index)
{
	struct str raw = index->where->kind == PSL_CALL ? index->where->args.ptr[0].value->text : STR("");
	bool as_it_is = in_parentheses(raw);
	buf_text(&ddl->buf, as_it_is ? " WHERE " : " WHERE (");
	buf_str(&ddl->buf, raw);
	if (index->where->kind == PSL_OBJECT)
		add_conditions(ddl, index);
	buf_text(&ddl->buf, as_it_is ? "" : ")");
}

/* ---- CREATE INDEX ---- */

static void add_index_field(struct ddl *ddl, const struct psl_index_field *each)
{
	buf_str(&ddl->buf, quoted(ddl->arena, each->field->column));
	if (each->opclass)
		buf_printf(&ddl->buf, " %s", each->opclass->sql);
	if (each->raw_opclass)
		buf_printf(&ddl->buf, " " STR_FMT, STR_ARG(each->raw_opclass->text));
	if (each->sort != PSL_NO_SORT)
		buf_text(&ddl->buf, each->sort == PSL_DESC ? " DESC" : " ASC");
}

static void add_index(struct ddl *ddl, const struct psl_index *index)
{
	static const char *const using[] = {
		"", "", " USING HASH ", " USING GIST ", " USING GIN ", " USING SPGIST ", " USING BRIN "
	};
	struct str name = quoted(ddl->arena, index_name(ddl->arena, index));
	ddl_comment(ddl, "CreateIndex");
	buf_printf(&ddl->buf, "CREATE %sINDEX " STR_FMT " ON " STR_FMT "%s(",
		   index->kind == PSL_UNIQUE ? "UNIQUE " : "", STR_ARG(name), STR_ARG(ddl_table(ddl->arena, index->of)),
		   using[index->algorithm]);
	for (size_t i = 0; i < index->fields.len; i++) {
		buf_text(&ddl->buf, i ? ", " : "");
		add_index_field(ddl, &index->fields.ptr[i]);
	}
	buf_char(&ddl->buf, ')');
	if (index->where)
		add_where(ddl, index);
	buf_text(&ddl->buf, ";\n");
}

static void add_join_index(struct ddl *ddl, const struct psl_relation *relation)
{
	struct str table = ddl_join_table(ddl->arena, relation), name = join_table_name(ddl->arena, relation);
	if (!ddl_joins_by_key(ddl)) {
		ddl_comment(ddl, "CreateIndex");
		buf_printf(&ddl->buf, "CREATE UNIQUE INDEX " STR_FMT " ON " STR_FMT "(\"A\", \"B\");\n",
			   STR_ARG(quoted(ddl->arena, name_cut(ddl->arena, name, "_AB_unique"))), STR_ARG(table));
	}
	ddl_comment(ddl, "CreateIndex");
	buf_printf(&ddl->buf, "CREATE INDEX " STR_FMT " ON " STR_FMT "(\"B\");\n",
		   STR_ARG(quoted(ddl->arena, name_cut(ddl->arena, name, "_B_index"))), STR_ARG(table));
}

void ddl_indexes(struct ddl *ddl)
{
	const struct psl *psl = ddl->psl;
	for (size_t i = 0; i < psl->models.len; i++)
		for (size_t k = 0; ddl_makes(ddl, psl->models.ptr[i]) && k < psl->models.ptr[i]->indexes.len; k++)
			add_index(ddl, psl->models.ptr[i]->indexes.ptr[k]);
	for (size_t i = 0; i < psl->relations.len; i++)
		if (ddl_joins(ddl, psl->relations.ptr[i]))
			add_join_index(ddl, psl->relations.ptr[i]);
}
