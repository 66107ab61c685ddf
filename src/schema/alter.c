#include "schema/alter.h"

#include <stdlib.h>

#include "schema/create.h"
#include "schema/kind.h"
#include "schema/list.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

/* The same grantee's other entry: with the option to grant it on, or without. */
static const struct object *other_entry(struct work *work, const struct object *grant)
{
	static const char option[] = " with grant option";
	struct str id = str_of(grant->id);
	const char *sign = object_get(grant, "_sign");
	if (!sign || *sign != '+')
		return NULL;
	return schema_find(work->to,
			   object_get(grant, "_grantable") ? arena_strndup(work->arena, id.ptr, id.len - strlen(option))
							   : arena_printf(work->arena, "%s%s", grant->id, option));
}

void regrant_columns(struct work *work, const struct object *relation, const char *grantee, const char *privileges,
		     struct statements *statements)
{
	struct strs gone = list_elements(work->arena, privileges);
	for (size_t i = 0; relation && i < relation->children.len; i++) {
		const struct object *column = relation->children.ptr[i];
		bool has_grants = column->kind == KIND_COLUMN || column->kind == KIND_VIEW_COLUMN;
		for (size_t k = 0; has_grants && k < column->children.len; k++) {
			const struct object *entry = column->children.ptr[k];
			if (entry->kind != KIND_GRANT || *object_get(entry, "_sign") != '+' ||
			    !same(object_get(entry, "_grantee"), grantee))
				continue;
			struct strs all = list_elements(work->arena, object_get(entry, "privileges"));
			struct strs others = list_elements(work->arena, list_difference(work->arena, &all, &gone));
			const char *both = list_difference(work->arena, &all, &others);
			if (*both)
				grant_privileges(work->arena, entry, both, true, statements);
		}
	}
}

/* What a grantee has with the option to grant it on, of the privileges that it lacks without: by default it has these, and not the option. */
static struct strs with_option(struct work *work, const struct schema *schema, const struct object *grant,
			       const char *sign)
{
	const char *id = grant->parent
		? arena_printf(work->arena, "grant on %s: %s %s%s", grant->parent->id, sign,
			       object_get(grant, "_grantee"), *sign == '+' ? " with grant option" : "")
		: "";
	const struct object *entry = schema_find(schema, id);
	return list_elements(work->arena, entry ? object_get(entry, "privileges") : NULL);
}

void take_privileges(struct work *work, const struct object *grant, const char *privileges,
		     struct statements *statements)
{
	const struct object *other = other_entry(work, grant);
	struct strs gone = list_elements(work->arena, privileges),
		    kept = list_elements(work->arena, other ? object_get(other, "privileges") : NULL);
	if (*object_get(grant, "_sign") == '+' && object_get(grant, "_grantable")) {
		struct strs usual = with_option(work, work->from, grant, "-");
		for (size_t i = 0; i < usual.len; i++)
			vec_push(work->arena, &kept, usual.ptr[i]);
	}
	const char *rest = kept.len ? list_difference(work->arena, &gone, &kept) : privileges;
	struct strs gone_for_good = list_elements(work->arena, rest);
	const char *changed = list_difference(work->arena, &gone, &gone_for_good);
	if (*rest)
		grant_privileges(work->arena, grant, rest, false, statements);
	if (*changed && object_get(grant, "_grantable"))
		grant_privileges(work->arena, grant, arena_printf(work->arena, "GRANT OPTION FOR %s", changed), false,
				 statements);
	if (grant->parent && *object_get(grant, "_sign") == '+')
		regrant_columns(work, counterpart(work->to, grant->parent), object_get(grant, "_grantee"), privileges,
				statements);
}

void give_privileges(struct work *work, const struct object *grant, const char *privileges,
		     struct statements *statements)
{
	bool takes = *object_get(grant, "_sign") == '-';
	if (takes && !object_get(grant, "_grantable")) {
		struct strs all = list_elements(work->arena, privileges), had = with_option(work, work->to, grant, "+");
		if (had.len)
			privileges = list_difference(work->arena, &all, &had);
	}
	if (*privileges)
		grant_privileges(work->arena, grant, privileges, true, statements);
	if (takes && grant->parent)
		regrant_columns(work, grant->parent, object_get(grant, "_grantee"), privileges, statements);
}

static void alter_privileges(struct work *work, const struct object *a, const struct object *b,
			     struct statements *statements)
{
	struct strs old = list_elements(work->arena, object_get(a, "privileges")),
		    new = list_elements(work->arena, object_get(b, "privileges"));
	const char *more = list_difference(work->arena, &new, &old), *less = list_difference(work->arena, &old, &new);
	if (*less)
		take_privileges(work, a, less, statements);
	if (*more)
		give_privileges(work, b, more, statements);
}

static void alter_mappings(struct work *work, const struct object *a, const struct object *b,
			   struct statements *statements)
{
	const char *texts[2] = { object_get(a, "mappings"), object_get(b, "mappings") };
	for (int side = 0; side < 2; side++) {
		struct str rest = str_of(texts[side]), one;
		bool more = texts[side] != NULL;
		while (more) {
			more = str_cut(rest, ';', &one, &rest);
			one = str_trim(one);
			struct str token = str_slice(one, 0, (size_t)str_find(one, STR(" ")));
			if (side == 0)
				ADD("ALTER TEXT SEARCH CONFIGURATION %s DROP MAPPING FOR " STR_FMT, b->ident,
				    STR_ARG(token));
			else
				ADD("ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR " STR_FMT, b->ident,
				    STR_ARG(one));
		}
	}
}

static void alter_subscription(struct work *work, const struct object *b, const char *name,
			       struct statements *statements)
{
	const char *value = object_get(b, name);
	if (is(name, "connection")) {
		ADD("ALTER SUBSCRIPTION %s CONNECTION %s", b->ident, value)->why =
			"passwords are not written down: add it";
		return;
	}
	if (is(value, "NONE")) /* an enabled one needs a slot */
		ADD("ALTER SUBSCRIPTION %s DISABLE", b->ident);
	ADD("ALTER SUBSCRIPTION %s SET (slot_name = %s)", b->ident, value);
}

static bool column_possible(const struct work *work, const struct object *a, const struct object *b,
			    const char *attribute, bool *ret_disturbs)
{
	if (is(attribute, "type") || is(attribute, "collation")) {
		*ret_disturbs = true;
		return !(object_get(a, "generated") && !object_get(b, "generated"));
	}
	if (is(attribute, "generated")) {
		const char *old = object_get(a, "generated"), *new = object_get(b, "generated");
		if (!new)
			return strstr(old, " VIRTUAL") == NULL;
		*ret_disturbs = true;
		return old && work->from->server_version >= 170000 && is(strrchr(old, ')'), strrchr(new, ')'));
	}
	return true;
}

bool special_possible(const struct work *work, const struct object *a, const struct object *b, const char *attribute,
		      bool *ret_disturbs)
{
	if (a->kind == KIND_COLUMN)
		return column_possible(work, a, b, attribute, ret_disturbs);
	if (a->kind == KIND_ENUM && !labels_added_only(work->arena, object_get(a, "labels"), object_get(b, "labels")))
		*ret_disturbs = true;
	if (a->kind == KIND_DOMAIN)
		*ret_disturbs = true;
	if (a->kind == KIND_VIEW && (is(attribute, "columns") || is(attribute, "definition")))
		return list_is_prefix(work->arena, object_get(a, "columns"), object_get(b, "columns"));
	if (a->kind == KIND_EXTENSION)
		return object_get(a, "_relocatable") != NULL;
	if (is(attribute, "inherits"))
		return joins_in_order(work->arena, object_get(a, attribute), object_get(b, attribute));
	if (is(attribute, "not_valid"))
		return object_get(a, "not_valid") != NULL;
	if (is(attribute, "attached_to"))
		return part_moves_in_place(work, a, b);
	if (is(attribute, "defaults")) /* CREATE OR REPLACE cannot take defaults away */
		return strtol(object_get(a, "_defaults"), NULL, 10) <= strtol(object_get(b, "_defaults"), NULL, 10);
	return true;
}

static void alter_special(struct work *work, const struct object *a, const struct object *b, const char *name,
			  struct statements *statements)
{
	const char *old = object_get(a, name), *new = object_get(b, name);
	const char *reference = object_reference(work->arena, b);
	if (b->kind == KIND_EXTENSION)
		ADD("ALTER EXTENSION %s SET SCHEMA %s", b->ident, new);
	else if (b->kind == KIND_COLUMN)
		alter_column(work, a, b, name, statements);
	else if (b->kind == KIND_ENUM && labels_added_only(work->arena, old, new))
		add_labels(work, a, b, statements);
	else if (b->kind == KIND_ENUM || b->kind == KIND_DOMAIN)
		make_type_again(work, a, b, statements);
	else if (is(name, "partition_of") || is(name, "partition_bound"))
		alter_partition(work, a, b, name, statements);
	else if (is(name, "inherits"))
		alter_inherits(work, a, b, statements);
	else if (b->kind == KIND_SEQUENCE)
		alter_sequence(work, a, b, statements);
	else if (b->kind == KIND_SUBSCRIPTION)
		alter_subscription(work, b, name, statements);
	else if (is(name, "options"))
		alter_options(work, arena_printf(work->arena, "ALTER %s", reference), old, new, statements);
	else if (is(name, "index_options"))
		alter_options(work, template_fill(work->arena, "ALTER INDEX %{_index}", b, NULL), old, new, statements);
	else if (is(name, "server_options"))
		alter_server_options(work, arena_printf(work->arena, "ALTER %s", reference), old, new, statements);
	else if (is(name, "privileges"))
		alter_privileges(work, a, b, statements);
	else if (is(name, "not_valid"))
		ADD("%s", template_fill(work->arena, meaning_find(b->kind, name)->reset, b, NULL))->apart = true;
	else if (b->kind == KIND_VIEW &&
		 (is(name, "definition") || same(object_get(a, "definition"), object_get(b, "definition"))))
		ADD("%s",
		    template_fill(work->arena, "CREATE OR REPLACE VIEW %N[ WITH (%{options})] AS\n%{definition}", b,
				  NULL));
	else if (is(name, "attached_to"))
		attach_where_both_stay(work, b, statements);
	else if (is(name, "mappings"))
		alter_mappings(work, a, b, statements);
}

/* A table has one of these: who has it now took it from the one before, and must not lose it again. */
static bool another_has(const struct object *table, const char *name)
{
	if (object_get(table, name))
		return true;
	for (size_t i = 0; i < table->children.len; i++)
		if ((table->children.ptr[i]->kind == KIND_INDEX || table->children.ptr[i]->kind == KIND_CONSTRAINT) &&
		    object_get(table->children.ptr[i], name))
			return true;
	return false;
}

/* A changed row type of a view comes with its definition, changed defaults of a function with its text, a column's type with that which is made again. */
static bool is_said_elsewhere(const struct work *work, const struct object *a, const struct object *b, const char *name)
{
	if ((is(name, "replica_identity") || is(name, "clustered")) && !object_get(b, name))
		return another_has(b->parent ? b->parent : b, name);
	if (is(name, "of_type") && leaves_type(a, b))
		return true;
	if (b->kind == KIND_COLUMN && work->new[b->position].moved && (is(name, "type") || is(name, "collation")))
		return true;
	return is(name, "defaults") && (b->kind == KIND_FUNCTION || b->kind == KIND_PROCEDURE);
}

void alter_object(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	bool again = false;
	if (work->new[b->position].again)
		make_type_again(work, a, b, statements);
	if (work->new[b->position].follows)
		follow_type(work, a, b, statements);
	for (size_t i = 0; i < b->attributes->len; i++) {
		const char *name = b->attributes->names[i];
		const struct meaning *meaning = attributes_differ(a, b, i) ? meaning_find(b->kind, name) : NULL;
		if (!meaning || is_said_elsewhere(work, a, b, name) ||
		    (work->new[b->position].again && meaning->in_create))
			continue;
		if (meaning->change == CHANGE_IN_PLACE)
			ADD("%s",
			    template_fill(work->arena, b->values[i] ? meaning->set : meaning->reset, b, b->values[i]));
		else if (b->kind != KIND_DOMAIN || !again)
			alter_special(work, a, b, name, statements);
		again = again || meaning->change == CHANGE_SPECIAL;
	}
	if (b->kind == KIND_DEFAULT) {
		keep_defaults_below(work, b, statements);
		default_goes_on(work, b, statements);
	}
	if (work->new[b->position].retyped)
		ADD("ALTER TABLE %s OF %s", b->ident, object_get(b, "of_type"));
}
