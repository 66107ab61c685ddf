#include "sql/facts.h"

#include "sql/quote.h"

static bool is_system(const char *schema)
{
	return schema && (strcmp(schema, "pg_catalog") == 0 || strcmp(schema, "information_schema") == 0);
}

void facts_opaque(struct facts *f)
{
	if (f->stored)
		f->stmt->keeps_code = true;
	else
		f->stmt->opaque = true;
}

/* A query of something that may be a view: its functions run. */
static void read_relation(struct facts *f, const PgQuery__RangeVar *relation)
{
	for (const struct hidden *h = f->hidden; h && !*relation->schemaname; h = h->outer)
		if (strcmp(h->name, relation->relname) == 0)
			return;
	facts_relation(f, TOUCH_READ, OBJECT_TABLE, relation);
	if (!is_system(relation->schemaname))
		facts_opaque(f);
}

static bool is_builtin_type(const PgQuery__TypeName *type)
{
	const char *name = type->n_names ? node_text(type->names[type->n_names - 1]) : NULL;
	bool system = type->n_names < 2 || is_system(node_text(type->names[type->n_names - 2]));
	return name && system && type_is_builtin(name);
}

static void read_type(struct facts *f, const PgQuery__TypeName *type)
{
	if (type->pct_type && type->n_names > 2) {
		facts_touch(f, TOUCH_READ, OBJECT_TABLE,
			    (struct name){ .schema = node_text(type->names[type->n_names - 3]),
					   .name = node_text(type->names[type->n_names - 2]),
					   .location = type->location });
	} else if (!is_builtin_type(type)) {
		/* A domain has checks, a cast may have a function. */
		facts_opaque(f);
		if (type->n_names > 1)
			facts_type(f, TOUCH_READ, type);
	}
}

/*
 * Functions
 */

/* The string in a constant, also with a cast around it ('s'::regclass). */
static const char *constant(const PgQuery__Node *node)
{
	while (node && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
		node = node->type_cast->arg;
	return node && node->node_case == PG_QUERY__NODE__NODE_A_CONST ? node_text(node) : NULL;
}

bool is_system_function(const PgQuery__FuncCall *call, const char *name)
{
	size_t n = call->n_funcname;
	const char *schema = n > 1 ? node_text(call->funcname[n - 2]) : "pg_catalog";
	return schema && strcmp(schema, "pg_catalog") == 0 && strcmp(node_text(call->funcname[n - 1]), name) == 0;
}

/* nextval('s'), setval(pg_get_serial_sequence('t', 'c'), 1): the sequence is an object that changes. */
static void touch_sequence(struct facts *f, const PgQuery__FuncCall *call, const PgQuery__Node *node)
{
	const char *text = constant(node), *column = NULL;
	if (node->node_case == PG_QUERY__NODE__NODE_FUNC_CALL && node->func_call->n_args == 2 &&
	    is_system_function(node->func_call, "pg_get_serial_sequence")) {
		text = constant(node->func_call->args[0]);
		column = constant(node->func_call->args[1]);
	}
	struct str schema, name;
	if (!text || !sql_parse_name(f->scratch, str_of(text), &schema, &name)) {
		facts_opaque(f);
		return;
	}
	struct name touched = {
		.schema = schema.ptr ? str_dup(f->scratch, schema) : NULL,
		.name = str_dup(f->scratch, name),
		.location = call->location,
	};
	if (column)
		touched.name = arena_printf(f->scratch, "%s_%s_seq", touched.name, column);
	facts_touch(f, f->stored ? TOUCH_READ : TOUCH_WRITE, OBJECT_SEQUENCE, touched);
}

static void read_function_call(struct facts *f, const PgQuery__FuncCall *call)
{
	size_t n = call->n_funcname;
	const char *name = n ? node_text(call->funcname[n - 1]) : NULL,
		   *schema = n > 1 ? node_text(call->funcname[n - 2]) : NULL;
	if (!name)
		return;
	if (call->n_args && (is_system_function(call, "nextval") || is_system_function(call, "setval"))) {
		touch_sequence(f, call, call->args[0]);
	} else if (is_system_function(call, "set_config")) {
		if (!f->stored)
			read_set_config(f, call);
	} else if ((schema && !is_system(schema)) || !function_is_harmless(name)) {
		facts_opaque(f);
		facts_touch(f, TOUCH_READ, OBJECT_FUNCTION, (struct name){ schema, name, NULL, call->location });
	}
}

/*
 * The walk: through whatever a message holds, as the library's own descriptions of its messages tell
 */

static void walk_fields(struct facts *f, const ProtobufCMessage *message)
{
	const char *base = (const char *)message;
	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		if (field->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		const void *member = base + field->offset, *quantifier = base + field->quantifier_offset;
		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			size_t n = *(const size_t *)quantifier;
			ProtobufCMessage *const *all = *(ProtobufCMessage *const *const *)member;
			for (size_t k = 0; k < n; k++)
				facts_walk(f, all[k]);
		} else if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) ||
			   *(const uint32_t *)quantifier == field->id) {
			facts_walk(f, *(ProtobufCMessage *const *)member);
		}
	}
}

static void walk_operator(struct facts *f, const PgQuery__AExpr *expr)
{
	const char *name = expr->n_name ? node_text(expr->name[expr->n_name - 1]) : NULL;
	bool system = expr->n_name < 2 || is_system(node_text(expr->name[expr->n_name - 2]));
	bool named = expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP;
	if (!system || (named && name && !operator_is_builtin(name)))
		facts_opaque(f);
}

static void walk_node(struct facts *f, const PgQuery__Node *node)
{
	const ProtobufCMessage *message = node_message(node);
	if (node->node_case == PG_QUERY__NODE__NODE__NOT_SET || !message)
		return;
	if (node->node_case == PG_QUERY__NODE__NODE_SELECT_STMT)
		read_select(f, message);
	else if (node->node_case == PG_QUERY__NODE__NODE_INSERT_STMT)
		read_insert(f, message);
	else if (node->node_case == PG_QUERY__NODE__NODE_UPDATE_STMT)
		read_update(f, message);
	else if (node->node_case == PG_QUERY__NODE__NODE_DELETE_STMT)
		read_delete(f, message);
	else if (node->node_case == PG_QUERY__NODE__NODE_MERGE_STMT)
		read_merge(f, message);
	else
		facts_walk(f, message);
}

void facts_walk(struct facts *f, const void *message)
{
	const ProtobufCMessage *m = message;
	if (!m)
		return;
	if (m->descriptor == &pg_query__node__descriptor) {
		walk_node(f, message);
	} else if (m->descriptor == &pg_query__range_var__descriptor) {
		read_relation(f, message);
	} else if (m->descriptor == &pg_query__type_name__descriptor) {
		read_type(f, message);
	} else if (m->descriptor == &pg_query__select_stmt__descriptor) {
		read_select(f, message);
	} else {
		if (m->descriptor == &pg_query__func_call__descriptor)
			read_function_call(f, message);
		else if (m->descriptor == &pg_query__a__expr__descriptor)
			walk_operator(f, message);
		walk_fields(f, m);
	}
}

void facts_walk_all(struct facts *f, size_t n, PgQuery__Node *const *nodes)
{
	for (size_t i = 0; i < n; i++)
		facts_walk(f, nodes[i]);
}

void facts_walk_stored(struct facts *f, const void *message)
{
	bool stored = f->stored;
	f->stored = true;
	facts_walk(f, message);
	f->stored = stored;
}
