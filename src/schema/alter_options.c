#include "schema/alter.h"
#include "schema/list.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

/* ALTER ... SET (what is new or other), RESET (what is gone). */
void alter_options(struct work *work, const char *alter, const char *old, const char *new,
		   struct statements *statements)
{
	struct strs before = list_elements(work->arena, old), after = list_elements(work->arena, new);
	struct buf set = buf_init(work->arena), reset = buf_init(work->arena);
	for (size_t i = 0; i < after.len; i++) {
		const struct str *was = list_find(&before, list_name(after.ptr[i], '='), '=');
		if (!was || !str_eq(*was, after.ptr[i]))
			list_add(&set, "", after.ptr[i]);
	}
	for (size_t i = 0; i < before.len; i++)
		if (!list_find(&after, list_name(before.ptr[i], '='), '='))
			list_add(&reset, "", list_name(before.ptr[i], '='));
	if (set.len)
		ADD("%s SET (%s)", alter, set.ptr);
	if (reset.len)
		ADD("%s RESET (%s)", alter, reset.ptr);
}

void alter_server_options(struct work *work, const char *alter, const char *old, const char *new,
			  struct statements *statements)
{
	struct strs before = list_elements(work->arena, old), after = list_elements(work->arena, new);
	struct buf changes = buf_init(work->arena);
	for (size_t i = 0; i < after.len; i++) {
		const struct str *was = list_find(&before, list_name(after.ptr[i], ' '), ' ');
		if (!was || !str_eq(*was, after.ptr[i]))
			list_add(&changes, was ? "SET " : "ADD ", after.ptr[i]);
	}
	for (size_t i = 0; i < before.len; i++)
		if (!list_find(&after, list_name(before.ptr[i], ' '), ' '))
			list_add(&changes, "DROP ", list_name(before.ptr[i], ' '));
	ADD("%s OPTIONS (%s)", alter, changes.ptr);
}
