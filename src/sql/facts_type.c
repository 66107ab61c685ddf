#include "sql/facts.h"

void read_function(struct facts *f, const void *message)
{
	const PgQuery__CreateFunctionStmt *create = message;
	f->stmt->tag = create->is_procedure ? "CREATE PROCEDURE" : "CREATE FUNCTION";
	facts_named(f, create->replace ? TOUCH_REPLACE : TOUCH_CREATE, OBJECT_FUNCTION, create->n_funcname,
		    create->funcname);
	for (size_t i = 0; i < create->n_parameters; i++)
		facts_walk_stored(f, create->parameters[i]);
	facts_walk_stored(f, create->return_type);
	facts_walk_stored(f, create->sql_body);
}

void read_alter_function(struct facts *f, const void *message)
{
	const PgQuery__AlterFunctionStmt *alter = message;
	facts_tag(f, "ALTER", alter->objtype);
	facts_named(f, TOUCH_ALTER, OBJECT_FUNCTION, alter->func->n_objname, alter->func->objname);
}

/* CREATE AGGREGATE, OPERATOR, TYPE, COLLATION, TEXT SEARCH ... */
void read_define(struct facts *f, const void *message)
{
	const PgQuery__DefineStmt *define = message;
	facts_tag(f, "CREATE", define->kind);
	facts_named(f, define->replace ? TOUCH_REPLACE : TOUCH_CREATE, facts_kind(define->kind), define->n_defnames,
		    define->defnames);
}

void read_enum(struct facts *f, const void *message)
{
	const PgQuery__CreateEnumStmt *create = message;
	facts_named(f, TOUCH_CREATE, OBJECT_TYPE, create->n_type_name, create->type_name);
}

void read_alter_enum(struct facts *f, const void *message)
{
	const PgQuery__AlterEnumStmt *alter = message;
	struct stmt *stmt = f->stmt;
	facts_named(f, TOUCH_ALTER, OBJECT_TYPE, alter->n_type_name, alter->type_name);
	/* With an old value it is RENAME VALUE, which a transaction may use at once. */
	if (*alter->old_val || !f->touches.len)
		return;
	const struct touch *touch = &f->touches.ptr[f->touches.len - 1];
	stmt->enum_schema = touch->schema;
	stmt->enum_type = touch->name;
	stmt->enum_value = str_of(arena_strdup(f->arena, alter->new_val));
}

void read_range(struct facts *f, const void *message)
{
	const PgQuery__CreateRangeStmt *create = message;
	facts_named(f, TOUCH_CREATE, OBJECT_TYPE, create->n_type_name, create->type_name);
}

void read_composite(struct facts *f, const void *message)
{
	const PgQuery__CompositeTypeStmt *create = message;
	facts_relation(f, TOUCH_CREATE, OBJECT_TYPE, create->typevar);
	for (size_t i = 0; i < create->n_coldeflist; i++)
		facts_walk_stored(f, create->coldeflist[i]);
}

void read_domain(struct facts *f, const void *message)
{
	const PgQuery__CreateDomainStmt *create = message;
	facts_named(f, TOUCH_CREATE, OBJECT_TYPE, create->n_domainname, create->domainname);
	facts_walk_stored(f, create->type_name);
	for (size_t i = 0; i < create->n_constraints; i++)
		facts_walk_stored(f, create->constraints[i]);
}

void read_alter_domain(struct facts *f, const void *message)
{
	const PgQuery__AlterDomainStmt *alter = message;
	facts_named(f, TOUCH_ALTER, OBJECT_TYPE, alter->n_type_name, alter->type_name);
	/* C: a new constraint, tried on every column of the type; V: the same for one that is there; T: the default. */
	if (alter->subtype[0] == 'C')
		facts_walk(f, alter->def);
	else
		facts_walk_stored(f, alter->def);
	if (alter->subtype[0] == 'V' || alter->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
		facts_opaque(f);
}

void read_alter_type(struct facts *f, const void *message)
{
	const PgQuery__AlterTypeStmt *alter = message;
	facts_named(f, TOUCH_ALTER, OBJECT_TYPE, alter->n_type_name, alter->type_name);
}

static const char *type_text(const PgQuery__TypeName *type)
{
	const char *text = type && type->n_names ? node_text(type->names[type->n_names - 1]) : NULL;
	return text ? text : "";
}

void read_cast(struct facts *f, const void *message)
{
	const PgQuery__CreateCastStmt *create = message;
	facts_plain(f, TOUCH_CREATE, OBJECT_OTHER,
		    arena_printf(f->scratch, "%s %s", type_text(create->sourcetype), type_text(create->targettype)));
	if (create->func)
		facts_named(f, TOUCH_READ, OBJECT_FUNCTION, create->func->n_objname, create->func->objname);
}

void read_conversion(struct facts *f, const void *message)
{
	const PgQuery__CreateConversionStmt *create = message;
	facts_named(f, TOUCH_CREATE, OBJECT_OTHER, create->n_conversion_name, create->conversion_name);
}

void read_operator_class(struct facts *f, const void *message)
{
	const PgQuery__CreateOpClassStmt *create = message;
	facts_named(f, TOUCH_CREATE, OBJECT_OTHER, create->n_opclassname, create->opclassname);
	facts_named(f, TOUCH_ALTER, OBJECT_OTHER, create->n_opfamilyname, create->opfamilyname);
}

void read_operator_family(struct facts *f, const void *message)
{
	const PgQuery__CreateOpFamilyStmt *create = message;
	facts_named(f, TOUCH_CREATE, OBJECT_OTHER, create->n_opfamilyname, create->opfamilyname);
}

void read_alter_operator_family(struct facts *f, const void *message)
{
	const PgQuery__AlterOpFamilyStmt *alter = message;
	facts_named(f, TOUCH_ALTER, OBJECT_OTHER, alter->n_opfamilyname, alter->opfamilyname);
}

void read_alter_operator(struct facts *f, const void *message)
{
	const PgQuery__AlterOperatorStmt *alter = message;
	facts_named(f, TOUCH_ALTER, OBJECT_OTHER, alter->opername->n_objname, alter->opername->objname);
}

void read_transform(struct facts *f, const void *message)
{
	const PgQuery__CreateTransformStmt *create = message;
	facts_plain(f, create->replace ? TOUCH_REPLACE : TOUCH_CREATE, OBJECT_OTHER,
		    arena_printf(f->scratch, "%s %s", type_text(create->type_name), create->lang));
}

/* Its handlers come from a library. */
void read_language(struct facts *f, const void *message)
{
	const PgQuery__CreatePLangStmt *create = message;
	facts_plain(f, create->replace ? TOUCH_REPLACE : TOUCH_CREATE, OBJECT_OTHER, create->plname);
	facts_opaque(f);
}

void read_access_method(struct facts *f, const void *message)
{
	const PgQuery__CreateAmStmt *create = message;
	facts_plain(f, TOUCH_CREATE, OBJECT_OTHER, create->amname);
}

void read_dictionary(struct facts *f, const void *message)
{
	const PgQuery__AlterTSDictionaryStmt *alter = message;
	facts_named(f, TOUCH_ALTER, OBJECT_OTHER, alter->n_dictname, alter->dictname);
}

void read_text_config(struct facts *f, const void *message)
{
	const PgQuery__AlterTSConfigurationStmt *alter = message;
	facts_named(f, TOUCH_ALTER, OBJECT_OTHER, alter->n_cfgname, alter->cfgname);
}

void read_collation(struct facts *f, const void *message)
{
	const PgQuery__AlterCollationStmt *alter = message;
	facts_named(f, TOUCH_ALTER, OBJECT_OTHER, alter->n_collname, alter->collname);
}
