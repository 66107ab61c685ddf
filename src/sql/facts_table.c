#include "sql/facts.h"

static enum touch_verb create_or_replace(bool replace)
{
	return replace ? TOUCH_REPLACE : TOUCH_CREATE;
}

/*
 * CREATE TABLE
 */

void facts_constraint(struct facts *f, const PgQuery__Constraint *constraint)
{
	if (constraint->pktable)
		facts_relation(f, TOUCH_REFERENCE, OBJECT_TABLE, constraint->pktable);
	facts_walk(f, constraint->raw_expr);
	facts_walk_all(f, constraint->n_exclusions, constraint->exclusions);
	facts_walk(f, constraint->where_clause);
}

void facts_column(struct facts *f, const PgQuery__ColumnDef *column)
{
	facts_walk(f, column->type_name);
	facts_walk(f, column->raw_default);
	for (size_t i = 0; i < column->n_constraints; i++)
		if (column->constraints[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
			facts_constraint(f, column->constraints[i]->constraint);
}

static void read_elements(struct facts *f, size_t n, PgQuery__Node *const *elements)
{
	for (size_t i = 0; i < n; i++) {
		const PgQuery__Node *node = elements[i];
		if (node->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
			facts_column(f, node->column_def);
		else if (node->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
			facts_constraint(f, node->constraint);
		else if (node->node_case == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE)
			facts_relation(f, TOUCH_READ, OBJECT_TABLE, node->table_like_clause->relation);
	}
}

/* Nothing of it comes from elsewhere. */
static bool stands_alone(const PgQuery__CreateStmt *create)
{
	bool alone = !create->if_not_exists && !create->n_inh_relations && !create->of_typename && !create->partspec &&
		!create->partbound && !*create->access_method;
	for (size_t i = 0; i < create->n_table_elts; i++)
		alone = alone && create->table_elts[i]->node_case != PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE;
	return alone;
}

void read_create_table(struct facts *f, const void *message)
{
	const PgQuery__CreateStmt *create = message;
	bool stored = f->stored;
	f->stmt->makes_table = stands_alone(create);
	facts_relation(f, TOUCH_CREATE, OBJECT_TABLE, create->relation);
	f->stored = true;
	read_elements(f, create->n_table_elts, create->table_elts);
	read_elements(f, create->n_constraints, create->constraints);
	facts_walk(f, create->of_typename);
	facts_walk(f, create->partspec);
	f->stored = stored;
	/* A parent gets a child, a partitioned table a partition: its queries see more than before. */
	for (size_t i = 0; i < create->n_inh_relations; i++)
		facts_relation(f, TOUCH_ALTER, OBJECT_TABLE, create->inh_relations[i]->range_var);
	facts_walk(f, create->partbound);
}

void read_create_foreign_table(struct facts *f, const void *message)
{
	const PgQuery__CreateForeignTableStmt *create = message;
	read_create_table(f, create->base_stmt);
	f->stmt->makes_table = false;
}

void read_create_table_as(struct facts *f, const void *message)
{
	const PgQuery__CreateTableAsStmt *create = message;
	facts_relation(f, TOUCH_CREATE, facts_kind(create->objtype), create->into->rel);
	facts_tag(f, "CREATE", create->objtype);
	if (create->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE)
		f->stmt->tag = "CREATE TABLE AS";
	bool stored = f->stored;
	f->stored = stored || create->into->skip_data;
	if (create->query && create->query->node_case == PG_QUERY__NODE__NODE_EXECUTE_STMT)
		facts_opaque(f);
	facts_walk(f, create->query);
	f->stored = stored;
}

/*
 * What belongs to tables
 */

void read_index(struct facts *f, const void *message)
{
	const PgQuery__IndexStmt *index = message;
	facts_relation(f, TOUCH_ALTER, OBJECT_TABLE, index->relation);
	if (*index->idxname)
		facts_touch(
			f, TOUCH_CREATE, OBJECT_INDEX,
			(struct name){ index->relation->schemaname, index->idxname, NULL, index->relation->location });
	facts_walk_all(f, index->n_index_params, index->index_params);
	facts_walk(f, index->where_clause);
	if (index->concurrent)
		f->stmt->no_tx = NO_TX_CONCURRENTLY;
}

void read_view(struct facts *f, const void *message)
{
	const PgQuery__ViewStmt *view = message;
	facts_relation(f, create_or_replace(view->replace), OBJECT_VIEW, view->view);
	facts_walk_stored(f, view->query);
}

void read_refresh(struct facts *f, const void *message)
{
	const PgQuery__RefreshMatViewStmt *refresh = message;
	facts_relation(f, TOUCH_WRITE, OBJECT_MATVIEW, refresh->relation);
	if (!refresh->skip_data)
		facts_opaque(f);
}

void read_trigger(struct facts *f, const void *message)
{
	const PgQuery__CreateTrigStmt *trigger = message;
	facts_part(f, create_or_replace(trigger->replace), OBJECT_TRIGGER, trigger->relation, trigger->trigname);
	facts_named(f, TOUCH_READ, OBJECT_FUNCTION, trigger->n_funcname, trigger->funcname);
	if (trigger->constrrel)
		facts_relation(f, TOUCH_READ, OBJECT_TABLE, trigger->constrrel);
	facts_walk_stored(f, trigger->when_clause);
}

void read_rule(struct facts *f, const void *message)
{
	const PgQuery__RuleStmt *rule = message;
	facts_part(f, create_or_replace(rule->replace), OBJECT_RULE, rule->relation, rule->rulename);
	facts_walk_stored(f, rule->where_clause);
	for (size_t i = 0; i < rule->n_actions; i++)
		facts_walk_stored(f, rule->actions[i]);
}

void read_create_policy(struct facts *f, const void *message)
{
	const PgQuery__CreatePolicyStmt *policy = message;
	facts_part(f, TOUCH_CREATE, OBJECT_POLICY, policy->table, policy->policy_name);
	facts_walk_stored(f, policy->qual);
	facts_walk_stored(f, policy->with_check);
}

void read_alter_policy(struct facts *f, const void *message)
{
	const PgQuery__AlterPolicyStmt *policy = message;
	facts_part(f, TOUCH_ALTER, OBJECT_POLICY, policy->table, policy->policy_name);
	facts_walk_stored(f, policy->qual);
	facts_walk_stored(f, policy->with_check);
}

/* OWNED BY schema.table.column. */
static void read_owned_by(struct facts *f, size_t n, PgQuery__Node *const *options)
{
	const PgQuery__DefElem *option = option_find(n, options, "owned_by");
	if (option && option->arg && option->arg->node_case == PG_QUERY__NODE__NODE_LIST &&
	    option->arg->list->n_items > 1)
		facts_named(f, TOUCH_REFERENCE, OBJECT_TABLE, option->arg->list->n_items - 1, option->arg->list->items);
}

void read_create_sequence(struct facts *f, const void *message)
{
	const PgQuery__CreateSeqStmt *create = message;
	facts_relation(f, TOUCH_CREATE, OBJECT_SEQUENCE, create->sequence);
	read_owned_by(f, create->n_options, create->options);
}

void read_alter_sequence(struct facts *f, const void *message)
{
	const PgQuery__AlterSeqStmt *alter = message;
	facts_relation(f, TOUCH_ALTER, OBJECT_SEQUENCE, alter->sequence);
	read_owned_by(f, alter->n_options, alter->options);
}

void read_statistics(struct facts *f, const void *message)
{
	const PgQuery__CreateStatsStmt *create = message;
	facts_named(f, TOUCH_CREATE, OBJECT_OTHER, create->n_defnames, create->defnames);
	for (size_t i = 0; i < create->n_relations; i++)
		if (create->relations[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
			facts_relation(f, TOUCH_ALTER, OBJECT_TABLE, create->relations[i]->range_var);
	for (size_t i = 0; i < create->n_exprs; i++)
		facts_walk_stored(f, create->exprs[i]);
}

void read_alter_statistics(struct facts *f, const void *message)
{
	const PgQuery__AlterStatsStmt *alter = message;
	facts_named(f, TOUCH_ALTER, OBJECT_OTHER, alter->n_defnames, alter->defnames);
}

/*
 * Maintenance
 */

void read_vacuum(struct facts *f, const void *message)
{
	const PgQuery__VacuumStmt *vacuum = message;
	f->stmt->tag = vacuum->is_vacuumcmd ? "VACUUM" : "ANALYZE";
	if (vacuum->is_vacuumcmd)
		f->stmt->no_tx = NO_TX_STATEMENT;
	bool full = option_is_on(vacuum->n_options, vacuum->options, "full");
	f->stmt->is_rewrite |= full;
	for (size_t i = 0; i < vacuum->n_rels; i++)
		facts_relation(f, full ? TOUCH_LOCK : TOUCH_READ, OBJECT_TABLE,
			       vacuum->rels[i]->vacuum_relation->relation);
}

void read_cluster(struct facts *f, const void *message)
{
	const PgQuery__ClusterStmt *cluster = message;
	f->stmt->is_rewrite = true;
	if (cluster->relation)
		facts_relation(f, TOUCH_ALTER, OBJECT_TABLE, cluster->relation);
	else
		f->stmt->no_tx = NO_TX_STATEMENT;
}

void read_reindex(struct facts *f, const void *message)
{
	const PgQuery__ReindexStmt *reindex = message;
	if (reindex->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX)
		facts_relation(f, TOUCH_ALTER, OBJECT_INDEX, reindex->relation);
	else if (reindex->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE)
		facts_relation(f, TOUCH_ALTER, OBJECT_TABLE, reindex->relation);
	else if (reindex->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA)
		facts_plain(f, TOUCH_ALTER, OBJECT_SCHEMA, reindex->name);
	if (!reindex->relation)
		f->stmt->no_tx = NO_TX_STATEMENT;
	if (option_is_on(reindex->n_params, reindex->params, "concurrently"))
		f->stmt->no_tx = NO_TX_CONCURRENTLY;
}
