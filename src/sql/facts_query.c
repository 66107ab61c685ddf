#include "sql/facts.h"

static void hide(struct facts *f, const PgQuery__Node *node)
{
	struct hidden *hidden = arena_alloc(f->scratch, sizeof(*hidden));
	*hidden = (struct hidden){ node->common_table_expr->ctename, f->hidden };
	f->hidden = hidden;
}

/* Without RECURSIVE, WITH users AS (SELECT ... FROM users) reads the table. */
static void enter_with(struct facts *f, const PgQuery__WithClause *with)
{
	for (size_t i = 0; with && with->recursive && i < with->n_ctes; i++)
		hide(f, with->ctes[i]);
	for (size_t i = 0; with && i < with->n_ctes; i++) {
		facts_walk(f, with->ctes[i]->common_table_expr->ctequery);
		if (!with->recursive)
			hide(f, with->ctes[i]);
	}
}

static bool is_called(const PgQuery__RangeVar *relation, const char *name)
{
	return strcmp(relation->alias ? relation->alias->aliasname : relation->relname, name) == 0;
}

/* FOR UPDATE [OF name] locks the tables of FROM, or those of that name. */
static void lock_from(struct facts *f, const PgQuery__Node *from, const char *only)
{
	if (!from)
		return;
	if (from->node_case == PG_QUERY__NODE__NODE_RANGE_VAR && (!only || is_called(from->range_var, only))) {
		for (const struct hidden *h = f->hidden; h && !*from->range_var->schemaname; h = h->outer)
			if (strcmp(h->name, from->range_var->relname) == 0)
				return;
		facts_relation(f, f->stored ? TOUCH_READ : TOUCH_LOCK, OBJECT_TABLE, from->range_var);
	} else if (from->node_case == PG_QUERY__NODE__NODE_JOIN_EXPR) {
		lock_from(f, from->join_expr->larg, only);
		lock_from(f, from->join_expr->rarg, only);
	} else if (from->node_case == PG_QUERY__NODE__NODE_RANGE_SUBSELECT) {
		const PgQuery__RangeSubselect *sub = from->range_subselect;
		if (only && (!sub->alias || strcmp(sub->alias->aliasname, only) != 0))
			return;
		const PgQuery__SelectStmt *select = sub->subquery->select_stmt;
		for (size_t i = 0; i < select->n_from_clause; i++)
			lock_from(f, select->from_clause[i], NULL);
	}
}

static void read_locking(struct facts *f, const PgQuery__SelectStmt *select, const PgQuery__LockingClause *locking)
{
	for (size_t i = 0; i < select->n_from_clause; i++) {
		if (!locking->n_locked_rels)
			lock_from(f, select->from_clause[i], NULL);
		for (size_t k = 0; k < locking->n_locked_rels; k++)
			lock_from(f, select->from_clause[i], locking->locked_rels[k]->range_var->relname);
	}
}

void read_select(struct facts *f, const void *message)
{
	const PgQuery__SelectStmt *select = message;
	const struct hidden *hidden = f->hidden;
	enter_with(f, select->with_clause);
	if (select->into_clause && !f->stored)
		facts_relation(f, TOUCH_CREATE, OBJECT_TABLE, select->into_clause->rel);
	facts_walk_all(f, select->n_distinct_clause, select->distinct_clause);
	facts_walk_all(f, select->n_target_list, select->target_list);
	facts_walk_all(f, select->n_from_clause, select->from_clause);
	facts_walk(f, select->where_clause);
	facts_walk_all(f, select->n_group_clause, select->group_clause);
	facts_walk(f, select->having_clause);
	facts_walk_all(f, select->n_window_clause, select->window_clause);
	facts_walk_all(f, select->n_values_lists, select->values_lists);
	facts_walk_all(f, select->n_sort_clause, select->sort_clause);
	facts_walk(f, select->limit_offset);
	facts_walk(f, select->limit_count);
	facts_walk(f, select->larg);
	facts_walk(f, select->rarg);
	for (size_t i = 0; i < select->n_locking_clause; i++)
		read_locking(f, select, select->locking_clause[i]->locking_clause);
	f->hidden = hidden;
}

/* The table that a statement changes; triggers may run. */
static void write_to(struct facts *f, enum touch_verb verb, const PgQuery__RangeVar *relation)
{
	facts_relation(f, f->stored ? TOUCH_READ : verb, OBJECT_TABLE, relation);
	facts_opaque(f);
}

/* New rows: those of other tables, which foreign keys might change along with old ones, stay as they are. */
static void insert_into(struct facts *f, const PgQuery__RangeVar *relation)
{
	facts_relation(f, f->stored ? TOUCH_READ : TOUCH_WRITE, OBJECT_TABLE, relation);
	f->fires = f->fires || !f->stored;
}

/* Which column of the rows tells a version: the one of that name, or the first where no names are given; -1: none. */
static int version_column(const PgQuery__InsertStmt *insert)
{
	for (size_t i = 0; i < insert->n_cols; i++)
		if (strcmp(insert->cols[i]->res_target->name, "version") == 0)
			return (int)i;
	return insert->n_cols ? -1 : 0;
}

static void add_inserted(struct facts *f, const PgQuery__Node *node)
{
	while (node && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
		node = node->type_cast->arg;
	if (!node || node->node_case != PG_QUERY__NODE__NODE_A_CONST)
		return;
	const PgQuery__AConst *value = node->a_const;
	const char *text = NULL;
	if (value->val_case == PG_QUERY__A__CONST__VAL_SVAL)
		text = arena_strdup(f->arena, value->sval->sval);
	else if (value->val_case == PG_QUERY__A__CONST__VAL_IVAL)
		text = arena_printf(f->arena, "%d", value->ival->ival);
	else if (value->val_case == PG_QUERY__A__CONST__VAL_FVAL)
		text = arena_strdup(f->arena, value->fval->fval);
	if (text)
		vec_push(f->arena, &f->stmt->inserted, str_of(text));
}

/* VALUES (...), (...), or SELECT of constants, as in INSERT ... SELECT '0001' WHERE NOT EXISTS (...). */
static void read_inserted(struct facts *f, const PgQuery__InsertStmt *insert)
{
	int column = version_column(insert);
	if (column < 0 || !insert->select_stmt || insert->select_stmt->node_case != PG_QUERY__NODE__NODE_SELECT_STMT)
		return;
	const PgQuery__SelectStmt *select = insert->select_stmt->select_stmt;
	for (size_t i = 0; i < select->n_values_lists; i++) {
		const PgQuery__List *row = select->values_lists[i]->list;
		if ((size_t)column < row->n_items)
			add_inserted(f, row->items[column]);
	}
	if (!select->n_values_lists && (size_t)column < select->n_target_list)
		add_inserted(f, select->target_list[column]->res_target->val);
}

void read_insert(struct facts *f, const void *message)
{
	const PgQuery__InsertStmt *insert = message;
	const struct hidden *hidden = f->hidden;
	const PgQuery__OnConflictClause *conflict = insert->on_conflict_clause;
	insert_into(f, insert->relation);
	if (conflict && conflict->action == PG_QUERY__ON_CONFLICT_ACTION__ONCONFLICT_UPDATE)
		facts_opaque(f);
	if (!f->stored)
		read_inserted(f, insert);
	enter_with(f, insert->with_clause);
	facts_walk_all(f, insert->n_cols, insert->cols);
	facts_walk(f, insert->select_stmt);
	facts_walk(f, insert->on_conflict_clause);
	facts_walk_all(f, insert->n_returning_list, insert->returning_list);
	f->hidden = hidden;
}

void read_update(struct facts *f, const void *message)
{
	const PgQuery__UpdateStmt *update = message;
	const struct hidden *hidden = f->hidden;
	write_to(f, TOUCH_WRITE, update->relation);
	enter_with(f, update->with_clause);
	facts_walk_all(f, update->n_target_list, update->target_list);
	facts_walk_all(f, update->n_from_clause, update->from_clause);
	facts_walk(f, update->where_clause);
	facts_walk_all(f, update->n_returning_list, update->returning_list);
	f->hidden = hidden;
}

void read_delete(struct facts *f, const void *message)
{
	const PgQuery__DeleteStmt *delete = message;
	const struct hidden *hidden = f->hidden;
	write_to(f, TOUCH_WRITE, delete->relation);
	enter_with(f, delete->with_clause);
	facts_walk_all(f, delete->n_using_clause, delete->using_clause);
	facts_walk(f, delete->where_clause);
	facts_walk_all(f, delete->n_returning_list, delete->returning_list);
	f->hidden = hidden;
}

void read_merge(struct facts *f, const void *message)
{
	const PgQuery__MergeStmt *merge = message;
	const struct hidden *hidden = f->hidden;
	write_to(f, TOUCH_WRITE, merge->relation);
	enter_with(f, merge->with_clause);
	facts_walk(f, merge->source_relation);
	facts_walk(f, merge->join_condition);
	facts_walk_all(f, merge->n_merge_when_clauses, merge->merge_when_clauses);
	f->hidden = hidden;
}

void read_truncate(struct facts *f, const void *message)
{
	const PgQuery__TruncateStmt *truncate = message;
	for (size_t i = 0; i < truncate->n_relations; i++)
		write_to(f, TOUCH_TRUNCATE, truncate->relations[i]->range_var);
}

void read_lock(struct facts *f, const void *message)
{
	const PgQuery__LockStmt *lock = message;
	for (size_t i = 0; i < lock->n_relations; i++)
		facts_relation(f, TOUCH_LOCK, OBJECT_TABLE, lock->relations[i]->range_var);
}

void read_copy(struct facts *f, const void *message)
{
	const PgQuery__CopyStmt *copy = message;
	if (copy->relation && copy->is_from)
		insert_into(f, copy->relation);
	else if (copy->relation)
		facts_relation(f, TOUCH_READ, OBJECT_TABLE, copy->relation);
	if (copy->is_program)
		facts_opaque(f);
	facts_walk(f, copy->query);
	facts_walk(f, copy->where_clause);
}

void read_explain(struct facts *f, const void *message)
{
	const PgQuery__ExplainStmt *explain = message;
	const char *tag = f->stmt->tag;
	bool stored = f->stored;
	f->stored = stored || !option_is_on(explain->n_options, explain->options, "analyze");
	if (f->stored)
		facts_walk(f, explain->query);
	else
		facts_statement(f, explain->query);
	f->stored = stored;
	f->stmt->tag = tag;
}

void read_prepare(struct facts *f, const void *message)
{
	const PgQuery__PrepareStmt *prepare = message;
	facts_walk(f, prepare->query);
}

void read_cursor(struct facts *f, const void *message)
{
	const PgQuery__DeclareCursorStmt *cursor = message;
	facts_walk(f, cursor->query);
}

void read_execute(struct facts *f, const void *message)
{
	(void)message;
	facts_opaque(f);
}

void read_do(struct facts *f, const void *message)
{
	(void)message;
	facts_opaque(f);
}

void read_call(struct facts *f, const void *message)
{
	const PgQuery__CallStmt *call = message;
	facts_opaque(f);
	facts_walk(f, call->funccall);
}
