#include "sql/facts.h"

#include "sql/lex.h"

/* One name of a list such as: a, "B", "$user".  Moves behind the comma. */
static struct str next_schema(struct arena *arena, struct str *list)
{
	struct str rest = str_trim(*list), name = { 0 };
	if (str_starts(rest, STR("\""))) {
		struct token token = lex_token(rest, 0);
		name = token_name(arena, rest, &token);
		str_cut(str_slice(rest, token.to, rest.len), ',', &rest, list);
		return name;
	}
	str_cut(rest, ',', &name, list);
	name = str_trim(name);
	char *folded = str_dup(arena, name);
	for (size_t i = 0; i < name.len; i++)
		folded[i] = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] + 32) : name.ptr[i];
	return (struct str){ folded, name.len };
}

static void add_schema(struct facts *f, struct str name)
{
	if (name.len)
		vec_push(f->arena, &f->stmt->path, (struct str){ str_dup(f->arena, name), name.len });
}

/* The value of search_path as set_config() takes it: one text. */
static void set_path_text(struct facts *f, const char *text, bool local)
{
	f->stmt->sets_path = true;
	f->stmt->path_is_local = local;
	f->stmt->path = (struct strs){ 0 };
	for (struct str rest = str_of(text); rest.len;)
		add_schema(f, next_schema(f->scratch, &rest));
}

static bool is_true(const PgQuery__Node *node)
{
	while (node && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
		node = node->type_cast->arg;
	if (!node || node->node_case != PG_QUERY__NODE__NODE_A_CONST)
		return false;
	if (node->a_const->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL)
		return node->a_const->boolval->boolval;
	const char *text = node_text(node);
	return text && (text[0] | 0x20) == 't';
}

static bool names_role(const char *name)
{
	return str_eq_nocase(str_of(name), STR("role")) || str_eq_nocase(str_of(name), STR("session_authorization"));
}

void read_set_config(struct facts *f, const PgQuery__FuncCall *call)
{
	f->stmt->may_set = true;
	const char *name = call->n_args == 3 ? node_text(call->args[0]) : NULL;
	if (!name) {
		facts_opaque(f);
	} else if (names_role(name)) {
		f->stmt->sets_role = true;
	} else if (str_eq_nocase(str_of(name), STR("search_path"))) {
		const char *value = node_text(call->args[1]);
		if (value)
			set_path_text(f, value, is_true(call->args[2]));
		else
			facts_opaque(f);
	}
}

bool is_session_set(const PgQuery__SelectStmt *select)
{
	bool session = false;
	if (!select->n_target_list || select->n_from_clause || select->with_clause || select->where_clause ||
	    select->larg)
		return false;
	for (size_t i = 0; i < select->n_target_list; i++) {
		const PgQuery__Node *value = select->target_list[i]->res_target->val;
		if (!value || value->node_case != PG_QUERY__NODE__NODE_FUNC_CALL)
			return false;
		const PgQuery__FuncCall *call = value->func_call;
		if (!is_system_function(call, "set_config") || call->n_args != 3)
			return false;
		session = session || !is_true(call->args[2]);
	}
	return session;
}

static void set_path(struct facts *f, const PgQuery__VariableSetStmt *set)
{
	struct stmt *stmt = f->stmt;
	stmt->path_is_local = set->is_local;
	if (set->kind != PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE) {
		stmt->resets_path = true;
		return;
	}
	stmt->sets_path = true;
	for (size_t i = 0; i < set->n_args; i++)
		if (node_text(set->args[i]))
			add_schema(f, str_of(node_text(set->args[i])));
}

/* SET standard_conforming_strings = off: from there on the server reads '...' in another way than we do. */
static bool sets_old_strings(const PgQuery__VariableSetStmt *set)
{
	static const char *const off[] = { "off", "false", "no", "0", "f" };
	const char *value = set->n_args ? node_text(set->args[0]) : NULL;
	if (!value || !str_eq_nocase(str_of(set->name), STR("standard_conforming_strings")))
		return false;
	for (size_t i = 0; i < LEN(off); i++)
		if (str_eq_nocase(str_of(value), str_of(off[i])))
			return true;
	return false;
}

void read_set(struct facts *f, const void *message)
{
	const PgQuery__VariableSetStmt *set = message;
	struct stmt *stmt = f->stmt;
	bool reset = set->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET ||
		set->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL;
	stmt->tag = reset ? "RESET" : "SET";
	/* SET TRANSACTION is about this transaction only. */
	if (str_starts(str_of(set->name), STR("TRANSACTION")))
		return;
	stmt->kind = set->is_local ? STMT_SQL : STMT_SET;
	stmt->may_set = true;
	stmt->sets_role = names_role(set->name);
	stmt->old_strings = sets_old_strings(set);
	if (set->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL)
		stmt->resets_path = true;
	else if (str_eq_nocase(str_of(set->name), STR("search_path")))
		set_path(f, set);
}

void read_discard(struct facts *f, const void *message)
{
	const PgQuery__DiscardStmt *discard = message;
	f->stmt->kind = STMT_SET;
	f->stmt->may_set = true;
	if (discard->target != PG_QUERY__DISCARD_MODE__DISCARD_ALL)
		return;
	f->stmt->no_tx = NO_TX_STATEMENT;
	f->stmt->sets_role = true;
	f->stmt->resets_path = true;
}

static const struct {
	const char *tag;
	enum stmt_kind kind;
	enum no_tx no_tx;
} transactions[] = {
	[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN] = { "BEGIN", STMT_BEGIN, NO_TX_NOT },
	[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START] = { "START TRANSACTION", STMT_BEGIN, NO_TX_NOT },
	[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT] = { "COMMIT", STMT_COMMIT, NO_TX_NOT },
	[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK] = { "ROLLBACK", STMT_ROLLBACK, NO_TX_NOT },
	[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT] = { "SAVEPOINT", STMT_SQL, NO_TX_NOT },
	[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE] = { "RELEASE", STMT_SQL, NO_TX_NOT },
	[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO] = { "ROLLBACK TO", STMT_SQL, NO_TX_NOT },
	[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_PREPARE] = { "PREPARE TRANSACTION", STMT_TWO_PHASE, NO_TX_NOT },
	[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT_PREPARED] = { "COMMIT PREPARED", STMT_TWO_PHASE,
									  NO_TX_STATEMENT },
	[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_PREPARED] = { "ROLLBACK PREPARED", STMT_TWO_PHASE,
									    NO_TX_STATEMENT },
};

void read_transaction(struct facts *f, const void *message)
{
	const PgQuery__TransactionStmt *transaction = message;
	if ((size_t)transaction->kind >= LEN(transactions) || !transactions[transaction->kind].tag)
		return;
	f->stmt->tag = transactions[transaction->kind].tag;
	f->stmt->kind = transactions[transaction->kind].kind;
	f->stmt->no_tx = transactions[transaction->kind].no_tx;
	f->stmt->chain = transaction->chain;
}

void read_system(struct facts *f, const void *message)
{
	(void)message;
	f->stmt->no_tx = NO_TX_STATEMENT;
}

void read_load(struct facts *f, const void *message)
{
	(void)message;
	facts_opaque(f);
}
