/*
 * Default privileges that change while objects exist.  Grants are told as differences from the defaults in force, but an object that exists keeps what
 * the old ones gave it: what it has, and what it is to have, are worked out from both, and what is left to do is said at the end.
 */
#include "schema/alter.h"
#include "schema/create.h"
#include "schema/kind.h"
#include "schema/list.h"
#include "sql/quote.h"

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

/* The owner's own rights come with the object. */
static bool is_owner(struct arena *arena, const struct object *object, const char *grantee)
{
	const char *owner = object_get(object, "owner");
	return owner && is(sql_ident(arena, str_of(owner)), grantee);
}

bool becomes_owner(const struct work *work, const struct object *grant)
{
	const struct object *now = grant->parent ? counterpart(work->to, grant->parent) : NULL;
	return now && !same(object_get(now, "owner"), object_get(grant->parent, "owner")) &&
		is_owner(work->arena, now, object_get(grant, "_grantee"));
}

static bool is_of(const struct object *entry, const struct holder *holder)
{
	return is(object_get(entry, "_grantee"), holder->grantee) && !object_get(entry, "_grantor") &&
		(object_get(entry, "_grantable") != NULL) == holder->grantable;
}

/* Those of this owner, for what he makes; NULL: of the role that owns most, which is who runs the plan. */
static bool governs_of(const struct object *defaults, const struct object *object, const char *owner)
{
	const char *words = words_for(object->kind);
	/* Nobody's defaults are in force for what is the database's own. */
	if (object->kind == KIND_SCHEMA && same(object_get(object, "_role"), "pg_database_owner"))
		return false;
	return words && is(object_get(defaults, "_objects"), words) && same(object_get(defaults, "owner"), owner) &&
		(!defaults->schema || (object->kind != KIND_SCHEMA && same(defaults->schema, object->schema)));
}

static bool governs(const struct object *defaults, const struct object *object)
{
	return governs_of(defaults, object, object_get(object, "owner"));
}

static enum has say(struct arena *arena, const struct object *entry, struct str privilege)
{
	struct strs list = list_elements(arena, object_get(entry, "privileges"));
	if (!list_has(&list, privilege))
		return UNKNOWN;
	return *object_get(entry, "_sign") == '+' ? HAS : LACKS;
}

/* By what this owner's objects get by default. */
static enum has by_default_of(struct work *work, const struct schema *schema, const struct holder *holder,
			      const char *owner, struct str privilege)
{
	enum has found = UNKNOWN;
	for (size_t i = 0; i < schema->objects.len && found != HAS; i++) {
		const struct object *entry = schema->objects.ptr[i];
		enum has said = entry->kind == KIND_DEFAULT_PRIVILEGES && governs_of(entry, holder->object, owner) &&
				is_of(entry, holder)
			? say(work->arena, entry, privilege)
			: UNKNOWN;
		found = said != UNKNOWN ? said : found;
	}
	return found;
}

static enum has by_default(struct work *work, const struct schema *schema, const struct holder *holder,
			   struct str privilege)
{
	return by_default_of(work, schema, holder, object_get(holder->object, "owner"), privilege);
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
	const struct holder later = { now, holder->grantee, holder->grantable };
	enum has was_default = by_default(work, work->from, holder, privilege),
		 is_default = by_default(work, work->to, &later, privilege);
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

/* A REVOKE would take what it is to have with the option to grant it on, too. */
static bool has_with_option(struct work *work, const struct object *now, const struct holder *holder,
			    struct str privilege)
{
	const struct holder with_option = { now, holder->grantee, true };
	return !holder->grantable && by_grant(work, now, &with_option, privilege) == HAS;
}

static void say_privileges(struct work *work, const struct holder *holder, const char *more, const char *less,
			   struct statements *statements)
{
	const struct object *now = holder->object;
	const char *on = template_fill(work->arena, kinds[now->kind].grant, now, NULL);
	size_t first = statements->len;
	if (*less)
		ADD("REVOKE %s ON %s FROM %s", less, on, holder->grantee),
			regrant_columns(work, now, holder->grantee, less, statements);
	if (*more)
		ADD("GRANT %s ON %s TO %s%s", more, on, holder->grantee, holder->grantable ? " WITH GRANT OPTION" : "");
	if (statements->len > first)
		statements->ptr[first].why = "it was made under other default privileges";
	statements_concern(statements, first, VERB_ALTER, now);
}

static void mend(struct work *work, const struct holder *holder, const struct strs *list, struct statements *statements)
{
	const struct object *now = counterpart(work->to, holder->object);
	const struct holder later = { now, holder->grantee, holder->grantable };
	struct buf more = buf_init(work->arena), less = buf_init(work->arena);
	for (size_t i = 0; i < list->len; i++) {
		enum has has, wanted;
		judge(work, holder, now, list->ptr[i], &has, &wanted);
		if (has != wanted && (wanted == HAS || !has_with_option(work, now, holder, list->ptr[i])))
			list_add(wanted == HAS ? &more : &less, "", list->ptr[i]);
	}
	say_privileges(work, &later, more.ptr, less.ptr, statements);
}

/* It stays, and gets another owner: what it has came from the old one's defaults. */
static bool is_handed_over(const struct work *work, const struct object *object, const struct object *now)
{
	return now && !work->old[object->position].dropped && !work->new[now->position].created &&
		!same(object_get(object, "owner"), object_get(now, "owner"));
}

/* Of a default that is other on the other side; handed: of any where the owner is another. */
static void mend_all(struct work *work, const struct schema *side, const struct object *entry, bool handed,
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
	for (size_t i = 0; (list.len || handed) && i < work->from->objects.len; i++) {
		const struct object *object = work->from->objects.ptr[i],
				    *now = words_for(object->kind) ? counterpart(work->to, object) : NULL;
		bool over = handed && is_handed_over(work, object, now);
		struct holder holder = { object, object_get(entry, "_grantee"),
					 object_get(entry, "_grantable") != NULL };
		if (over && governs(entry, side == work->from ? object : now) &&
		    !is_owner(work->arena, now, holder.grantee))
			mend(work, &holder, &mine, statements);
		else if (now && !over && list.len && governs(entry, object) && !work->old[i].dropped &&
			 !work->new[now->position].created)
			mend(work, &holder, &list, statements);
	}
}

/* What is made and then handed over got what its maker's defaults give, where its owner's are in force from then on. */
static void mend_handed_over(struct work *work, const struct object *now, const struct object *entry,
			     struct statements *statements)
{
	const char *owner = object_get(now, "owner");
	struct holder holder = { now, object_get(entry, "_grantee"), object_get(entry, "_grantable") != NULL };
	struct strs list = list_elements(work->arena, object_get(entry, "privileges"));
	struct buf more = buf_init(work->arena), less = buf_init(work->arena);
	/* What the maker has goes over to the owner with the object. */
	bool is_maker = work->to->owner && is(sql_ident(work->arena, str_of(work->to->owner)), holder.grantee);
	if (!governs_of(entry, now, owner) && !governs_of(entry, now, NULL))
		return;
	for (size_t i = 0; i < list.len; i++) {
		enum has makers = by_default_of(work, work->to, &holder, NULL, list.ptr[i]),
			 owners = by_default_of(work, work->to, &holder, owner, list.ptr[i]);
		enum has plain = built_in(makers, owners), wanted = first_of(owners, plain, plain),
			 has = is_maker ? LACKS : first_of(makers, plain, plain);
		if (by_grant(work, now, &holder, list.ptr[i]) != UNKNOWN || has == wanted ||
		    (wanted == LACKS && has_with_option(work, now, &holder, list.ptr[i])))
			continue;
		list_add(wanted == HAS ? &more : &less, "", list.ptr[i]);
	}
	say_privileges(work, &holder, more.ptr, less.ptr, statements);
}

static void mend_all_handed_over(struct work *work, struct statements *statements)
{
	for (size_t i = 0; i < work->to->objects.len; i++) {
		const struct object *now = work->to->objects.ptr[i];
		if (!work->new[i].created || !words_for(now->kind) || !object_get(now, "owner"))
			continue;
		for (size_t k = 0; k < work->to->objects.len; k++)
			if (work->to->objects.ptr[k]->kind == KIND_DEFAULT_PRIVILEGES)
				mend_handed_over(work, now, work->to->objects.ptr[k], statements);
	}
}

void mend_privileges(struct work *work, struct statements *statements)
{
	bool handed = false;
	for (size_t i = 0; i < work->from->objects.len && !handed; i++)
		handed = is_handed_over(work, work->from->objects.ptr[i],
					counterpart(work->to, work->from->objects.ptr[i]));
	for (size_t i = 0; i < work->from->objects.len; i++)
		mend_all(work, work->from, work->from->objects.ptr[i], handed, statements);
	for (size_t i = 0; i < work->to->objects.len; i++)
		mend_all(work, work->to, work->to->objects.ptr[i], handed, statements);
	mend_all_handed_over(work, statements);
}
