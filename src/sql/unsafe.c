#include "sql/unsafe.h"

#include "sql/lex.h"
#include "sql/parse.h"
#include "sql/quote.h"

static struct str kept(struct arena *arena, const char *text)
{
	return str_of(arena_strdup(arena, text));
}

static void take_keys(struct arena *arena, size_t n, PgQuery__Node *const *keys, struct strs *columns)
{
	for (size_t i = 0; i < n; i++)
		vec_push(arena, columns, kept(arena, keys[i]->string->sval));
}

/* From the first parenthesis of the part to the end of INCLUDE's, which is what CREATE INDEX wants, too. */
static struct str key_text(struct str part)
{
	size_t from = 0, to = 0;
	int depth = 0;
	for (struct token t = lex_significant(part, 0); t.kind != TOKEN_END; t = lex_significant(part, t.to)) {
		if (token_is_punct(part, &t, '(') && depth++ == 0 && !from)
			from = t.from;
		else if (token_is_punct(part, &t, ')') && --depth == 0)
			to = t.to;
		else if (depth == 0 && to && !token_is_word(part, &t, "include"))
			break;
	}
	return str_slice(part, from, to);
}

static void read_constraint(struct arena *arena, const PgQuery__Constraint *constraint, struct unsafe *u)
{
	u->name = constraint->conname && *constraint->conname ? arena_strdup(arena, constraint->conname) : NULL;
	u->deferrable = constraint->initdeferred ? " DEFERRABLE INITIALLY DEFERRED"
		: constraint->deferrable         ? " DEFERRABLE"
						 : "";
	bool by_index = constraint->indexname && *constraint->indexname;
	switch ((int)constraint->contype) {
	case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
	case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
		if (by_index || constraint->n_options || constraint->nulls_not_distinct)
			return;
		u->kind = constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY ? UNSAFE_PRIMARY : UNSAFE_UNIQUE;
		u->key = key_text(u->part);
		take_keys(arena, constraint->n_keys, constraint->keys, &u->columns);
		return;
	case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
		if (!constraint->skip_validation)
			u->kind = UNSAFE_FOREIGN;
		return;
	case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
		if (!constraint->skip_validation)
			u->kind = UNSAFE_CHECK;
		return;
	default:
		return;
	}
}

static bool ends_default(struct str part, const struct token *t)
{
	static const char *const words[] = { "not",        "null",       "check",     "unique", "primary",
					     "references", "constraint", "generated", "collate" };
	for (size_t i = 0; i < LEN(words); i++)
		if (token_is_word(part, t, words[i]))
			return true;
	return false;
}

/* DEFAULT takes an expression without bare AND, OR, NOT: the next word of a constraint ends it. */
static bool find_default(struct unsafe *u)
{
	size_t from = 0, value = 0, end = 0;
	int depth = 0;
	struct str part = u->part;
	for (struct token t = lex_significant(part, 0); t.kind != TOKEN_END; t = lex_significant(part, t.to)) {
		bool first = value && end == value;
		if (value && !first && depth == 0 && ends_default(part, &t))
			break;
		if (token_is_punct(part, &t, '('))
			depth++;
		else if (token_is_punct(part, &t, ')'))
			depth--;
		if (!value && depth == 0 && token_is_word(part, &t, "default")) {
			from = t.from;
			value = end = t.to;
		} else if (value) {
			end = t.to;
		}
	}
	u->before_default = str_slice(part, 0, from);
	u->value = str_trim(str_slice(part, value, end));
	u->after_default = str_trim(str_slice(part, end, part.len));
	return value > 0 && u->value.len > 0;
}

/* Takes NULL or NOT NULL out of the text; false where neither is there. */
static bool take_null(struct arena *arena, struct str *text)
{
	struct token before = { 0 };
	for (struct token t = lex_significant(*text, 0); t.kind != TOKEN_END; t = lex_significant(*text, t.to)) {
		if (token_is_word(*text, &t, "null")) {
			size_t from = token_is_word(*text, &before, "not") ? before.from : t.from;
			*text = str_of(arena_printf(arena, STR_FMT STR_FMT, STR_ARG(str_slice(*text, 0, from)),
						    STR_ARG(str_slice(*text, t.to, text->len))));
			return true;
		}
		before = t;
	}
	return false;
}

static bool is_serial(const PgQuery__ColumnDef *column)
{
	const PgQuery__TypeName *type = column->type_name;
	const char *name = type && type->n_names ? type->names[type->n_names - 1]->string->sval : "";
	return strstr(name, "serial") != NULL;
}

/* Must each row have a value that nothing gives? */
static bool is_required(const PgQuery__ColumnDef *column)
{
	bool required = false;
	for (size_t i = 0; i < column->n_constraints; i++) {
		int type = (int)column->constraints[i]->constraint->contype;
		if (type == PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT || type == PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY ||
		    type == PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED)
			return false;
		required = required || type == PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL;
	}
	return required && !is_serial(column);
}

/* A plain column with a DEFAULT, and at the most NOT NULL on either side of it. */
static void read_column(struct arena *arena, const PgQuery__ColumnDef *column, struct unsafe *u)
{
	bool has_default = false;
	if (is_required(column))
		u->kind = UNSAFE_REQUIRED;
	for (size_t i = 0; i < column->n_constraints; i++) {
		PgQuery__ConstrType type = column->constraints[i]->constraint->contype;
		has_default = has_default || type == PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT;
		u->not_null = u->not_null || type == PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL;
		if (type != PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT && type != PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL)
			return;
	}
	if (!has_default || !find_default(u))
		return;
	vec_push(arena, &u->columns, kept(arena, column->colname));
	bool said = take_null(arena, &u->before_default) || take_null(arena, &u->after_default);
	if ((!u->not_null || said) && !str_trim(u->after_default).len)
		u->kind = UNSAFE_DEFAULT;
}

/* As in PostgreSQL's tablecmds.c: what is dropped goes first, a column is there before what stands on it. */
static int pass_of(const PgQuery__AlterTableCmd *cmd)
{
	enum { DROP, ALTER_TYPE, ADD_COLUMN, SET_COLUMN, ADD_KEY, ADD_CONSTRAINT, OTHER };
	switch ((int)cmd->subtype) {
	case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
	case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
	case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
		return DROP;
	case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
		return ALTER_TYPE;
	case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
		return ADD_COLUMN;
	case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
	case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
		return SET_COLUMN;
	case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint: {
		int type = (int)cmd->def->constraint->contype;
		bool key =
			type == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY || type == PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE;
		return key ? ADD_KEY : ADD_CONSTRAINT;
	}
	default:
		return OTHER;
	}
}

static void sort_by_pass(struct unsafes *parts)
{
	for (size_t i = 1; i < parts->len; i++)
		for (size_t k = i; k > 0 && parts->ptr[k - 1].pass > parts->ptr[k].pass; k--) {
			struct unsafe other = parts->ptr[k];
			parts->ptr[k] = parts->ptr[k - 1];
			parts->ptr[k - 1] = other;
		}
}

static void read_command(struct arena *arena, const PgQuery__AlterTableCmd *cmd, struct unsafe *u)
{
	u->pass = pass_of(cmd);
	switch ((int)cmd->subtype) {
	case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
		read_constraint(arena, cmd->def->constraint, u);
		break;
	case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
		u->kind = UNSAFE_NOT_NULL;
		vec_push(arena, &u->columns, kept(arena, cmd->name));
		break;
	case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
		u->kind = UNSAFE_TYPE;
		break;
	case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
		if (!cmd->missing_ok)
			read_column(arena, cmd->def->column_def, u);
		break;
	default:
		break;
	}
}

/* End of the name that begins with this token. */
static size_t name_end(struct str text, struct token t)
{
	size_t end = t.to;
	for (struct token dot = lex_significant(text, t.to); token_is_punct(text, &dot, '.');
	     dot = lex_significant(text, end)) {
		struct token name = lex_significant(text, dot.to);
		end = name.to;
	}
	return end;
}

static bool is_noise(struct str text, const struct token *t)
{
	static const char *const words[] = { "alter", "table", "if", "exists", "only" };
	for (size_t i = 0; i < LEN(words); i++)
		if (token_is_word(text, t, words[i]))
			return true;
	return false;
}

/* Cuts "ALTER TABLE t a, b" at its commas. */
static void cut_parts(struct arena *arena, struct str text, struct unsafes *parts)
{
	struct token t = lex_significant(text, 0);
	while (is_noise(text, &t))
		t = lex_significant(text, t.to);
	size_t end = name_end(text, t), from = end, first = 0, last = 0;
	struct str table = str_slice(text, t.from, end), head = str_slice(text, 0, end);
	int depth = 0;
	for (t = lex_significant(text, end);; t = lex_significant(text, t.to)) {
		bool ends = t.kind == TOKEN_END || (depth == 0 && token_is_punct(text, &t, ','));
		if (!ends) {
			first = first ? first : t.from;
			last = t.to;
		}
		if (token_is_punct(text, &t, '('))
			depth++;
		else if (token_is_punct(text, &t, ')'))
			depth--;
		if (!ends)
			continue;
		vec_push(
			arena, parts,
			(struct unsafe){ .table = table,
					 .head = head,
					 .comments = first ? str_trim(str_slice(text, from, first)) : (struct str){ 0 },
					 .part = str_slice(text, first, first ? last : first) });
		from = t.to;
		first = last = 0;
		if (t.kind == TOKEN_END)
			return;
	}
}

static void read_alter(struct arena *arena, const PgQuery__AlterTableStmt *alter, struct str text,
		       struct unsafes *parts)
{
	if (alter->objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE)
		return;
	cut_parts(arena, text, parts);
	if (parts->len != alter->n_cmds) {
		parts->len = 0;
		return;
	}
	for (size_t i = 0; i < parts->len; i++)
		read_command(arena, alter->cmds[i]->alter_table_cmd, &parts->ptr[i]);
	sort_by_pass(parts);
}

static void read_index(struct arena *arena, const PgQuery__IndexStmt *index, struct str text, struct unsafes *parts)
{
	size_t from = (size_t)index->relation->location;
	if (index->concurrent || from >= text.len)
		return;
	struct token name = lex_significant(text, from);
	vec_push(arena, parts,
		 (struct unsafe){
			 .kind = UNSAFE_INDEX, .table = str_slice(text, from, name_end(text, name)), .part = text });
}

/* The one statement of a block that forgives that the constraint is there; its text, or nothing. */
static struct str guarded_statement(struct str body)
{
	static const char *const rest[] = { "exception", "when", "duplicate_object", "then", "null", ";", "end" };
	struct token t = lex_significant(body, 0);
	if (!token_is_word(body, &t, "begin"))
		return (struct str){ 0 };
	struct token first = lex_significant(body, t.to);
	for (t = first; t.kind != TOKEN_END && !token_is_punct(body, &t, ';');)
		t = lex_significant(body, t.to);
	struct str statement = str_slice(body, first.from, t.from);
	for (size_t i = 0; i < LEN(rest); i++) {
		t = lex_significant(body, t.to);
		if (*rest[i] == ';' ? !token_is_punct(body, &t, ';') : !token_is_word(body, &t, rest[i]))
			return (struct str){ 0 };
	}
	return str_trim(statement);
}

/* As drizzle-kit used to write foreign keys.  The statement stays in its block, NOT VALID, and is validated behind it. */
static void read_guarded(struct arena *arena, struct str text, struct unsafes *parts)
{
	struct token t = lex_significant(text, 0);
	struct unsafes inner = { 0 };
	while (t.kind != TOKEN_END && t.kind != TOKEN_DOLLAR)
		t = lex_significant(text, t.to);
	if (t.kind == TOKEN_END)
		return;
	struct str statement = guarded_statement(token_value(arena, text, &t));
	struct stmt stmt = { .kind = STMT_SQL, .text = statement };
	if (!statement.len)
		return;
	unsafe_read(arena, &stmt, &inner);
	if (inner.len != 1 || inner.ptr[0].kind != UNSAFE_FOREIGN || !inner.ptr[0].name)
		return;
	struct unsafe guarded = inner.ptr[0];
	guarded.kind = UNSAFE_GUARDED_FOREIGN;
	guarded.inner_end = (size_t)(statement.ptr + statement.len - text.ptr);
	guarded.part = text;
	guarded.validate = guarded.head;
	guarded.head = (struct str){ 0 };
	vec_push(arena, parts, guarded);
}

void unsafe_read(struct arena *arena, const struct stmt *stmt, struct unsafes *ret_parts)
{
	struct arena *scratch = arena_new(arena);
	const PgQuery__Node *node = parse_statement(scratch, stmt->text);
	struct unsafes parts = { 0 };
	if (node && node->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT)
		read_alter(arena, node->alter_table_stmt, stmt->text, &parts);
	else if (node && node->node_case == PG_QUERY__NODE__NODE_INDEX_STMT)
		read_index(arena, node->index_stmt, stmt->text, &parts);
	else if (node && node->node_case == PG_QUERY__NODE__NODE_DO_STMT)
		read_guarded(arena, stmt->text, &parts);
	arena_free(scratch);
	*ret_parts = parts;
}

/*
 * Writing
 */

static const char alone[] = UNSAFE_ALONE;

/* In double quotes where the statement has it so, needed or not. */
static const char *ident_as_in(struct buf *buf, struct str text, const char *name)
{
	const char *quoted = arena_printf(buf->arena, "\"%s\"", name);
	return str_find(text, str_of(quoted)) >= 0 ? quoted : sql_ident(buf->arena, str_of(name));
}

static void put_index(struct buf *buf, struct str text)
{
	for (struct token t = lex_significant(text, 0); t.kind != TOKEN_END; t = lex_significant(text, t.to))
		if (token_is_word(text, &t, "index")) {
			buf_printf(buf, STR_FMT " CONCURRENTLY" STR_FMT ";\n", STR_ARG(str_slice(text, 0, t.to)),
				   STR_ARG(str_slice(text, t.to, text.len)));
			return;
		}
}

/* A validated CHECK tells SET NOT NULL that it need not look at the rows (PostgreSQL 12 and later). */
static void put_not_null(struct buf *buf, struct str head, struct str text, struct str column)
{
	const char *c = ident_as_in(buf, text, str_dup(buf->arena, column));
	const char *check = sql_ident(
		buf->arena,
		str_of(arena_printf(buf->arena, "brant_" STR_FMT "_not_null", STR_ARG(str_head(column, 45)))));
	buf_printf(buf, STR_FMT " ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID;\n", STR_ARG(head), check, c);
	buf_printf(buf, "%s" STR_FMT " VALIDATE CONSTRAINT %s;\n", alone, STR_ARG(head), check);
	buf_printf(buf, STR_FMT " ALTER COLUMN %s SET NOT NULL;\n", STR_ARG(head), c);
	buf_printf(buf, STR_FMT " DROP CONSTRAINT %s;\n", STR_ARG(head), check);
}

static void put_key(struct buf *buf, const struct unsafe *u, const char *name, const struct strs *nullable)
{
	const char *index = ident_as_in(buf, u->part, name);
	for (size_t i = 0; u->kind == UNSAFE_PRIMARY && i < nullable->len; i++)
		put_not_null(buf, u->head, u->part, nullable->ptr[i]);
	buf_printf(buf, "CREATE UNIQUE INDEX CONCURRENTLY %s ON " STR_FMT " " STR_FMT ";\n", index, STR_ARG(u->table),
		   STR_ARG(u->key));
	buf_printf(buf, STR_FMT " ADD CONSTRAINT %s %s USING INDEX %s%s;\n", STR_ARG(u->head), index,
		   u->kind == UNSAFE_PRIMARY ? "PRIMARY KEY" : "UNIQUE", index, u->deferrable);
}

static void put_not_valid(struct buf *buf, const struct unsafe *u, const char *name)
{
	const char *constraint = ident_as_in(buf, u->part, name);
	if (u->name) {
		buf_printf(buf, STR_FMT " " STR_FMT " NOT VALID;\n", STR_ARG(u->head), STR_ARG(u->part));
	} else {
		struct token add = lex_significant(u->part, 0);
		buf_printf(buf, STR_FMT " ADD CONSTRAINT %s " STR_FMT " NOT VALID;\n", STR_ARG(u->head), constraint,
			   STR_ARG(str_trim(str_slice(u->part, add.to, u->part.len))));
	}
	buf_printf(buf, "%s" STR_FMT " VALIDATE CONSTRAINT %s;\n", alone, STR_ARG(u->head), constraint);
}

static void put_guarded(struct buf *buf, const struct unsafe *u, const char *name)
{
	buf_printf(buf, STR_FMT " NOT VALID" STR_FMT ";\n", STR_ARG(str_slice(u->part, 0, u->inner_end)),
		   STR_ARG(str_slice(u->part, u->inner_end, u->part.len)));
	buf_printf(buf, "%s" STR_FMT " VALIDATE CONSTRAINT %s;\n", alone, STR_ARG(u->validate),
		   ident_as_in(buf, u->part, name));
}

static void put_default(struct buf *buf, const struct unsafe *u)
{
	const char *column = ident_as_in(buf, u->part, str_dup(buf->arena, u->columns.ptr[0]));
	buf_printf(buf, STR_FMT " " STR_FMT ";\n", STR_ARG(u->head), STR_ARG(str_trim(u->before_default)));
	buf_printf(buf, STR_FMT " ALTER COLUMN %s SET DEFAULT " STR_FMT ";\n", STR_ARG(u->head), column,
		   STR_ARG(u->value));
	buf_printf(buf, "-- brant: backfill\nUPDATE " STR_FMT " SET %s = " STR_FMT " WHERE %s IS NULL;\n",
		   STR_ARG(u->table), column, STR_ARG(u->value), column);
	if (u->not_null)
		put_not_null(buf, u->head, u->part, u->columns.ptr[0]);
}

char *unsafe_rewrite(struct arena *arena, const struct unsafe *part, const char *name, const struct strs *nullable)
{
	struct buf buf = buf_init(arena);
	switch (part->kind) {
	case UNSAFE_NOTHING:
	case UNSAFE_TYPE:
	case UNSAFE_REQUIRED:
		buf_printf(&buf, STR_FMT " " STR_FMT ";\n", STR_ARG(part->head), STR_ARG(part->part));
		break;
	case UNSAFE_INDEX:
		put_index(&buf, part->part);
		break;
	case UNSAFE_UNIQUE:
	case UNSAFE_PRIMARY:
		put_key(&buf, part, name, nullable);
		break;
	case UNSAFE_FOREIGN:
	case UNSAFE_CHECK:
		put_not_valid(&buf, part, name);
		break;
	case UNSAFE_NOT_NULL:
		put_not_null(&buf, part->head, part->part, part->columns.ptr[0]);
		break;
	case UNSAFE_DEFAULT:
		put_default(&buf, part);
		break;
	case UNSAFE_GUARDED_FOREIGN:
		put_guarded(&buf, part, name);
		break;
	}
	return buf.ptr;
}
