#include "format/drizzle/ts/evaluators.h"
#include "format/drizzle/ts/module.h"

/*
 * Objects and lists that a module builds by statements of its own:
 *
 *     const columns = {};
 *     for (const name of names) columns[name] = text();
 *     export const t = pgTable("t", columns);
 *
 * Where each place that changes such a value stands in a statement of its module (not in a function that somebody calls some time), these statements are run in
 * their order as soon as one of the values is asked for.  Who asks has a place in the module too, whenever it is evaluated: that of the binding which is being
 * evaluated.  It must find exactly those changes done that stand in front of it; otherwise the old refusal stays (change.c).  Other modules ask when this one
 * has run to its end.  Only what is inside of a value may change so: a name that is assigned to again is as little understood as before.
 */

enum { LOOKS_A_STEP = 8 };

/* All of a slot's changes are made by statements of its own module. */
static bool is_built(struct interp *interp, const struct slot *slot)
{
	const struct change *change = slot->changes;
	unsigned n = 0;
	for (; change && change->kind != CHANGE_NAME && change->effect && change->scope == slot->scope; n++)
		change = change->next;
	interp->steps += n / LOOKS_A_STEP;
	return !change;
}

enum { BUILDS = 1 }; /* an effect's index */

void order_find(struct interp *interp, struct module *module)
{
	for (size_t i = 0; i < module->scope->names.len; i++) {
		const struct slot *slot = module->scope->names.ptr[i].value;
		for (const struct change *change = is_built(interp, slot) ? slot->changes : NULL; change;
		     change = change->next) {
			change->effect->index = BUILDS;
			module->builds = true;
		}
	}
}

/* What fails is as if it had not been tried: who needs its values is refused with the change. */
static void run_builder(struct interp *interp, struct module *module, struct slot *effect)
{
	struct instant before = interp->now;
	unsigned depth = interp->depth;
	bool eager = interp->eager;
	interp->now = (struct instant){ module, effect->node->text.ptr };
	interp->eager = true;
	module->running = effect->node;
	bool ok = statement_run(interp, module->scope, effect->node);
	effect->state = ok ? SLOT_READY : SLOT_BUSY;
	module->running = NULL;
	interp->eager = eager;
	interp->now = before;
	interp->depth = depth;
	if (!ok)
		err_clear(interp->err);
}

static void build(struct interp *interp, struct module *module)
{
	bool built = module->built;
	module->built = true;
	for (size_t i = 0; !built && i < module->effects.len; i++)
		if (module->effects.ptr[i]->index == BUILDS)
			run_builder(interp, module, module->effects.ptr[i]);
}

/* Are exactly those changes done that stand in front of who asks? */
static bool is_in_time(const struct interp *interp, const struct slot *slot, const struct module *module)
{
	bool inside = interp->now.module == module;
	for (const struct change *change = slot->changes; change; change = change->next) {
		const struct slot *effect = change->effect;
		const char *at = effect->node->text.ptr;
		bool done = effect->state == SLOT_READY, wanted = !inside || at < interp->now.at;
		bool now = effect->node == module->running && inside && interp->now.at >= at;
		if (effect->state == SLOT_BUSY || (!now && done != wanted))
			return false;
	}
	return true;
}

bool slot_is_built(struct interp *interp, const struct slot *slot)
{
	struct module *module = slot->changes->scope->module;
	if (!module || !is_built(interp, slot))
		return false;
	build(interp, module);
	return is_in_time(interp, slot, module);
}

static bool is_same(const struct value *a, const struct value *b)
{
	return a->kind == b->kind && a->object == b->object;
}

/* Written as a literal at that place: nobody else can have it by another name. */
static bool is_fresh(const struct slot *slot)
{
	return slot->state == SLOT_READY && slot->node &&
		(slot->node->kind == N_ARRAY || slot->node->kind == N_OBJECT || slot->node->kind == N_NEW_EXPRESSION);
}

enum { MAX_INSIDE = 4, MAX_MEMBERS = 4096 };

/* The value itself, or a fresh one in it. */
static bool has_inside(const struct value *whole, const struct value *value, unsigned depth)
{
	if (is_same(whole, value))
		return true;
	struct slots items = whole->kind == V_ARRAY ? whole->array->items : (struct slots){ 0 };
	size_t members = whole->kind == V_OBJECT ? whole->object->map.len : 0;
	if (depth > MAX_INSIDE || items.len > MAX_MEMBERS || members > MAX_MEMBERS)
		return false;
	for (size_t i = 0; i < items.len; i++)
		if (is_fresh(items.ptr[i]) && has_inside(&items.ptr[i]->value, value, depth + 1))
			return true;
	for (size_t i = 0; i < members; i++) {
		const struct slot *member = whole->object->map.ptr[i].value;
		if (is_fresh(member) && has_inside(&member->value, value, depth + 1))
			return true;
	}
	return false;
}

bool value_is_being_built(struct interp *interp, const struct value *value)
{
	const struct module *module = interp->now.module;
	if (!module || !module->running)
		return false;
	interp->steps += module->scope->names.len / LOOKS_A_STEP;
	for (size_t i = 0; i < module->scope->names.len; i++) {
		const struct slot *slot = module->scope->names.ptr[i].value;
		if (slot->changes && slot->state == SLOT_READY && is_built(interp, slot) &&
		    has_inside(&slot->value, value, 0))
			return true;
	}
	return false;
}
