/*
 * Indexes of partitions.  The index of a partitioned table (the whole) has a part on each partition: made along with it, or one that stood there
 * before and was attached, which may even belong to a constraint of that partition alone.  PostgreSQL attaches, but never detaches: where a part
 * has to leave, the whole is made again.
 */
#include "schema/alter.h"
#include "schema/create.h"
#include "schema/kind.h"
#include "sql/quote.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

/* The index's name, of an index and of a constraint that has one. */
static const char *index_of(const struct object *object)
{
	return object->kind == KIND_INDEX         ? object->ident
		: object->kind == KIND_CONSTRAINT ? object_get(object, "_index")
						  : NULL;
}

const char *whole_of(const struct object *part)
{
	return part->kind == KIND_INDEX || part->kind == KIND_CONSTRAINT ? object_get(part, "attached_to") : NULL;
}

static const char *part_key(struct arena *arena, const char *whole, const struct object *table)
{
	return arena_printf(arena, "%s on %s", whole, table->ident);
}

static void learn(struct arena *arena, const struct schema *schema, struct parts_of *parts)
{
	for (size_t i = 0; i < schema->objects.len; i++) {
		struct object *object = schema->objects.ptr[i];
		const char *index = index_of(object), *whole = whole_of(object);
		if (index && object_get(object, "_partitioned"))
			map_set(arena, &parts->wholes, str_of(index), object);
		if (whole && object->parent)
			map_set(arena, &parts->parts, str_of(part_key(arena, whole, object->parent)), object);
	}
}

void parts_learn(struct work *work)
{
	learn(work->arena, work->from, &work->old_parts);
	learn(work->arena, work->to, &work->new_parts);
}

static struct object *part_on(const struct work *work, const struct parts_of *parts, const char *whole,
			      const struct object *table)
{
	return map_get(&parts->parts, str_of(part_key(work->arena, whole, table)));
}

struct object *old_whole(const struct work *work, const struct object *part)
{
	const char *whole = whole_of(part);
	return whole ? map_get(&work->old_parts.wholes, str_of(whole)) : NULL;
}

static struct object *new_whole(const struct work *work, const struct object *part)
{
	const char *whole = whole_of(part);
	return whole ? map_get(&work->new_parts.wholes, str_of(whole)) : NULL;
}

/* Is the table there before and after, a partition of the same one? */
static bool table_stays(const struct work *work, const struct object *old)
{
	const struct object *now = old ? counterpart(work->to, old) : NULL;
	return now && !work->old[old->position].dropped &&
		same(object_get(old, "partition_of"), object_get(now, "partition_of"));
}

/* ---- what goes ---- */

bool is_partition_of(const struct object *table, const struct object *whole)
{
	return table->kind == KIND_TABLE && same(object_get(table, "partition_of"), whole->parent_ident);
}

/* May the part stay what it is, while its whole does? */
static bool part_fits(const struct work *work, const struct object *part)
{
	const struct object *now = counterpart(work->to, part), *other;
	if (now)
		return !work->old[part->position].dropped && same(whole_of(now), whole_of(part));
	/* Under whatever name. */
	other = part_on(work, &work->new_parts, whole_of(part), part->parent);
	return comes_with_parent(part) && other && comes_with_parent(other);
}

static void make_whole_again(struct work *work, struct object *old)
{
	struct object *now = counterpart(work->to, old);
	if (!work->old[old->position].dropped)
		work_note(work, '~', now ? now : old, "parts");
	work->old[old->position].dropped = true;
	if (!now)
		return;
	work->new[now->position].created = true;
	work->new[now->position].altered = work->new[now->position].disturbs = false;
}

static bool follow_whole(struct work *work, struct object *part)
{
	struct object *whole = old_whole(work, part), *now = counterpart(work->to, part);
	struct fate *fate = &work->old[part->position];
	if (!whole || !table_stays(work, part->parent))
		return false;
	if (!work->old[whole->position].dropped) {
		if (part_fits(work, part))
			return false;
		make_whole_again(work, whole);
	}
	fate->dropped = true;
	if (now) {
		work->new[now->position].created = true;
		work->new[now->position].altered = work->new[now->position].disturbs = false;
	}
	return true;
}

/* A table that comes gets a part of every index, wanted or not. */
static bool follow_table(struct work *work, const struct object *whole)
{
	struct object *old = counterpart(work->from, whole);
	if (!old || work->old[old->position].dropped)
		return false;
	for (size_t i = 0; i < whole->parent->needed_by.len; i++) {
		const struct object *table = whole->parent->needed_by.ptr[i];
		if (!is_partition_of(table, whole) || table_stays(work, counterpart(work->from, table)) ||
		    part_on(work, &work->new_parts, index_of(whole), table))
			continue;
		make_whole_again(work, old);
		return true;
	}
	return false;
}

bool parts_follow(struct work *work)
{
	bool any = false;
	for (size_t i = 0; i < work->to->objects.len; i++) {
		const struct object *whole = work->to->objects.ptr[i];
		if (whole->parent && index_of(whole) && object_get(whole, "_partitioned"))
			any = follow_table(work, whole) || any;
	}
	for (size_t i = 0; i < work->from->objects.len; i++) {
		struct object *part = work->from->objects.ptr[i];
		struct object *whole = old_whole(work, part);
		bool was = whole && work->old[whole->position].dropped && work->old[part->position].dropped;
		if (whole && !was)
			any = follow_whole(work, part) || any;
	}
	return any;
}

struct object *whole_that_takes_along(const struct work *work, const struct object *part)
{
	struct object *whole = old_whole(work, part);
	return whole && work->old[whole->position].dropped && table_stays(work, part->parent) ? whole : NULL;
}

/* ---- what comes ---- */

/* What PostgreSQL looks at when it searches for an index that can be a part. */
static const char *shape(struct arena *arena, const struct object *object)
{
	const char *definition = object_get(object, "definition"), *text;
	if (object->kind == KIND_INDEX) {
		text = strstr(definition, " USING ");
		return arena_printf(arena, "%s%s", object_get(object, "_unique") ? "unique" : "",
				    text ? text + strlen(" USING") : "");
	}
	text = strchr(definition, '(');
	return arena_printf(arena, "unique %s %s", object_get(object, "_method") ? object_get(object, "_method") : "",
			    text ? text : "");
}

static bool is_new(const struct work *work, const struct object *b)
{
	const struct object *a = counterpart(work->from, b);
	return !a || work->old[a->position].dropped;
}

/* Is there another index on the table that could be taken for the part? */
static bool has_rival(const struct work *work, const struct object *table, const struct object *part)
{
	const char *wanted = shape(work->arena, part);
	for (size_t i = 0; i < table->children.len; i++) {
		const struct object *other = table->children.ptr[i];
		bool comes_later = comes_with_parent(other) && !object_get(other, "_named");
		if (index_of(other) && other != part && !comes_later && is(shape(work->arena, other), wanted))
			return true;
	}
	return false;
}

/* Would CREATE INDEX on the whole table make and take in just what is wanted? */
static bool finds_its_parts(const struct work *work, const struct object *whole)
{
	const struct object *table = whole->parent;
	for (size_t i = 0; table && i < table->needed_by.len; i++) {
		const struct object *partition = table->needed_by.ptr[i];
		if (!is_partition_of(partition, whole))
			continue;
		const struct object *part = part_on(work, &work->new_parts, index_of(whole), partition);
		if (!part || has_rival(work, partition, part) ||
		    (object_get(part, "_partitioned") && !finds_its_parts(work, part)))
			return false;
	}
	return true;
}

static void create_without_parts(struct work *work, struct object *whole);

static void create_part(struct work *work, struct object *part)
{
	struct fate *fate = &work->new[part->position];
	if (!is_new(work, part))
		return;
	if (!fate->created)
		work_note(work, '+', part, NULL);
	fate->created = fate->apart = fate->alone = true;
	if (object_get(part, "_partitioned"))
		create_without_parts(work, part);
}

/* A part that is a whole itself, of a partition with partitions. */
static void create_without_parts(struct work *work, struct object *whole)
{
	struct objects *tables = &whole->parent->needed_by;
	work->new[whole->position].only = !finds_its_parts(work, whole);
	for (size_t i = 0; work->new[whole->position].only &&i < tables->len; i++) {
		struct object *part = is_partition_of(tables->ptr[i], whole)
			? part_on(work, &work->new_parts, index_of(whole), tables->ptr[i])
			: NULL;
		if (part)
			create_part(work, part);
	}
}

/* On a table that stays, of a whole that stays: what is not there yet is made and attached. */
static void complete(struct work *work, struct object *part)
{
	const struct object *old = part_on(work, &work->old_parts, whole_of(part), part->parent);
	if (!is_new(work, part) || (comes_with_parent(part) && old && comes_with_parent(old)))
		return;
	create_part(work, part);
}

/* A comment and the like, which has to be said of what comes by itself. */
static void say_its_own(struct work *work, struct object *part)
{
	struct fate *fate = &work->new[part->position];
	for (size_t i = 0; is_new(work, part) && i < part->attributes->len; i++) {
		const struct meaning *meaning =
			part->values[i] ? meaning_find(part->kind, part->attributes->names[i]) : NULL;
		if (!meaning || meaning->in_create || !meaning->set || fate->created)
			continue;
		fate->created = true;
		work_note(work, '+', part, NULL);
	}
}

/* A part that PostgreSQL makes with the whole of it, and on all partitions below. */
static bool comes_along(const struct work *work, const struct object *part)
{
	return whole_of(part) && is_new(work, part) && !work->new[part->position].created;
}

static void settle_part(struct work *work, struct object *part)
{
	struct object *whole = new_whole(work, part), *table = part->parent;
	if (!whole)
		return;
	const struct object *old = counterpart(work->from, table);
	if (work->new[whole->position].created) {
		if (work->new[whole->position].only || object_get(part, "_named"))
			create_part(work, part);
	} else if (work->new[table->position].created) {
		if (!comes_with_parent(part) || object_get(part, "_named"))
			work->new[table->position].joins = true;
	} else if (table_stays(work, old) && !comes_along(work, whole)) {
		complete(work, part);
	}
	say_its_own(work, part);
}

/* What would be taken in by a table's new parent, and must not, is made again behind it. */
static void keep_apart(struct work *work, struct object *table)
{
	for (size_t i = 0; i < table->children.len; i++) {
		const struct object *part = table->children.ptr[i];
		const char *wanted = whole_of(part) ? shape(work->arena, part) : NULL;
		for (size_t k = 0; wanted && is_new(work, part) && k < table->children.len; k++) {
			struct object *other = table->children.ptr[k], *old = counterpart(work->from, other);
			if (other == part || !old || !index_of(other) || whole_of(other) ||
			    !is(shape(work->arena, other), wanted))
				continue;
			work->old[old->position].dropped = work->new[other->position].created = true;
			work->new[other->position].altered = work->new[other->position].disturbs = false;
		}
	}
}

bool table_moves(const struct work *work, const struct object *table)
{
	const struct object *old = table->kind == KIND_TABLE ? counterpart(work->from, table) : NULL;
	return old && work->new[table->position].altered &&object_get(old, "partition_of") &&
		object_get(table, "partition_of") &&
		(!same(object_get(old, "partition_of"), object_get(table, "partition_of")) ||
		 !same(object_get(old, "partition_bound"), object_get(table, "partition_bound")));
}

bool table_joins(const struct work *work, const struct object *table)
{
	const struct object *old = table->kind == KIND_TABLE ? counterpart(work->from, table) : NULL;
	return old && object_get(table, "partition_of") && !work->new[table->position].created &&
		!same(object_get(old, "partition_of"), object_get(table, "partition_of"));
}

void parts_settle(struct work *work)
{
	for (size_t i = 0; i < work->to->objects.len; i++) {
		struct object *object = work->to->objects.ptr[i];
		struct fate *fate = &work->new[i];
		if (table_joins(work, object))
			keep_apart(work, object);
		if (fate->created && stands_otherwise(work->arena, object))
			fate->joins = true;
		if (index_of(object) && object_get(object, "_partitioned") && fate->created)
			fate->only = !finds_its_parts(work, object);
	}
	for (size_t i = 0; i < work->to->objects.len; i++)
		settle_part(work, work->to->objects.ptr[i]);
}

/* A table that leaves keeps its indexes; one that comes may have them taken in. */
bool part_moves_in_place(const struct work *work, const struct object *a, const struct object *b)
{
	return !whole_of(a) || !whole_of(b) || !table_stays(work, a->parent);
}

/* ---- statements ---- */

/* The table of the part and the whole are there before, and stay. */
bool is_attached_late(const struct work *work, const struct object *part)
{
	const struct object *whole = new_whole(work, part), *table = part->parent;
	return whole && !work->new[whole->position].created &&table &&table_stays(work, counterpart(work->from, table));
}

void attach_where_both_stay(struct work *work, const struct object *part, struct statements *statements)
{
	if (is_attached_late(work, part))
		attach_part(work, part, statements);
}

void attach_part(struct work *work, const struct object *part, struct statements *statements)
{
	ADD("ALTER INDEX %s ATTACH PARTITION %s", whole_of(part), index_of(part));
}

void attach_parts(struct work *work, const struct object *whole, struct statements *statements)
{
	const struct object *table = whole->parent;
	for (size_t i = 0; i < table->needed_by.len; i++) {
		const struct object *partition = table->needed_by.ptr[i], *part;
		if (is_partition_of(partition, whole) &&
		    (part = part_on(work, &work->new_parts, index_of(whole), partition)))
			attach_part(work, part, statements);
	}
}

/* CREATE INDEX i ON t -> ON ONLY t; ALTER TABLE t ADD CONSTRAINT -> ALTER TABLE ONLY t. */
const char *on_only(struct arena *arena, const struct object *whole, const char *sql)
{
	static const char alter[] = "ALTER TABLE ";
	const char *at = whole->kind == KIND_INDEX
		? strstr(sql, arena_printf(arena, "%s ON ", object_get(whole, "_bare")))
		: sql;
	if (!at)
		return sql;
	at += whole->kind == KIND_INDEX ? strlen(object_get(whole, "_bare")) + strlen(" ON ") : strlen(alter);
	return arena_printf(arena, "%.*sONLY %s", (int)(at - sql), sql, at);
}
