#include "sql/facts.h"

static struct str keep(struct facts *f, const char *text)
{
	return text ? str_of(arena_strdup(f->arena, text)) : (struct str){ 0 };
}

/* Objects of these kinds are in no schema, which is told apart from "the name has none". */
static const struct str nowhere = { "", 0 };

static bool same(const struct touch *a, const struct touch *b)
{
	return a->verb == b->verb && a->kind == b->kind && str_eq(a->schema, b->schema) && str_eq(a->name, b->name) &&
		str_eq(a->part, b->part) && !a->schema.ptr == !b->schema.ptr;
}

static bool lives_in_schema(enum object_kind kind)
{
	return kind != OBJECT_SCHEMA && kind != OBJECT_ROLE && kind != OBJECT_EXTENSION && kind != OBJECT_DATABASE &&
		kind != OBJECT_PUBLICATION && kind != OBJECT_SUBSCRIPTION && kind != OBJECT_EVENT_TRIGGER;
}

void facts_touch(struct facts *f, enum touch_verb verb, enum object_kind kind, struct name name)
{
	const char *schema = name.schema && *name.schema ? name.schema : lives_in_schema(kind) ? f->in_schema : NULL;
	struct touch touch = {
		.verb = verb,
		.kind = kind,
		.schema = str_of(schema),
		.name = str_of(name.name ? name.name : ""),
		.part = str_of(name.part),
		.offset = name.location > 0 ? (size_t)name.location : 0,
	};
	/* The same table twice in a query says nothing more; the few touches of a statement need no map. */
	for (size_t i = f->touches.len > 64 ? f->touches.len - 64 : 0; i < f->touches.len; i++)
		if (same(&f->touches.ptr[i], &touch))
			return;
	touch.schema = keep(f, schema);
	touch.name = keep(f, touch.name.ptr);
	touch.part = keep(f, name.part);
	vec_push(f->scratch, &f->touches, touch);
}

void facts_plain(struct facts *f, enum touch_verb verb, enum object_kind kind, const char *name)
{
	size_t before = f->touches.len;
	const char *in_schema = f->in_schema;
	f->in_schema = NULL;
	facts_touch(f, verb, kind, (struct name){ .name = name });
	f->in_schema = in_schema;
	if (f->touches.len > before && kind == OBJECT_OTHER)
		f->touches.ptr[before].schema = nowhere;
}

/* CREATE TEMP TABLE t is pg_temp.t. */
static const char *relation_schema(enum touch_verb verb, const PgQuery__RangeVar *relation)
{
	bool creates = verb == TOUCH_CREATE || verb == TOUCH_REPLACE;
	bool temporary = relation->relpersistence && relation->relpersistence[0] == 't';
	return creates && temporary && !*relation->schemaname ? "pg_temp" : relation->schemaname;
}

void facts_part(struct facts *f, enum touch_verb verb, enum object_kind kind, const PgQuery__RangeVar *relation,
		const char *part)
{
	if (!relation)
		return;
	facts_touch(f, verb, kind,
		    (struct name){ relation_schema(verb, relation), relation->relname, part && *part ? part : NULL,
				   relation->location });
}

void facts_relation(struct facts *f, enum touch_verb verb, enum object_kind kind, const PgQuery__RangeVar *relation)
{
	facts_part(f, verb, kind, relation, NULL);
}

void facts_role(struct facts *f, enum touch_verb verb, const PgQuery__RoleSpec *role)
{
	if (!role || role->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC)
		return;
	const char *name = role->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CSTRING ? role->rolename
		: role->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_SESSION_USER     ? "session_user"
											: "current_user";
	facts_touch(f, verb, OBJECT_ROLE, (struct name){ .name = name, .location = role->location });
}

const char *node_text(const PgQuery__Node *node)
{
	if (!node)
		return NULL;
	if (node->node_case == PG_QUERY__NODE__NODE_STRING)
		return node->string->sval;
	if (node->node_case == PG_QUERY__NODE__NODE_A_CONST && node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL)
		return node->a_const->sval->sval;
	if (node->node_case == PG_QUERY__NODE__NODE_TYPE_NAME && node->type_name->n_names)
		return node_text(node->type_name->names[node->type_name->n_names - 1]);
	return NULL;
}

/* The last of the names is the object's, the one before it the schema's; a database in front of both is the present one. */
static struct name name_of(size_t n, PgQuery__Node *const *names)
{
	return (struct name){
		.name = n > 0 ? node_text(names[n - 1]) : NULL,
		.schema = n > 1 ? node_text(names[n - 2]) : NULL,
	};
}

void facts_named(struct facts *f, enum touch_verb verb, enum object_kind kind, size_t n, PgQuery__Node *const *names)
{
	if (n)
		facts_touch(f, verb, kind, name_of(n, names));
}

void facts_type(struct facts *f, enum touch_verb verb, const PgQuery__TypeName *type)
{
	if (!type)
		return;
	struct name name = name_of(type->n_names, type->names);
	name.location = type->location;
	facts_touch(f, verb, OBJECT_TYPE, name);
}

/* How the grammar names objects of a type, where it is not simply a name with dots. */
enum form {
	FORM_NAME,
	FORM_PART,   /* table and, last, the part of it */
	FORM_PLAIN,  /* in no schema */
	FORM_METHOD, /* first the access method, then the name */
	FORM_PAIR,   /* two things, such as the types of a cast */
};

struct type_row {
	const char *text;
	enum object_kind kind;
	enum form form;
};

#define TYPE(name) [PG_QUERY__OBJECT_TYPE__OBJECT_##name]

static const struct type_row types[] = {
	TYPE(ACCESS_METHOD) = { "ACCESS METHOD", OBJECT_OTHER, FORM_PLAIN },
	TYPE(AGGREGATE) = { "AGGREGATE", OBJECT_FUNCTION, FORM_NAME },
	TYPE(ATTRIBUTE) = { "TYPE", OBJECT_TYPE, FORM_NAME },
	TYPE(CAST) = { "CAST", OBJECT_OTHER, FORM_PAIR },
	TYPE(COLUMN) = { "COLUMN", OBJECT_COLUMN, FORM_PART },
	TYPE(COLLATION) = { "COLLATION", OBJECT_OTHER, FORM_NAME },
	TYPE(CONVERSION) = { "CONVERSION", OBJECT_OTHER, FORM_NAME },
	TYPE(DATABASE) = { "DATABASE", OBJECT_DATABASE, FORM_PLAIN },
	TYPE(DOMAIN) = { "DOMAIN", OBJECT_TYPE, FORM_NAME },
	TYPE(DOMCONSTRAINT) = { "DOMAIN", OBJECT_TYPE, FORM_PAIR },
	TYPE(EVENT_TRIGGER) = { "EVENT TRIGGER", OBJECT_EVENT_TRIGGER, FORM_PLAIN },
	TYPE(EXTENSION) = { "EXTENSION", OBJECT_EXTENSION, FORM_PLAIN },
	TYPE(FDW) = { "FOREIGN DATA WRAPPER", OBJECT_OTHER, FORM_PLAIN },
	TYPE(FOREIGN_SERVER) = { "SERVER", OBJECT_OTHER, FORM_PLAIN },
	TYPE(FOREIGN_TABLE) = { "FOREIGN TABLE", OBJECT_TABLE, FORM_NAME },
	TYPE(FUNCTION) = { "FUNCTION", OBJECT_FUNCTION, FORM_NAME },
	TYPE(INDEX) = { "INDEX", OBJECT_INDEX, FORM_NAME },
	TYPE(LANGUAGE) = { "LANGUAGE", OBJECT_OTHER, FORM_PLAIN },
	TYPE(LARGEOBJECT) = { "LARGE OBJECT", OBJECT_OTHER, FORM_PLAIN },
	TYPE(MATVIEW) = { "MATERIALIZED VIEW", OBJECT_MATVIEW, FORM_NAME },
	TYPE(OPCLASS) = { "OPERATOR CLASS", OBJECT_OTHER, FORM_METHOD },
	TYPE(OPERATOR) = { "OPERATOR", OBJECT_OTHER, FORM_NAME },
	TYPE(OPFAMILY) = { "OPERATOR FAMILY", OBJECT_OTHER, FORM_METHOD },
	TYPE(PARAMETER_ACL) = { "PARAMETER", OBJECT_OTHER, FORM_PLAIN },
	TYPE(POLICY) = { "POLICY", OBJECT_POLICY, FORM_PART },
	TYPE(PROCEDURE) = { "PROCEDURE", OBJECT_FUNCTION, FORM_NAME },
	TYPE(PUBLICATION) = { "PUBLICATION", OBJECT_PUBLICATION, FORM_PLAIN },
	TYPE(ROLE) = { "ROLE", OBJECT_ROLE, FORM_PLAIN },
	TYPE(ROUTINE) = { "ROUTINE", OBJECT_FUNCTION, FORM_NAME },
	TYPE(RULE) = { "RULE", OBJECT_RULE, FORM_PART },
	TYPE(SCHEMA) = { "SCHEMA", OBJECT_SCHEMA, FORM_PLAIN },
	TYPE(SEQUENCE) = { "SEQUENCE", OBJECT_SEQUENCE, FORM_NAME },
	TYPE(SUBSCRIPTION) = { "SUBSCRIPTION", OBJECT_SUBSCRIPTION, FORM_PLAIN },
	TYPE(STATISTIC_EXT) = { "STATISTICS", OBJECT_OTHER, FORM_NAME },
	TYPE(TABCONSTRAINT) = { "CONSTRAINT", OBJECT_CONSTRAINT, FORM_PART },
	TYPE(TABLE) = { "TABLE", OBJECT_TABLE, FORM_NAME },
	TYPE(TABLESPACE) = { "TABLESPACE", OBJECT_OTHER, FORM_PLAIN },
	TYPE(TRANSFORM) = { "TRANSFORM", OBJECT_OTHER, FORM_PAIR },
	TYPE(TRIGGER) = { "TRIGGER", OBJECT_TRIGGER, FORM_PART },
	TYPE(TSCONFIGURATION) = { "TEXT SEARCH CONFIGURATION", OBJECT_OTHER, FORM_NAME },
	TYPE(TSDICTIONARY) = { "TEXT SEARCH DICTIONARY", OBJECT_OTHER, FORM_NAME },
	TYPE(TSPARSER) = { "TEXT SEARCH PARSER", OBJECT_OTHER, FORM_NAME },
	TYPE(TSTEMPLATE) = { "TEXT SEARCH TEMPLATE", OBJECT_OTHER, FORM_NAME },
	TYPE(TYPE) = { "TYPE", OBJECT_TYPE, FORM_NAME },
	TYPE(USER_MAPPING) = { "USER MAPPING", OBJECT_OTHER, FORM_PLAIN },
	TYPE(VIEW) = { "VIEW", OBJECT_VIEW, FORM_NAME },
};

static const struct type_row *row_of(PgQuery__ObjectType type)
{
	static const struct type_row unknown = { "OBJECT", OBJECT_OTHER, FORM_NAME };
	return (size_t)type < LEN(types) && types[type].text ? &types[type] : &unknown;
}

enum object_kind facts_kind(PgQuery__ObjectType type)
{
	return row_of(type)->kind;
}

const char *facts_type_text(PgQuery__ObjectType type)
{
	return row_of(type)->text;
}

void facts_tag(struct facts *f, const char *verb, PgQuery__ObjectType type)
{
	f->stmt->tag = arena_printf(f->arena, "%s %s", verb, facts_type_text(type));
}

/* CAST (a AS b), TRANSFORM FOR t LANGUAGE l, a constraint of a domain: lists of two. */
static void touch_pair(struct facts *f, enum touch_verb verb, PgQuery__ObjectType type, const PgQuery__List *list)
{
	if (type == PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT && list->n_items &&
	    list->items[0]->node_case == PG_QUERY__NODE__NODE_TYPE_NAME) {
		facts_type(f, verb, list->items[0]->type_name);
		return;
	}
	const char *first = list->n_items > 0 ? node_text(list->items[0]) : NULL;
	const char *second = list->n_items > 1 ? node_text(list->items[1]) : NULL;
	facts_plain(f, verb, OBJECT_OTHER, arena_printf(f->scratch, "%s %s", first ? first : "", second ? second : ""));
}

static void touch_list(struct facts *f, enum touch_verb verb, PgQuery__ObjectType type, const PgQuery__List *list)
{
	const struct type_row *row = row_of(type);
	size_t n = list->n_items;
	PgQuery__Node *const *items = list->items;
	if (row->form == FORM_PAIR) {
		touch_pair(f, verb, type, list);
	} else if (row->form == FORM_METHOD && n > 1) {
		facts_named(f, verb, row->kind, n - 1, items + 1);
	} else if (row->form == FORM_PART && n > 1) {
		struct name name = name_of(n - 1, items);
		name.part = node_text(items[n - 1]);
		facts_touch(f, verb, row->kind, name);
	} else {
		facts_named(f, verb, row->kind, n, items);
	}
}

void facts_object(struct facts *f, enum touch_verb verb, PgQuery__ObjectType type, const PgQuery__RangeVar *relation,
		  const PgQuery__Node *object)
{
	const struct type_row *row = row_of(type);
	if (relation)
		facts_part(f, verb, row->kind, relation, object ? node_text(object) : NULL);
	else if (!object)
		return;
	else if (object->node_case == PG_QUERY__NODE__NODE_LIST)
		touch_list(f, verb, type, object->list);
	else if (object->node_case == PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS)
		facts_named(f, verb, row->kind, object->object_with_args->n_objname, object->object_with_args->objname);
	else if (object->node_case == PG_QUERY__NODE__NODE_TYPE_NAME)
		facts_type(f, verb, object->type_name);
	else if (object->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
		facts_relation(f, verb, row->kind, object->range_var);
	else if (object->node_case == PG_QUERY__NODE__NODE_ROLE_SPEC)
		facts_role(f, verb, object->role_spec);
	else if (row->form == FORM_PLAIN)
		facts_plain(f, verb, row->kind, node_text(object));
	else
		facts_touch(f, verb, row->kind, (struct name){ .name = node_text(object) });
}

const PgQuery__DefElem *option_find(size_t n, PgQuery__Node *const *options, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (options[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
		    str_eq_nocase(str_of(options[i]->def_elem->defname), str_of(name)))
			return options[i]->def_elem;
	return NULL;
}

/* An option without a value is on; values are words, strings or numbers. */
bool option_is_on(size_t n, PgQuery__Node *const *options, const char *name)
{
	const PgQuery__DefElem *option = option_find(n, options, name);
	if (!option)
		return false;
	const PgQuery__Node *arg = option->arg;
	if (!arg)
		return true;
	if (arg->node_case == PG_QUERY__NODE__NODE_INTEGER)
		return arg->integer->ival != 0;
	if (arg->node_case == PG_QUERY__NODE__NODE_BOOLEAN)
		return arg->boolean->boolval;
	const char *text = node_text(arg);
	static const char *const off[] = { "false", "off", "no", "0", "f", "n" };
	for (size_t i = 0; text && i < LEN(off); i++)
		if (str_eq_nocase(str_of(text), str_of(off[i])))
			return false;
	return true;
}
