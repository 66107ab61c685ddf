#include "schema/diff.h"

#include "schema/cast.h"
#include "schema/create.h"
#include "schema/kind.h"
#include "schema/list.h"
#include "schema/normal.h"
#include "schema/work.h"

struct object *counterpart(const struct schema *schema, const struct object *object)
{
	return schema_find(schema, object->id);
}

/* ---- comparing ---- */

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Nothing makes a column that a table has of its own, and from its parent, one that it has from its parent only. */
static bool is_inherited(const struct object *column)
{
	return object_get(column, "inherited") || object_get(column, "_merged");
}

/* What an inherited column is like is decided where it is inherited from. */
static bool is_compared(const struct object *a, const struct object *b, const char *name)
{
	static const char *const own[] = { "comment", "not_null", "statistics", "options", "attached_to", NULL };
	if (name[0] == '_')
		return false;
	if (b->kind == KIND_COLUMN && strcmp(name, "inherited") == 0 && is_inherited(a) && is_inherited(b))
		return false;
	/* A sequence that a column owns has the owner that its table has, and may have no other. */
	if (b->kind == KIND_SEQUENCE && strcmp(name, "owner") == 0 && sequence_is_owned(a) && sequence_is_owned(b))
		return false;
	/* A column that is the parent's too has the type that the parent's has. */
	if (b->kind == KIND_COLUMN && (strcmp(name, "type") == 0 || strcmp(name, "collation") == 0) &&
	    is_inherited(a) && is_inherited(b))
		return false;
	/* A parent that gets its NOT NULL gives it to its children: nothing is taken from them. */
	if (b->kind == KIND_COLUMN && strcmp(name, "not_null") == 0 && !object_get(b, name) &&
	    object_get(carrier_of(b), name))
		return false;
	if (!comes_with_parent(a) || !comes_with_parent(b))
		return true;
	for (size_t i = 0; own[i]; i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	return false;
}

bool is_not_null(const struct object *column)
{
	return object_get(column, "not_null") ||
		(comes_with_parent(column) && object_get(carrier_of(column), "not_null"));
}

/* Its own expression, or that of the parent's column, which is not told of it again. */
static const char *generated_as(const struct object *column)
{
	const char *own = object_get(column, "generated");
	const struct objects *tables = &column->parent->needs;
	for (size_t i = 0; !own && is_inherited(column) && i < tables->len; i++)
		for (size_t k = 0; tables->ptr[i]->kind == KIND_TABLE && !own && k < tables->ptr[i]->children.len;
		     k++) {
			const struct object *like = tables->ptr[i]->children.ptr[k];
			if (like->kind == KIND_COLUMN && same(like->ident, column->ident))
				own = generated_as(like);
		}
	return own;
}

bool attributes_differ(const struct object *a, const struct object *b, size_t index)
{
	const char *name = b->attributes->names[index];
	const char *old = object_get(a, name), *new = b->values[index];
	if (b->kind == KIND_COLUMN && strcmp(name, "not_null") == 0 && comes_with_parent(a) != comes_with_parent(b))
		return is_not_null(a) != is_not_null(b);
	if (b->kind == KIND_COLUMN && strcmp(name, "generated") == 0 && a->parent && b->parent &&
	    same(generated_as(a), generated_as(b)))
		return false;
	return is_compared(a, b, name) && !same(old, new) && !(old && new &&same_expression(old, new));
}

static enum change change_of(const struct work *work, const struct object *a, const struct object *b, size_t index,
			     bool *disturbs)
{
	const char *name = b->attributes->names[index];
	const struct meaning *meaning = meaning_find(b->kind, name);
	if (!meaning)
		return CHANGE_REPLACE;
	if (meaning->change == CHANGE_SPECIAL)
		return special_possible(work, a, b, name, disturbs) ? CHANGE_SPECIAL : CHANGE_REPLACE;
	if (meaning->change == CHANGE_IN_PLACE && !(b->values[index] ? meaning->set : meaning->reset))
		return CHANGE_REPLACE;
	return meaning->change;
}

void work_note(struct work *work, char sign, const struct object *object, const char *what)
{
	vec_push(work->arena, &work->diff->differences,
		 (struct difference){ .sign = sign,
				      .object = object,
				      .attribute = what,
				      .text = arena_printf(work->arena, "%c %s%s%s", sign, object->id, what ? ": " : "",
							   what ? what : "") });
}

static void compare(struct work *work, struct object *a, struct object *b)
{
	struct fate *old = &work->old[a->position], *new = &work->new[b->position];
	for (size_t i = 0; i < b->attributes->len; i++) {
		if (!attributes_differ(a, b, i))
			continue;
		work_note(work, '~', b, b->attributes->names[i]);
		if (change_of(work, a, b, i, &new->disturbs) == CHANGE_REPLACE)
			old->dropped = new->created = true;
		else
			new->altered = true;
	}
	/* Of an inherited column the type is its parent's business, but what uses the column is disturbed all the same. */
	if (a->kind == KIND_COLUMN && !same(object_get(a, "type"), object_get(b, "type")))
		new->disturbs = true;
	if (new->created)
		new->altered = new->disturbs = false;
	if (new->altered || new->created)
		work->diff->changed++;
}

/* Is this in a table's list of parents? */
static bool inherits_from(struct arena *arena, const struct object *table, const struct object *parent)
{
	struct strs parents = list_elements(arena, object_get(table, "inherits"));
	return list_has(&parents, str_of(parent->ident));
}

static bool has_part(const struct object *table, const struct object *like)
{
	for (size_t i = 0; i < table->children.len; i++)
		if (table->children.ptr[i]->kind == like->kind && same(table->children.ptr[i]->ident, like->ident))
			return true;
	return false;
}

/* What came with the parent table stays behind when a table leaves it: the last one that it came with. */
static bool leaves(const struct work *work, const struct object *a)
{
	const struct object *table = comes_with_parent(a) ? a->parent : NULL,
			    *now = table ? counterpart(work->to, table) : NULL;
	bool left = false;
	if (!now || !table_exists(work, table))
		return false;
	if (object_get(table, "partition_of"))
		return !object_get(now, "partition_of");
	for (size_t i = 0; i < table->needs.len; i++) {
		const struct object *parent = table->needs.ptr[i];
		if (!inherits_from(work->arena, table, parent) || !has_part(parent, a))
			continue;
		if (inherits_from(work->arena, now, parent))
			return false;
		left = true;
	}
	return left;
}

bool brings_check(const struct work *work, const struct object *b)
{
	const struct object *table = b->parent, *old = table ? counterpart(work->from, table) : NULL;
	if (b->kind != KIND_CONSTRAINT || !comes_with_parent(b) || !same(object_get(b, "_type"), "c") || !old ||
	    !table_exists(work, b))
		return false;
	for (size_t i = 0; i < table->needs.len; i++) {
		const struct object *parent = table->needs.ptr[i], *was = counterpart(work->from, parent);
		bool had = false;
		for (size_t k = 0; was && k < old->needs.len; k++)
			had = had || old->needs.ptr[k] == was;
		if (!had && parent->kind == KIND_TABLE && has_part(parent, b))
			return true;
	}
	return false;
}

static const struct object *sibling(const struct object *part, enum kind kind)
{
	for (size_t i = 0; i < part->parent->children.len; i++)
		if (part->parent->children.ptr[i]->kind == kind &&
		    same(part->parent->children.ptr[i]->ident, part->ident))
			return part->parent->children.ptr[i];
	return NULL;
}

/* A default that one side's column has of its own, and the other side's from its parent. */
static bool is_inherited_there(const struct schema *there, const struct object *value)
{
	const struct object *table =
		value->kind == KIND_DEFAULT && value->parent ? counterpart(there, value->parent) : NULL;
	const struct object *column = NULL, *inherited;
	for (size_t i = 0; table && i < table->children.len; i++)
		if (table->children.ptr[i]->kind == KIND_COLUMN && same(table->children.ptr[i]->ident, value->ident))
			column = table->children.ptr[i];
	if (!column || carrier_of(column) == column)
		return false;
	inherited = sibling(carrier_of(column), KIND_DEFAULT);
	return inherited && same(object_get(inherited, "expression"), object_get(value, "expression"));
}

static void compare_all(struct work *work)
{
	for (size_t i = 0; i < work->from->objects.len; i++) {
		struct object *a = work->from->objects.ptr[i], *b = counterpart(work->to, a);
		if (b) {
			compare(work, a, b);
			work->old[i].left = work->old[i].dropped && leaves(work, a);
			continue;
		}
		work->old[i].left = leaves(work, a);
		if (is_inherited_there(work->to, a))
			continue;
		if (a->kind != KIND_COLUMN && comes_with_parent(a) && !work->old[i].left)
			continue; /* under whatever name */
		work->old[i].dropped = true;
		work->diff->dropped++;
		work_note(work, '-', a, NULL);
	}
	for (size_t i = 0; i < work->to->objects.len; i++) {
		const struct object *b = work->to->objects.ptr[i];
		bool by_itself = b->kind != KIND_COLUMN && comes_with_parent(b) && !brings_check(work, b);
		if (counterpart(work->from, b) || by_itself || is_inherited_there(work->from, b))
			continue;
		work->new[i].created = true;
		work->diff->created++;
		work_note(work, '+', b, NULL);
	}
}

/* ---- types that hold values ---- */

static bool is_type(const struct object *object)
{
	return object->kind == KIND_ENUM || object->kind == KIND_DOMAIN || object->kind == KIND_COMPOSITE ||
		object->kind == KIND_RANGE || object->kind == KIND_COLLATION;
}

/* The type that has another one in it: as an attribute, or as what it is made of; NULL: it is no type. */
static struct object *type_around(struct object *user)
{
	struct object *type = user->kind == KIND_ATTRIBUTE ? user->parent : user;
	return type && is_type(type) && type->kind != KIND_COLLATION ? type : NULL;
}

static bool is_kept(const struct work *work, const struct object *a)
{
	return counterpart(work->to, a) && !work->old[a->position].dropped;
}

static bool holds_values(const struct work *work, const struct object *type)
{
	for (size_t i = 0; is_type(type) && i < type->needed_by.len; i++) {
		struct object *user = type->needed_by.ptr[i], *around = type_around(user);
		if (!is_kept(work, user))
			continue;
		if ((user->kind == KIND_COLUMN && !object_get(user, "generated")) ||
		    (around && around != type && is_kept(work, around) && holds_values(work, around)))
			return true;
	}
	return false;
}

/* An attribute cannot be without its type either, and keeps its place only if that is made again. */
static bool is_in_composite(const struct work *work, const struct object *type)
{
	for (size_t i = 0; is_type(type) && i < type->needed_by.len; i++) {
		const struct object *user = type->needed_by.ptr[i];
		if (user->kind == KIND_ATTRIBUTE && user->parent != type && is_kept(work, user) &&
		    is_kept(work, user->parent))
			return true;
	}
	return false;
}

bool is_made_again(const struct work *work, const struct object *type)
{
	const struct fate *fate = &work->new[type->position];
	return is_type(type) && fate->altered && fate->disturbs &&
		(fate->again || type->kind == KIND_ENUM || type->kind == KIND_DOMAIN);
}

/* Instead of dropping it with all columns that have it. */
static void make_again(struct work *work, const struct object *a, const struct object *b)
{
	struct fate *fate = &work->new[b->position];
	work->old[a->position].dropped = fate->created = false;
	fate->altered = fate->again = fate->disturbs = true;
	for (size_t i = 0; i < a->children.len; i++)
		if (a->children.ptr[i]->kind == KIND_ATTRIBUTE)
			work->old[a->children.ptr[i]->position].dropped = false;
	for (size_t i = 0; i < b->children.len; i++) {
		struct fate *child = &work->new[b->children.ptr[i]->position];
		if (b->children.ptr[i]->kind == KIND_ATTRIBUTE)
			child->created = child->altered = child->disturbs = false;
		else if (b->children.ptr[i]->kind == KIND_GRANT)
			child->created = true; /* the new type has none */
	}
}

/* PostgreSQL adds and drops attributes of a type that columns have, but does not change their types. */
static bool is_fixed(const struct work *work, const struct object *b)
{
	for (size_t i = 0; i < b->children.len; i++)
		if (b->children.ptr[i]->kind == KIND_ATTRIBUTE && work->new[b->children.ptr[i]->position].altered)
			return true;
	return false;
}

/* Are there values of a domain inside of others: of an array, of a composite type?  PostgreSQL does not look for what a new rule would refuse there. */
static bool is_inside(const struct work *work, const struct object *domain)
{
	for (size_t i = 0; i < domain->needed_by.len; i++) {
		struct object *user = domain->needed_by.ptr[i], *around = type_around(user);
		if (!is_kept(work, user))
			continue;
		if (user->kind == KIND_COLUMN && strchr(object_get(user, "type"), '['))
			return true;
		if (around && around != domain && is_kept(work, around) &&
		    (around->kind == KIND_DOMAIN ? is_inside(work, around) : holds_values(work, around)))
			return true;
	}
	return false;
}

static bool gets_rule(const struct work *work, const struct object *a, const struct object *b)
{
	if (!object_get(a, "not_null") && object_get(b, "not_null"))
		return true;
	for (size_t i = 0; i < b->children.len; i++) {
		const struct object *rule = b->children.ptr[i];
		const struct fate *fate = &work->new[rule->position];
		if (rule->kind == KIND_DOMAIN_CONSTRAINT && !object_get(rule, "not_valid") &&
		    (fate->created || fate->altered))
			return true;
	}
	return false;
}

static void keep_values(struct work *work)
{
	for (size_t i = 0; i < work->from->objects.len; i++) {
		struct object *a = work->from->objects.ptr[i], *b = is_type(a) ? counterpart(work->to, a) : NULL;
		bool held = b && (work->old[i].dropped || is_fixed(work, b)) && holds_values(work, a);
		held = held || (b && a->kind == KIND_DOMAIN && gets_rule(work, a, b) && is_inside(work, a));
		if (held || (b && is_made_again(work, b)) || (b && work->old[i].dropped && is_in_composite(work, a)))
			make_again(work, a, b);
	}
}

/* ---- what goes along ---- */

/* A foreign key cannot stand between the changes of its two ends. */
static bool comes_apart(const struct object *key, const struct object *old, const struct object *new)
{
	return key->kind == KIND_FOREIGN_KEY && old->kind == KIND_COLUMN &&
		!is_comparable(object_get(old, "type"), object_get(new, "type"));
}

/* Does this survive that a column (or a type) it uses is altered? */
static bool is_sensitive(const struct object *object, const struct object *to)
{
	switch ((int)object->kind) {
	case KIND_INDEX:
	case KIND_CONSTRAINT:
	case KIND_FOREIGN_KEY:
	case KIND_STATISTICS:
	case KIND_TABLE:
	case KIND_FOREIGN_TABLE:
	case KIND_OWNED_BY:
	case KIND_GRANT:
		/* ALTER COLUMN TYPE makes indexes and the like again by itself; a type's own name in them it does not see. */
		return to->kind != KIND_COLUMN && (object->kind == KIND_INDEX || object->kind == KIND_CONSTRAINT);
	case KIND_ATTRIBUTE:
		return false;
	case KIND_COLUMN:
		return object_get(object, "generated") != NULL;
	default:
		return true;
	}
}

static bool replace(struct work *work, struct object *a)
{
	struct object *b = counterpart(work->to, a);
	if (!b || work->old[a->position].dropped || work->new[b->position].again)
		return false;
	if (holds_values(work, a) || is_in_composite(work, a)) {
		make_again(work, a, b);
		return true;
	}
	work->old[a->position].dropped = true;
	work->new[b->position].created = true;
	work->new[b->position].altered = work->new[b->position].disturbs = false;
	return true;
}

static bool needs(const struct object *object, const struct object *needed)
{
	for (size_t i = 0; i < object->needs.len; i++)
		if (object->needs.ptr[i] == needed)
			return true;
	return false;
}

/* May it be made again because what it needs is gone?  Its text is the same, but means something else now. */
static bool is_remade(const struct object *user)
{
	switch ((int)user->kind) {
	case KIND_VIEW:
	case KIND_MATERIALIZED_VIEW:
	case KIND_RULE:
	case KIND_POLICY:
	case KIND_TRIGGER:
	case KIND_DEFAULT:
	case KIND_CONSTRAINT:
	case KIND_FOREIGN_KEY:
	case KIND_INDEX:
	case KIND_STATISTICS:
		return true;
	default:
		return false;
	}
}

static void spread(struct work *work, struct object *a);

/*
 * A type that has one in it that is made again, and values in columns of its own, is made again along with that, while both of the old names are
 * there.  true: so it is, or it is an attribute whose type is altered then.
 */
static bool moves_along(struct work *work, struct object *user, const struct object *type)
{
	struct object *around = type_around(user), *now = around ? counterpart(work->to, around) : NULL;
	if (!now || !is_made_again(work, type) || work->old[around->position].dropped || now == type)
		return false;
	if (!holds_values(work, around))
		return user->kind == KIND_ATTRIBUTE;
	if (!is_made_again(work, now)) {
		make_again(work, around, now);
		spread(work, around);
	}
	if (!work->new[now->position].within)
		work->new[now->position].within = type;
	return true;
}

/* So is a column, and what uses it has to be out of the way. */
static void move_column(struct work *work, struct object *column, const struct object *type)
{
	struct fate *fate = &work->new[counterpart(work->to, column)->position];
	if (column->kind != KIND_COLUMN || !is_made_again(work, type) || fate->moved)
		return;
	fate->moved = type;
	fate->disturbs = true;
	spread(work, column);
}

static void spread(struct work *work, struct object *a)
{
	struct object *b = counterpart(work->to, a);
	bool replaced = work->old[a->position].dropped, gone = !b, disturbed = b && work->new[b->position].disturbs;
	for (size_t i = 0; i < a->needed_by.len; i++) {
		struct object *user = a->needed_by.ptr[i], *kept = counterpart(work->to, user);
		if (!kept || work->old[user->position].dropped || (b && moves_along(work, user, b)))
			continue;
		if (b)
			move_column(work, user, b);
		/* What no longer needs it is altered before it goes. */
		bool altered = work->new[kept->position].altered, freed = altered &&b && !needs(kept, b);
		bool goes = gone   ? !altered && (user->parent == a || (is_remade(user) && !comes_with_parent(user)))
			: replaced ? !freed
				   : disturbed && (is_sensitive(user, a) || comes_apart(user, a, b));
		if (goes && replace(work, user))
			spread(work, user);
	}
}

static void spread_all(struct work *work)
{
	for (size_t i = 0; i < work->from->objects.len; i++) {
		struct object *a = work->from->objects.ptr[i], *b = counterpart(work->to, a);
		if (work->old[i].dropped || (b && work->new[b->position].disturbs))
			spread(work, a);
	}
}

/* ---- tables of a type ---- */

static bool changes_attributes(const struct work *work, const struct object *old, const struct object *new)
{
	bool changes = work->new[new->position].altered;
	for (size_t i = 0; i < old->children.len; i++)
		changes = changes ||
			(old->children.ptr[i]->kind == KIND_ATTRIBUTE &&
			 work->old[old->children.ptr[i]->position].dropped);
	for (size_t i = 0; i < new->children.len; i++) {
		const struct fate *fate = &work->new[new->children.ptr[i]->position];
		changes = changes || (new->children.ptr[i]->kind == KIND_ATTRIBUTE && (fate->created || fate->altered));
	}
	return changes;
}

static void retype_tables(struct work *work)
{
	for (size_t i = 0; i < work->to->objects.len; i++) {
		const struct object *table = work->to->objects.ptr[i], *old = counterpart(work->from, table);
		const struct object *type = type_of_table(table), *was = old ? type_of_table(old) : NULL;
		if (was && type && strcmp(was->id, type->id) == 0 && table_exists(work, table) &&
		    changes_attributes(work, was, type))
			work->new[i].altered = work->new[i].retyped = true;
	}
}

/* ---- rendering ---- */

static bool checks_body(const struct object *object)
{
	const char *language = object && (object->kind == KIND_FUNCTION || object->kind == KIND_PROCEDURE)
		? object_get(object, "_language")
		: NULL;
	return language && (strcmp(language, "sql") == 0 || strcmp(language, "plpgsql") == 0) &&
		!object_get(object, "_atomic");
}

/* A body may name what comes later; PostgreSQL would look at it at once. */
static bool needs_unchecked_bodies(const struct work *work, const struct order *order)
{
	bool body = false;
	for (size_t i = 0; i < order->len; i++) {
		const struct node *node = &work->nodes.ptr[order->ptr[i]];
		if (node->verb == VERB_CREATE && body && (kinds[node->b->kind].is_relation || checks_body(node->b)) &&
		    node->b->kind != KIND_INDEX)
			return true;
		body = body || (node->verb != VERB_DROP && checks_body(node->b));
	}
	return false;
}

static void render(struct work *work, const struct order *order)
{
	struct statements *statements = &work->diff->statements;
	bool unchecked = needs_unchecked_bodies(work, order);
	if (unchecked)
		statements_add(work->arena, statements, "SET check_function_bodies = off")->why =
			"a function's body may name what is created after it";
	for (size_t i = 0; i < order->len; i++) {
		const struct node *node = &work->nodes.ptr[order->ptr[i]];
		size_t first = statements->len;
		switch (node->verb) {
		case VERB_DROP:
			drop_safely(work, node, statements);
			break;
		case VERB_ALTER:
			if (node->detaches)
				detach_partition(work, node->a, statements);
			else if (node->untypes)
				statements_add(work->arena, statements, "ALTER TABLE %s NOT OF", node->a->ident);
			else
				alter_object(work, node->a, node->b, statements);
			break;
		case VERB_CREATE:
			create_safely(work, node, statements);
			break;
		}
		statements_concern(statements, first, node->verb, node->b ? node->b : node->a);
	}
	mend_privileges(work, statements);
	if (unchecked)
		statements_add(work->arena, statements, "RESET check_function_bodies");
	for (size_t i = 0; i < statements->len; i++)
		work->diff->loses = work->diff->loses || statements->ptr[i].loses;
}

static void name_as_told(struct work *work)
{
	struct statements *statements = &work->diff->statements;
	struct map names = { 0 };
	naming_learn(work->arena, &names, work->from);
	naming_learn(work->arena, &names, work->to);
	for (size_t i = 0; i < statements->len; i++)
		statements->ptr[i].sql =
			naming_apply(work->arena, work->options->naming, &names, statements->ptr[i].sql);
}

void diff_schemas(struct arena *arena, const struct schema *from, const struct schema *to,
		  const struct diff_options *options, struct diff *ret_diff)
{
	struct diff diff = { 0 };
	struct work work = { .arena = arena, .from = from, .to = to, .options = options, .diff = &diff };
	struct order order;
	work.old = arena_alloc(arena, (from->objects.len + 1) * sizeof(*work.old));
	work.new = arena_alloc(arena, (to->objects.len + 1) * sizeof(*work.new));
	compare_all(&work);
	parts_learn(&work);
	keep_values(&work);
	do
		spread_all(&work);
	while (parts_follow(&work));
	parts_settle(&work);
	retype_tables(&work);
	renames_find(arena, from, to, &diff.renames);
	order_nodes(&work, &order);
	render(&work, &order);
	if (options->naming)
		name_as_told(&work);
	*ret_diff = diff;
}
