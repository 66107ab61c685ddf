#include "format/drizzle/ts/module.h"

/*
 * What modules do for its effect alone: calls and assignments that stand for themselves.
 *
 * Values are evaluated on demand, and effects run last.  Two kinds cannot wait, since whoever reads before them would be wrong: variables of the
 * environment that are set, and changes of what another module holds.
 */

/* ---- at once ---- */

static bool is_environment(const struct node *target)
{
	return str_starts(target->text, STR("process.env.")) || str_starts(target->text, STR("process.env["));
}

/* process.env.NAME ||= "..." */
static void set_environment(struct interp *interp, struct module *module, const struct node *expression)
{
	const struct node *left = expression ? node_role(expression, R_LEFT) : NULL;
	unsigned depth = interp->depth;
	struct value ignored;
	if (!left || !is_environment(left) || node_role(left, R_INDEX))
		return;
	if (!interp_eval(interp, module->scope, expression, &ignored))
		map_set(interp->arena, &interp->assigned, node_role(left, R_PROPERTY)->text,
			slot_ready(interp->arena, js_opaque(expression->text)));
	interp->depth = depth;
	err_clear(interp->err);
}

/* import { list } from "./list"; list.push(x): the list is another module's, which knows nothing of it. */
static void pass_changes(struct interp *interp, const struct slot *slot)
{
	unsigned depth = interp->depth;
	struct slot *theirs;
	if (slot->from == FROM_IMPORT && slot->changes && import_slot_of(interp, slot, &theirs) && theirs)
		changes_add(interp, theirs, slot->changes);
	interp->depth = depth;
	err_clear(interp->err);
}

void module_begin(struct interp *interp, struct module *module)
{
	if (++interp->depth <= INTERP_MAX_DEPTH) {
		for (size_t i = 0; i < module->bare.len; i++) {
			const struct node *statement = module->bare.ptr[i]->node;
			struct module *ignored;
			import_module(interp, module, statement, specifier_of(interp, module, statement), &ignored);
			err_clear(interp->err);
		}
		for (size_t i = 0; i < module->effects.len; i++)
			set_environment(interp, module, module->effects.ptr[i]->node->first);
		for (size_t i = 0; i < module->scope->names.len; i++)
			pass_changes(interp, module->scope->names.ptr[i].value);
	}
	interp->depth--;
}

/* ---- last ---- */

/* Does a statement name something that matters? */
static bool names_what_matters(struct interp *interp, const struct module *module, const struct node *statement,
			       bool (*matters)(const struct value *value))
{
	const struct node *node = statement;
	for (;;) {
		struct slot *slot = node->kind == N_IDENTIFIER ? scope_find(module->scope, node->text) : NULL;
		struct value value;
		if (slot && slot_value(interp, slot, &value) && matters(&value))
			return true;
		if (node->first) {
			node = node->first;
			continue;
		}
		while (node != statement && !node->next)
			node = node->parent;
		if (node == statement)
			return false;
		node = node->next;
	}
}

/* list.push(table): nobody can read the list anyway. */
static bool is_for_nobody(struct interp *interp, struct module *module, const struct node *expression)
{
	struct slot *slot = node_changed_slot(module->scope, expression);
	unsigned depth = interp->depth;
	struct value ignored;
	bool is = slot && !slot_value(interp, slot, &ignored);
	interp->depth = depth;
	err_clear(interp->err);
	return is;
}

static bool run_effect(struct interp *interp, struct module *module, const struct node *statement)
{
	struct value ignored;
	bool eager = interp->eager;
	if (statement->kind == N_EXPRESSION_STATEMENT)
		return interp_eval(interp, module->scope, statement->first, &ignored);
	interp->eager = true;
	bool ok = statement_run(interp, module->scope, statement);
	interp->eager = eager;
	return ok;
}

static bool module_run(struct interp *interp, struct module *module, bool (*matters)(const struct value *value))
{
	for (size_t i = 0; i < module->effects.len; i++) {
		const struct node *statement = module->effects.ptr[i]->node;
		unsigned depth = interp->depth;
		struct err why = { .arena = interp->arena };
		if (module->effects.ptr[i]->state == SLOT_READY || is_for_nobody(interp, module, statement->first) ||
		    module->effects.ptr[i]->state == SLOT_READY || run_effect(interp, module, statement))
			continue;
		interp->depth = depth;
		interp->eager = false;
		err_copy(&why, interp->err);
		err_clear(interp->err);
		if (names_what_matters(interp, module, statement, matters)) {
			err_copy(interp->err, &why);
			return false;
		}
		interp->depth = depth;
		err_clear(interp->err);
	}
	return true;
}

bool modules_run(struct interp *interp, bool (*matters)(const struct value *value))
{
	for (size_t i = 0; i < interp->modules.len; i++) { /* their number grows meanwhile */
		struct module *module = interp->modules.ptr[i].value;
		bool ran = module->ran;
		module->ran = true;
		if (!ran && !module_run(interp, module, matters))
			return false;
	}
	return true;
}
