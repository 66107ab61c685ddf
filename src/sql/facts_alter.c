#include "sql/facts.h"

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
	static const char *const changing[] = {
		"random",  "gen_random_uuid",  "clock_timestamp",  "timeofday",
		"nextval", "uuid_generate_v1", "uuid_generate_v4", "uuid_generate_v1mc"
	};
	const char *type = column->type_name && column->type_name->n_names
		? node_text(column->type_name->names[column->type_name->n_names - 1])
		: NULL;
	if (type && (strcmp(type, "serial") == 0 || strcmp(type, "bigserial") == 0 || strcmp(type, "smallserial") == 0))
		return true;
	for (size_t i = 0; i < column->n_constraints; i++) {
		const PgQuery__Constraint *c = column->constraints[i]->constraint;
		if (c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY ||
		    c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED)
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
		facts_column(f, def->column_def);
		if (cmd->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn && column_rewrites(def->column_def))
			f->stmt->is_rewrite = true;
	} else if (def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
		facts_constraint(f, def->constraint);
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

/* ALTER TABLE ALL IN TABLESPACE: which ones, nobody can tell from the text. */
void read_move_all(struct facts *f, const void *message)
{
	const PgQuery__AlterTableMoveAllStmt *move = message;
	facts_tag(f, "ALTER", move->objtype);
	facts_opaque(f);
}
