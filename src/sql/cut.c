#include "sql/cut.h"

#include "sql/lex.h"
#include "sql/parse.h"
#include "sql/quote.h"

struct cutter {
	struct arena *arena;
	const struct stmt *stmt;
	struct cut *cut;
	struct err *err;
};

static bool refuse(const struct cutter *c, const char *why, const char *hint)
{
	err_set(c->err, ERR_FAILED, "backfill-statement", "this statement cannot be done in batches: %s", why);
	err_hint(c->err, "%s", hint);
	return stmt_err_at(c->err, c->stmt, 0);
}

static bool refuse_clause(const struct cutter *c, const char *clause)
{
	return refuse(
		c, arena_printf(c->arena, "it has %s", clause),
		"A backfill is UPDATE, DELETE or INSERT ... SELECT on one table with a WHERE of its own; a sub-select on "
		"other tables may stand in it.");
}

static struct str kept(const struct cutter *c, const char *text)
{
	return str_of(arena_strdup(c->arena, text));
}

static void walk_table(struct cutter *c, const PgQuery__RangeVar *relation)
{
	struct cut *cut = c->cut;
	cut->table = kept(c, relation->relname);
	cut->schema = *relation->schemaname ? kept(c, relation->schemaname) : (struct str){ 0 };
	const char *name = sql_qualified(c->arena, cut->schema, cut->table);
	cut->alias = sql_ident(c->arena, relation->alias ? str_of(relation->alias->aliasname) : cut->table);
	cut->relation = arena_printf(c->arena, "%s%s AS %s", relation->inh ? "" : "ONLY ", name, cut->alias);
}

/*
 * Names of functions in an expression, but not inside of its sub-selects: those have aggregates of their own.  false: a window function.
 */
static bool collect_functions(struct cutter *c, const ProtobufCMessage *message);

static bool collect_field(struct cutter *c, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const char *at = (const char *)message + field->offset;
	if (field->label != PROTOBUF_C_LABEL_REPEATED) {
		bool absent = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
			*(const uint32_t *)((const char *)message + field->quantifier_offset) != field->id;
		const ProtobufCMessage *child = absent ? NULL : *(const ProtobufCMessage *const *)at;
		return !child || collect_functions(c, child);
	}
	size_t n = *(const size_t *)((const char *)message + field->quantifier_offset);
	const ProtobufCMessage *const *children = *(const ProtobufCMessage *const *const *)at;
	for (size_t i = 0; i < n; i++)
		if (!collect_functions(c, children[i]))
			return false;
	return true;
}

static bool collect_functions(struct cutter *c, const ProtobufCMessage *message)
{
	if (message->descriptor == &pg_query__sub_link__descriptor)
		return true;
	if (message->descriptor == &pg_query__func_call__descriptor) {
		const PgQuery__FuncCall *call = (const void *)message;
		if (call->over)
			return false;
		vec_push(c->arena, &c->cut->functions, kept(c, call->funcname[call->n_funcname - 1]->string->sval));
	}
	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		if (field->type == PROTOBUF_C_TYPE_MESSAGE && !collect_field(c, message, field))
			return false;
	}
	return true;
}

static bool read_update(struct cutter *c, const PgQuery__UpdateStmt *update)
{
	c->cut->verb = CUT_UPDATE;
	walk_table(c, update->relation);
	for (size_t i = 0; i < update->n_target_list; i++)
		vec_push(c->arena, &c->cut->sets, kept(c, update->target_list[i]->res_target->name));
	if (update->with_clause)
		return refuse_clause(c, "WITH");
	if (update->n_from_clause)
		return refuse_clause(c, "FROM (a join)");
	if (update->n_returning_list)
		return refuse_clause(c, "RETURNING");
	if (update->where_clause && update->where_clause->node_case == PG_QUERY__NODE__NODE_CURRENT_OF_EXPR)
		return refuse_clause(c, "WHERE CURRENT OF");
	return true;
}

static bool read_delete(struct cutter *c, const PgQuery__DeleteStmt *delete)
{
	c->cut->verb = CUT_DELETE;
	walk_table(c, delete->relation);
	if (delete->with_clause)
		return refuse_clause(c, "WITH");
	if (delete->n_using_clause)
		return refuse_clause(c, "USING (a join)");
	if (delete->n_returning_list)
		return refuse_clause(c, "RETURNING");
	if (delete->where_clause && delete->where_clause->node_case == PG_QUERY__NODE__NODE_CURRENT_OF_EXPR)
		return refuse_clause(c, "WHERE CURRENT OF");
	return true;
}

/* What makes the rows of a SELECT depend on one another. */
static const char *clause_that_binds(const PgQuery__SelectStmt *select)
{
	if (select->op != PG_QUERY__SET_OPERATION__SETOP_NONE)
		return "UNION, INTERSECT or EXCEPT";
	if (select->with_clause)
		return "WITH";
	if (select->n_distinct_clause)
		return "DISTINCT";
	if (select->n_group_clause || select->having_clause)
		return "GROUP BY or HAVING";
	if (select->n_sort_clause || select->limit_count || select->limit_offset)
		return "ORDER BY, LIMIT or OFFSET";
	if (select->n_locking_clause)
		return "FOR UPDATE or its kin";
	return NULL;
}

static bool read_insert(struct cutter *c, const PgQuery__InsertStmt *insert)
{
	c->cut->verb = CUT_INSERT;
	if (insert->with_clause)
		return refuse_clause(c, "WITH");
	if (insert->n_returning_list)
		return refuse_clause(c, "RETURNING");
	if (!insert->select_stmt || insert->select_stmt->node_case != PG_QUERY__NODE__NODE_SELECT_STMT ||
	    insert->select_stmt->select_stmt->n_values_lists)
		return refuse_clause(c, "no SELECT");
	const PgQuery__SelectStmt *select = insert->select_stmt->select_stmt;
	const char *binds = clause_that_binds(select);
	if (binds)
		return refuse_clause(c, binds);
	if (select->n_from_clause != 1 || select->from_clause[0]->node_case != PG_QUERY__NODE__NODE_RANGE_VAR)
		return refuse_clause(c, "no single table in FROM");
	walk_table(c, select->from_clause[0]->range_var);
	for (size_t i = 0; i < select->n_target_list; i++)
		if (!collect_functions(c, node_message(select->target_list[i])))
			return refuse_clause(c, "a window function");
	return true;
}

static bool same_table(const struct cut *cut, const struct touch *touch)
{
	return str_eq(touch->name, cut->table) &&
		(!touch->schema.ptr || !cut->schema.ptr || str_eq(touch->schema, cut->schema));
}

/* A batch would see what the batches before it did, where the one statement sees the table as it was. */
static bool refuse_own_table(const struct cutter *c)
{
	enum touch_verb other = c->cut->verb == CUT_INSERT ? TOUCH_WRITE : TOUCH_READ;
	for (size_t i = 0; i < c->stmt->touches.len; i++) {
		const struct touch *touch = &c->stmt->touches.ptr[i];
		if (touch->kind == OBJECT_TABLE && touch->verb == other && same_table(c->cut, touch))
			return refuse(
				c, "it queries the table that it changes",
				"Each batch would see what the one before it did. Put what is to be known first into a table of "
				"its own.");
	}
	return true;
}

/* The places outside of parentheses where the condition begins and ends. */
struct places {
	bool selects;
	size_t where, condition, end; /* where: 0 where there is none */
};

static struct places find_places(const struct stmt *stmt)
{
	struct places p = { .end = stmt->text.len };
	struct token before = { 0 };
	int depth = 0;
	for (struct token t = lex_significant(stmt->text, 0); t.kind != TOKEN_END;
	     t = lex_significant(stmt->text, t.to)) {
		/* After AS and after a dot any keyword may be a name. */
		bool named = token_is_word(stmt->text, &before, "as") || token_is_punct(stmt->text, &before, '.');
		if (token_is_punct(stmt->text, &t, '(') || token_is_punct(stmt->text, &t, '['))
			depth++;
		else if (token_is_punct(stmt->text, &t, ')') || token_is_punct(stmt->text, &t, ']'))
			depth--;
		else if (depth == 0 && !named && token_is_word(stmt->text, &t, "select"))
			p.selects = true;
		else if (depth == 0 && !named && !p.where && token_is_word(stmt->text, &t, "where")) {
			p.where = t.from;
			p.condition = t.to;
		} else if (depth == 0 && token_is_word(stmt->text, &t, "conflict") &&
			   token_is_word(stmt->text, &before, "on")) {
			p.end = before.from;
			return p;
		}
		before = t;
	}
	return p;
}

static bool take_apart(const struct cutter *c)
{
	struct str text = c->stmt->text;
	struct places p = find_places(c->stmt);
	if (c->cut->verb == CUT_INSERT && !p.selects)
		return refuse_clause(c, "its SELECT in parentheses");
	c->cut->head = str_slice(text, 0, p.where ? p.where : p.end);
	c->cut->tail = str_slice(text, p.end, text.len);
	if (p.where)
		c->cut->where = str_trim(str_slice(text, p.condition, p.end));
	return true;
}

static bool unreadable(const struct cutter *c)
{
	unsigned position;
	const char *said = parse_complaint(c->arena, c->stmt->text, &position);
	if (!said)
		return refuse(c, "it is too deep for brant to read", "Write it in fewer steps, or in a function.");
	refuse(c, said, "Mend it there; brant reads the syntax of PostgreSQL 15, and knows no newer one.");
	return stmt_err_at(c->err, c->stmt, position);
}

static bool read_tree(struct cutter *c, const PgQuery__Node *node)
{
	static const char only[] = "UPDATE, DELETE and INSERT ... SELECT on one table can.";
	if (!node)
		return unreadable(c);
	switch ((int)node->node_case) {
	case PG_QUERY__NODE__NODE_UPDATE_STMT:
		return read_update(c, node->update_stmt);
	case PG_QUERY__NODE__NODE_DELETE_STMT:
		return read_delete(c, node->delete_stmt);
	case PG_QUERY__NODE__NODE_INSERT_STMT:
		return read_insert(c, node->insert_stmt);
	default:
		return refuse(c, arena_printf(c->arena, "it is %s", c->stmt->tag), only);
	}
}

/* That the cut was made at the right place is seen when the text with a condition more still reads as one statement of its kind. */
static bool still_reads(struct cutter *c, const PgQuery__Node *node)
{
	struct arena *scratch = arena_new(c->arena);
	const PgQuery__Node *again = parse_statement(scratch, str_of(cut_with(scratch, c->cut, "true")));
	bool ok = again && again->node_case == node->node_case;
	arena_free(scratch);
	return ok ||
		refuse(c, "brant does not find where its condition stands",
		       "Write it plainly: UPDATE t SET ... WHERE ...");
}

bool sql_cut(struct arena *arena, const struct stmt *stmt, struct cut *ret_cut, struct err *err)
{
	struct cut cut = { 0 };
	struct arena *scratch = arena_new(arena);
	struct cutter c = { .arena = arena, .stmt = stmt, .cut = &cut, .err = err };
	const PgQuery__Node *node = parse_statement(scratch, stmt->text);
	bool ok = read_tree(&c, node) && refuse_own_table(&c) && take_apart(&c) && still_reads(&c, node);
	arena_free(scratch);
	if (ok)
		*ret_cut = cut;
	return ok;
}

/* The condition ends with a line end: the user's may end with a comment. */
char *cut_with(struct arena *arena, const struct cut *cut, const char *condition)
{
	if (!cut->where.ptr)
		return arena_printf(arena, STR_FMT "\nWHERE %s\n" STR_FMT, STR_ARG(cut->head), condition,
				    STR_ARG(cut->tail));
	return arena_printf(arena, STR_FMT "WHERE (" STR_FMT "\n) AND %s\n" STR_FMT, STR_ARG(cut->head),
			    STR_ARG(cut->where), condition, STR_ARG(cut->tail));
}
