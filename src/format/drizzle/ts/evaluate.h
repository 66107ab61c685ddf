/*
 * evaluate.h - what the evaluator's files share with each other.
 */
#ifndef BRANT_FORMAT_DRIZZLE_TS_EVALUATE_H
#define BRANT_FORMAT_DRIZZLE_TS_EVALUATE_H

#include "format/drizzle/ts/interp.h"

/* ---- scope.c ---- */

struct scope *scope_new(struct arena *arena, struct scope *parent);
struct slot *scope_find(const struct scope *scope, struct str name);

/* Names what a pattern takes apart; slot is the whole. */
bool scope_bind(struct interp *interp, struct scope *scope, const struct node *pattern, struct slot *slot);

/* Declares what a statement (or the declaration in an export) declares, evaluated when it is needed. */
bool scope_declare(struct interp *interp, struct scope *scope, const struct node *statement);

/* The name of a property, in an object or a pattern; a computed one is evaluated. */
bool js_key_text(struct interp *interp, struct scope *scope, const struct node *key, struct str *ret_text);

/* ---- change.c ---- */

/* Notes with the slots of a module's scope what could change them later: to be called once all of them are declared. */
void changes_find(struct interp *interp, struct scope *scope, const struct node *root);

/* The same, found elsewhere: also of what the slot has its value from. */
void changes_add(struct interp *interp, struct slot *slot, const struct change *changes);

/* Is it an assignment, `++`, `delete`, list.push(), ...? */
bool node_changes(const struct node *node);

/* The slot of the scope that such an expression changes; NULL where it is none of the scope's. */
struct slot *node_changed_slot(struct scope *scope, const struct node *node);

/* Is another value given to its name? */
bool slot_is_reassigned(const struct slot *slot);

/* Refuses where the name is given another value, or, with a value, where what is inside of that changes. */
bool slot_refuse_changed(struct interp *interp, const struct slot *slot, const struct value *value);

bool change_refuse(struct interp *interp, const struct change *change);

/* Marks what a module's own binding holds; nothing of it may change. */
void value_own(const struct value *value);
bool value_is_owned(const struct value *value);

/* ---- function.c ---- */

/* The argument for a parameter, with its default. */
struct slot *argument_slot(struct interp *interp, struct scope *scope, const struct node *parameter, struct slot **args,
			   size_t nargs, size_t index);

bool closure_call(struct interp *interp, const struct node *at, const struct closure *closure, const struct value *self,
		  struct slot **args, size_t nargs, struct value *ret_value);

/* ---- property.c ---- */

/* f.x = ..., written once and for itself in a module where f is a function: x is f's from the beginning.  True where the statement is that. */
bool function_add_member(struct interp *interp, struct scope *scope, const struct node *statement);

/* Is the expression one of these? */
bool function_has_member(const struct scope *scope, const struct node *expression);

/* What the slot knows of its function's members. */
void function_take_members(const struct slot *slot, struct closure *closure);

bool function_member(struct interp *interp, const struct value *function, struct str key, struct value *ret_value);

/* Object.assign(f, from): the function itself, or one like it where a module's own binding holds it. */
bool function_assign(struct interp *interp, const struct node *at, struct value *function, const struct value *from);

/* ---- evaluate.c ---- */

/* A slot for an expression: evaluated when it is read, or now where the order matters. */
bool expression_slot(struct interp *interp, struct scope *scope, const struct node *node, struct slot **ret_slot);

/* ---- order.c ---- */

/* Do statements of its module make all changes of the slot, and are those done, and only those, that stand in front of who asks? */
bool slot_is_built(struct interp *interp, const struct slot *slot);

/* Is it such a slot's value, or inside of one, and one of these statements at work? */
bool value_is_being_built(struct interp *interp, const struct value *value);

/* ---- statement.c ---- */

/* Runs a module's own statement. */
bool statement_run(struct interp *interp, struct scope *scope, const struct node *statement);

/* Runs a block; ret_value is set by its return alone. */
bool statements_run(struct interp *interp, struct scope *scope, const struct node *block, struct value *ret_value);

/* ---- class.c ---- */

/* A static member. */
bool class_member(struct interp *interp, const struct class *class, struct str key, struct value *ret_value);

/* new C(...), and super(...) in its constructor. */
bool class_new(struct interp *interp, const struct node *at, const struct class *class, struct slots args,
	       struct value *ret_value);
bool class_super(struct interp *interp, struct scope *scope, const struct node *at, struct slots args);

/* super.key in a method, and whose method it then is. */
bool class_super_member(struct interp *interp, struct scope *scope, const struct node *at, struct str key,
			struct value *ret_self, struct value *ret_value);

/* A method that the object's class has, or what its getter gives. */
/* Its setter for the name, own or inherited, is called; refused where there is but a getter. */
bool class_set(struct interp *interp, const struct node *at, const struct class *class, const struct value *self,
	       struct str key, struct slot *slot, bool *ret_done);

/* Its own members into a map, as a spread has them. */
bool js_copy_members(struct interp *interp, const struct object *from, struct map *to);

bool object_method(struct interp *interp, const struct node *at, const struct value *self, struct str key,
		   bool *ret_found, struct value *ret_value);

/* ---- builtin.c, globals.c ---- */

/* A member of a string, an array, a number, a date: undefined where JavaScript has none. */
bool builtin_member(struct interp *interp, const struct value *object, struct str key, struct value *ret_value);

/* What every module finds. */
void globals_fill(struct interp *interp);

/* ---- path.c ---- */

/* What node:path and node:url export. */
bool path_external(struct interp *interp, const char *specifier, struct str name, struct value *ret_value);

/* What a file knows of itself: __dirname, __filename, import.meta; and URL.  False for other names. */
bool file_global(struct interp *interp, const char *path, struct str name, struct value *ret_value);

/* ---- module.c ---- */

/* What an import names. */
bool import_value(struct interp *interp, const struct slot *slot, struct value *ret_value);

/* The slot of another module that an import is; *ret_slot is NULL where it is none of ours. */
bool import_slot_of(struct interp *interp, const struct slot *import, struct slot **ret_slot);

/* `require("...")`: everything that the module exports. */
bool require_value(struct interp *interp, struct module *from, const struct node *at, struct str specifier,
		   struct value *ret_value);

#endif
