/*
 * Default privileges that change while objects exist.  Grants are told as differences from the defaults in force, but an object that exists keeps what
 * the old ones gave it: what it has, and what it is to have, are worked out from both, and what is left to do is said at the end.
 */
#include "schema/alter.h"
#include "schema/create.h"
#include "schema/kind.h"
#include "schema/list.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

/* One grantee, with or without the right to grant on, of one object. */
struct holder {
	const struct object *object;
	const char *grantee;
	bool grantable;
};

enum has { UNKNOWN, LACKS, HAS };

static const char *words_for(enum kind kind)
{
	switch ((int)kind) {
	case KIND_TABLE:
	case KIND_FOREIGN_TABLE:
	case KIND_VIEW:
	case KIND_MATERIALIZED_VIEW:
		return "TABLES";
	case KIND_SEQUENCE:
		return "SEQUENCES";
	case KIND_FUNCTION:
	case KIND_PROCEDURE:
	case KIND_AGGREGATE:
		return "FUNCTIONS";
	case KIND_ENUM:
	case KIND_DOMAIN:
	case KIND_RANGE:
	case KIND_BASE_TYPE:
	case KIND_COMPOSITE:
		return "TYPES";
	case KIND_SCHEMA:
		return "SCHEMAS";
	default:
		return NULL;
	}
}

static bool is_of(const struct object *entry, const struct holder *holder)
{
	return is(object_get(entry, "_grantee"), holder->grantee) &&
		(object_get(entry, "_grantable") != NULL) == holder->grantable;
}

static bool governs(const struct object *defaults, const struct object *object)
{
	const char *words = words_for(object->kind);
	/* Nobody's defaults are in force for what is the database's own. */
	if (object->kind == KIND_SCHEMA && same(object_get(object, "_role"), "pg_database_owner"))
		return false;
	return words && is(object_get(defaults, "_objects"), words) &&
		same(object_get(defaults, "owner"), object_get(object, "owner")) &&
		(!defaults->schema || (object->kind != KIND_SCHEMA && same(defaults->schema, object->schema)));
}

static enum has say(struct arena *arena, const struct object *entry, struct str privilege)
{
	struct strs list = list_elements(arena, object_get(entry, "privileges"));
	if (!list_has(&list, privilege))
		return UNKNOWN;
	return *object_get(entry, "_sign") == '+' ? HAS : LACKS;
}

/* By default. */
static enum has by_default(struct work *work, const struct schema *schema, const struct holder *holder,
			   struct str privilege)
{
	enum has found = UNKNOWN;
	for (size_t i = 0; i < schema->objects.len && found != HAS; i++) {
		const struct object *entry = schema->objects.ptr[i];
		enum has said =
			entry->kind == KIND_DEFAULT_PRIVILEGES && governs(entry, holder->object) && is_of(entry, holder)
			? say(work->arena, entry, privilege)
			: UNKNOWN;
		found = said != UNKNOWN ? said : found;
	}
	return found;
}

/* By a grant of its own, beyond the defaults. */
static enum has by_grant(struct work *work, const struct object *object, const struct holder *holder,
			 struct str privilege)
{
	for (size_t i = 0; i < object->children.len; i++) {
		const struct object *entry = object->children.ptr[i];
		enum has said = entry->kind == KIND_GRANT && is_of(entry, holder) ? say(work->arena, entry, privilege)
										  : UNKNOWN;
		if (said != UNKNOWN)
			return said;
	}
	return UNKNOWN;
}

/* What would be there without any word: what one side's defaults add was not, what they take away was. */
static enum has built_in(enum has one, enum has other)
{
	return one == LACKS || other == LACKS ? HAS : LACKS;
}

static enum has first_of(enum has a, enum has b, enum has c)
{
	return a != UNKNOWN ? a : b != UNKNOWN ? b : c;
}

/* What the object has when the grants that differ are done, and what it is to have. */
static void judge(struct work *work, const struct holder *holder, const struct object *now, struct str privilege,
		  enum has *ret_has, enum has *ret_wanted)
{
	enum has was_default = by_default(work, work->from, holder, privilege),
		 is_default = by_default(work, work->to, holder, privilege);
	enum has plain = built_in(was_default, is_default), granted = by_grant(work, holder->object, holder, privilege),
		 wanted = by_grant(work, now, holder, privilege);
	enum has undone = granted == HAS ? LACKS : HAS;
	*ret_wanted = first_of(wanted, is_default, plain);
	if (was_default == is_default)
		*ret_has = *ret_wanted;
	else if (granted == wanted)
		*ret_has = first_of(granted, was_default, plain);
	else
		*ret_has = wanted != UNKNOWN ? wanted : undone;
}

static void mend(struct work *work, const struct holder *holder, const struct strs *list, struct statements *statements)
{
	const struct object *now = counterpart(work->to, holder->object);
	struct buf more = buf_init(work->arena), less = buf_init(work->arena);
	const char *on = template_fill(work->arena, kinds[now->kind].grant, now, NULL);
	for (size_t i = 0; i < list->len; i++) {
		enum has has, wanted;
		judge(work, holder, now, list->ptr[i], &has, &wanted);
		if (has != wanted)
			list_add(wanted == HAS ? &more : &less, "", list->ptr[i]);
	}
	size_t first = statements->len;
	if (less.len)
		ADD("REVOKE %s ON %s FROM %s", less.ptr, on, holder->grantee),
			regrant_columns(work, now, holder->grantee, less.ptr, statements);
	if (more.len)
		ADD("GRANT %s ON %s TO %s%s", more.ptr, on, holder->grantee,
		    holder->grantable ? " WITH GRANT OPTION" : "");
	if (statements->len > first)
		statements->ptr[first].why = "it was made under other default privileges";
	statements_concern(statements, first, VERB_ALTER, now);
}

/* Of a default that is other on the other side. */
static void mend_all(struct work *work, const struct schema *side, const struct object *entry,
		     struct statements *statements)
{
	if (entry->kind != KIND_DEFAULT_PRIVILEGES)
		return;
	const struct object *other = counterpart(side == work->from ? work->to : work->from, entry);
	/* What both give or take is no matter. */
	struct strs mine = list_elements(work->arena, object_get(entry, "privileges")),
		    others = list_elements(work->arena, other ? object_get(other, "privileges") : NULL);
	struct strs list = list_elements(work->arena, list_difference(work->arena, &mine, &others));
	/* A platform has a hundred of them, most of them the same on both sides, and objects are thousands. */
	for (size_t i = 0; list.len && i < work->from->objects.len; i++) {
		const struct object *object = work->from->objects.ptr[i];
		const struct object *now = governs(entry, object) ? counterpart(work->to, object) : NULL;
		struct holder holder = { object, object_get(entry, "_grantee"),
					 object_get(entry, "_grantable") != NULL };
		if (now && !work->old[i].dropped && !work->new[now->position].created)
			mend(work, &holder, &list, statements);
	}
}

void mend_privileges(struct work *work, struct statements *statements)
{
	for (size_t i = 0; i < work->from->objects.len; i++)
		mend_all(work, work->from, work->from->objects.ptr[i], statements);
	for (size_t i = 0; i < work->to->objects.len; i++)
		mend_all(work, work->to, work->to->objects.ptr[i], statements);
}
