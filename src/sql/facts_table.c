#include "sql/facts.h"

static enum touch_verb create_or_replace(bool replace)
{
	return replace ? TOUCH_REPLACE : TOUCH_CREATE;
}

/*
 * CREATE TABLE
 */

static void read_constraint(struct facts *f, const PgQuery__Constraint *constraint)
{
	if (constraint->pktable)
		facts_relation(f, TOUCH_REFERENCE, OBJECT_TABLE, constraint->pktable);
	facts_walk(f, constraint->raw_expr);
	facts_walk_all(f, constraint->n_exclusions, constraint->exclusions);
	facts_walk(f, constraint->where_clause);
}

static void read_column(struct facts *f, const PgQuery__ColumnDef *column)
{
	facts_walk(f, column->type_name);
	facts_walk(f, column->raw_default);
	for (size_t i = 0; i < column->n_constraints; i++)
		if (column->constraints[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
			read_constraint(f, column->constraints[i]->constraint);
}

static void read_elements(struct facts *f, size_t n, PgQuery__Node *const *elements)
{
	for (size_t i = 0; i < n; i++) {
		const PgQuery__Node *node = elements[i];
		if (node->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
			read_column(f, node->column_def);
		else if (node->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
			read_constraint(f, node->constraint);
		else if (node->node_case == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE)
			facts_relation(f, TOUCH_READ, OBJECT_TABLE, node->table_like_clause->relation);
	}
}

void read_create_table(struct facts *f, const void *message)
{
	const PgQuery__CreateStmt *create = message;
	bool stored = f->stored;
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
 * ALTER TABLE
 */

/* What an action of ALTER TABLE is about. */
enum target {
	TARGET_TABLE, /* the table as a whole */
	TARGET_COLUMN,
	TARGET_CONSTRAINT,
	TARGET_TRIGGER,
	TARGET_RULE,
	TARGET_OWNER,
};

struct action {
	enum touch_verb verb; /* 0 (TOUCH_CREATE) where target is TARGET_TABLE: it is altered */
	enum target target;
	bool rewrites, runs_code;
};

#define ACTION(name) [PG_QUERY__ALTER_TABLE_TYPE__AT_##name]

static const struct action actions[] = {
	ACTION(AddColumn) = { TOUCH_CREATE, TARGET_COLUMN },
	ACTION(ColumnDefault) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(DropNotNull) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(SetNotNull) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(DropExpression) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(SetStatistics) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(SetOptions) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(ResetOptions) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(SetStorage) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(SetCompression) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(DropColumn) = { TOUCH_DROP, TARGET_COLUMN },
	ACTION(AddConstraint) = { TOUCH_CREATE, TARGET_CONSTRAINT },
	ACTION(AlterConstraint) = { TOUCH_ALTER, TARGET_CONSTRAINT },
	/* A check may call functions; which constraint it is cannot be seen. */
	ACTION(ValidateConstraint) = { TOUCH_ALTER, TARGET_CONSTRAINT, .runs_code = true },
	ACTION(AddIndexConstraint) = { TOUCH_CREATE, TARGET_CONSTRAINT },
	ACTION(DropConstraint) = { TOUCH_DROP, TARGET_CONSTRAINT },
	ACTION(AlterColumnType) = { TOUCH_ALTER, TARGET_COLUMN, .rewrites = true },
	ACTION(AlterColumnGenericOptions) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(ChangeOwner) = { TOUCH_GRANT, TARGET_OWNER },
	ACTION(SetLogged) = { .target = TARGET_TABLE, .rewrites = true },
	ACTION(SetUnLogged) = { .target = TARGET_TABLE, .rewrites = true },
	ACTION(SetAccessMethod) = { .target = TARGET_TABLE, .rewrites = true },
	ACTION(SetTableSpace) = { .target = TARGET_TABLE, .rewrites = true },
	ACTION(EnableTrig) = { TOUCH_ALTER, TARGET_TRIGGER },
	ACTION(EnableAlwaysTrig) = { TOUCH_ALTER, TARGET_TRIGGER },
	ACTION(EnableReplicaTrig) = { TOUCH_ALTER, TARGET_TRIGGER },
	ACTION(DisableTrig) = { TOUCH_ALTER, TARGET_TRIGGER },
	ACTION(EnableRule) = { TOUCH_ALTER, TARGET_RULE },
	ACTION(EnableAlwaysRule) = { TOUCH_ALTER, TARGET_RULE },
	ACTION(EnableReplicaRule) = { TOUCH_ALTER, TARGET_RULE },
	ACTION(DisableRule) = { TOUCH_ALTER, TARGET_RULE },
	ACTION(AddIdentity) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(SetIdentity) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(DropIdentity) = { TOUCH_ALTER, TARGET_COLUMN },
	ACTION(ReAddStatistics) = { .target = TARGET_TABLE },
};

static enum object_kind part_kind(enum target target)
{
	switch (target) {
	case TARGET_COLUMN:
		return OBJECT_COLUMN;
	case TARGET_CONSTRAINT:
		return OBJECT_CONSTRAINT;
	case TARGET_TRIGGER:
		return OBJECT_TRIGGER;
	case TARGET_RULE:
		return OBJECT_RULE;
	case TARGET_TABLE:
	case TARGET_OWNER:
		break;
	}
	return OBJECT_TABLE;
}

/* The name of what is altered: in the action itself or in what it adds. */
static const char *part_name(const PgQuery__AlterTableCmd *cmd)
{
	if (*cmd->name)
		return cmd->name;
	if (cmd->def && cmd->def->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
		return cmd->def->column_def->colname;
	if (cmd->def && cmd->def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
		return cmd->def->constraint->conname;
	if (cmd->def && cmd->def->node_case == PG_QUERY__NODE__NODE_INDEX_STMT)
		return cmd->def->index_stmt->idxname;
	return NULL;
}

static void touch_altered(struct facts *f, const PgQuery__AlterTableStmt *alter, const PgQuery__AlterTableCmd *cmd,
			  const struct action *action)
{
	enum object_kind kind = facts_kind(alter->objtype);
	const char *part = part_name(cmd);
	if (action->target == TARGET_OWNER) {
		facts_relation(f, TOUCH_GRANT, kind, alter->relation);
		facts_role(f, TOUCH_READ, cmd->newowner);
	} else if (action->target == TARGET_TABLE || kind != OBJECT_TABLE || !part || !*part) {
		facts_relation(f, TOUCH_ALTER, kind, alter->relation);
	} else {
		facts_part(f, action->verb, part_kind(action->target), alter->relation, part);
	}
}

/* INHERIT, ATTACH PARTITION and their opposites change both tables. */
static void read_partition(struct facts *f, const PgQuery__AlterTableStmt *alter, const PgQuery__PartitionCmd *cmd)
{
	facts_relation(f, TOUCH_ALTER, facts_kind(alter->objtype), cmd->name);
	facts_walk(f, cmd->bound);
	if (cmd->concurrent)
		f->stmt->no_tx = NO_TX_CONCURRENTLY;
}

/* A column whose value is another in each row cannot be added without writing every row. */
static bool column_rewrites(const PgQuery__ColumnDef *column)
{
	static const char *const changing[] = { "random", "gen_random_uuid", "clock_timestamp", "timeofday", "nextval",
						"uuid_generate_v1", "uuid_generate_v4", "uuid_generate_v1mc" };
	const char *type = column->type_name && column->type_name->n_names
				   ? node_text(column->type_name->names[column->type_name->n_names - 1])
				   : NULL;
	if (type && (strcmp(type, "serial") == 0 || strcmp(type, "bigserial") == 0 || strcmp(type, "smallserial") == 0))
		return true;
	for (size_t i = 0; i < column->n_constraints; i++) {
		const PgQuery__Constraint *c = column->constraints[i]->constraint;
		if (c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY || c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED)
			return true;
		const PgQuery__Node *value = c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT ? c->raw_expr : NULL;
		if (!value || value->node_case != PG_QUERY__NODE__NODE_FUNC_CALL)
			continue;
		const char *name = node_text(value->func_call->funcname[value->func_call->n_funcname - 1]);
		if (!name || !function_is_harmless(name))
			return true;
		for (size_t k = 0; k < LEN(changing); k++)
			if (strcmp(name, changing[k]) == 0)
				return true;
	}
	return false;
}

static void read_definition(struct facts *f, const PgQuery__AlterTableStmt *alter, const PgQuery__AlterTableCmd *cmd)
{
	const PgQuery__Node *def = cmd->def;
	if (!def)
		return;
	bool stored = f->stored;
	/* A new default, unlike that of a new column, is not evaluated now. */
	f->stored = stored || cmd->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault;
	if (def->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF) {
		read_column(f, def->column_def);
		if (cmd->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn && column_rewrites(def->column_def))
			f->stmt->is_rewrite = true;
	} else if (def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
		read_constraint(f, def->constraint);
	} else if (def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD) {
		read_partition(f, alter, def->partition_cmd);
	} else if (def->node_case == PG_QUERY__NODE__NODE_RANGE_VAR) {
		facts_relation(f, TOUCH_ALTER, OBJECT_TABLE, def->range_var);
	} else {
		facts_walk(f, def);
	}
	f->stored = stored;
}

void read_alter_table(struct facts *f, const void *message)
{
	const PgQuery__AlterTableStmt *alter = message;
	facts_tag(f, "ALTER", alter->objtype);
	for (size_t i = 0; i < alter->n_cmds; i++) {
		const PgQuery__AlterTableCmd *cmd = alter->cmds[i]->alter_table_cmd;
		static const struct action whole = { .target = TARGET_TABLE };
		const struct action *action = (size_t)cmd->subtype < LEN(actions) ? &actions[cmd->subtype] : &whole;
		touch_altered(f, alter, cmd, action);
		read_definition(f, alter, cmd);
		f->stmt->is_rewrite |= action->rewrites;
		if (action->runs_code || cmd->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
			facts_opaque(f);
	}
}

/*
 * What belongs to tables
 */

void read_index(struct facts *f, const void *message)
{
	const PgQuery__IndexStmt *index = message;
	facts_relation(f, TOUCH_ALTER, OBJECT_TABLE, index->relation);
	if (*index->idxname)
		facts_touch(f, TOUCH_CREATE, OBJECT_INDEX,
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
	if (option && option->arg && option->arg->node_case == PG_QUERY__NODE__NODE_LIST && option->arg->list->n_items > 1)
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

/* ALTER TABLE ALL IN TABLESPACE: which ones, nobody can tell from the text. */
void read_move_all(struct facts *f, const void *message)
{
	const PgQuery__AlterTableMoveAllStmt *move = message;
	facts_tag(f, "ALTER", move->objtype);
	facts_opaque(f);
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
		facts_relation(f, full ? TOUCH_LOCK : TOUCH_READ, OBJECT_TABLE, vacuum->rels[i]->vacuum_relation->relation);
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
