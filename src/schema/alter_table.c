#include "schema/alter.h"
#include "schema/list.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

void alter_partition(struct work *work, const struct object *a, const struct object *b, const char *name,
		     struct statements *statements)
{
	const char *old = object_get(a, "partition_of"), *new = object_get(b, "partition_of");
	if (is(name, "partition_bound") && !same(old, new))
		return; /* said with partition_of */
	if (old && !new)
		ADD("ALTER TABLE %s DETACH PARTITION %s", old, b->ident);
	if (new)
		ADD("ALTER TABLE %s ATTACH PARTITION %s %s", new, b->ident, object_get(b, "partition_bound"));
}

void detach_partition(struct work *work, const struct object *old, struct statements *statements)
{
	ADD("ALTER TABLE %s DETACH PARTITION %s", object_get(old, "partition_of"), old->ident);
}

void alter_inherits(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	struct strs old = list_elements(work->arena, object_get(a, "inherits")),
		    new = list_elements(work->arena, object_get(b, "inherits"));
	for (size_t i = 0; i < old.len; i++)
		if (!list_find(&new, old.ptr[i], '\0'))
			ADD("ALTER TABLE %s NO INHERIT " STR_FMT, b->ident, STR_ARG(old.ptr[i]));
	for (size_t i = 0; i < new.len; i++)
		if (!list_find(&old, new.ptr[i], '\0'))
			ADD("ALTER TABLE %s INHERIT " STR_FMT, b->ident, STR_ARG(new.ptr[i]));
}
