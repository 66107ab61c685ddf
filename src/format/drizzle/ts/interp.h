/*
 * interp.h - evaluates TypeScript, as far as schemas need it.
 *
 * One interp reads one set of sources.  Everything it makes lives in its arena.  Time is bounded: steps and depth are counted, so that a text that would
 * compute for ever is refused like any other that is not understood.
 *
 * What is not understood is refused with "typescript-unsupported" at the file, line and column of the construct.  Functions return false then; the error is in
 * interp->err.
 */
#ifndef BRANT_FORMAT_DRIZZLE_TS_INTERP_H
#define BRANT_FORMAT_DRIZZLE_TS_INTERP_H

#include "format/drizzle/ts/value.h"

enum { INTERP_MAX_DEPTH = 600, INTERP_MAX_STEPS = 4000000, INTERP_MAX_MODULES = 5000 };

/*
 * What the package specifier exports under name ("default", "*").  True where it is known and ret_value is set; false: nothing is known, and the value is
 * opaque.
 */
typedef bool external_fn(struct interp *interp, const char *specifier, struct str name, struct value *ret_value);

struct module;

/* A place in a module: what stands in front of it has happened. */
struct instant {
	const struct module *module; /* NULL: after everything */
	const char *at;              /* in its text */
};

struct interp {
	struct arena *arena;
	struct err *err;
	external_fn *external; /* NULL: none is known */
	void *context;         /* the caller's own */
	const char *root;      /* the project's folder: where resolution stops looking for configuration */
	const char *(*environment)(const struct interp *interp, const char *name); /* NULL: the process's own */
	struct map assigned;       /* environment variables that modules set, to slots */
	const struct change *late; /* a change of what had been read already, or NULL */
	struct map modules;        /* by real path */
	struct map configurations;
	struct map import_maps; /* Deno's, by folder */
	struct scope *globals;
	struct instant now; /* where the binding stands that is being evaluated */
	bool eager;         /* assignments are at work: evaluate in order */
	unsigned depth;
	size_t symbols;       /* made so far */
	size_t unknown_calls; /* of functions that nobody here knows: they may throw */
	unsigned long steps;
};

struct interp *interp_new(struct arena *arena, const char *root, external_fn *external, struct err *err);

/* ---- modules ---- */

struct module;

/* Reads a source file (once).  Nothing in it is evaluated yet. */
bool module_load(struct interp *interp, const char *path, struct module **ret_module);

/* What a module exports, in the order in which drizzle-kit's bundler lists it: by name, then what comes through `export *`. */
struct export
{
	struct str name;
	struct slot *slot;
};
struct exports {
	struct export *ptr;
	size_t len, cap;
};
bool module_exports(struct interp *interp, struct module *module, struct exports *ret_exports);

/* One of them; *ret_slot is NULL where there is none of that name. */
bool module_export(struct interp *interp, struct module *module, struct str name, struct slot **ret_slot);

/*
 * Runs what the modules read so far do for its effect alone: calls and assignments that stand for themselves.  What of it is not understood is passed over,
 * unless something that it names matters.
 */
bool modules_run(struct interp *interp, bool (*matters)(const struct value *value));

/* Refuses where a module was read that changes what had been read before: the values would depend on the order. */
bool modules_check_order(struct interp *interp);

/* reach.c: could evaluating the slot call something that `wanted` says yes to?  Nothing is evaluated for that. */
bool slot_reaches(struct interp *interp, const struct slot *slot,
		  bool (*wanted)(const char *specifier, struct str name));

/* Does the slot's own text call something that `wanted` says yes to? */
bool slot_calls(struct interp *interp, const struct slot *slot, bool (*wanted)(const char *specifier, struct str name));

/* ---- values ---- */

/* Reads a slot. */
bool slot_value(struct interp *interp, struct slot *slot, struct value *ret_value);

bool interp_eval(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value);

/* object.key; undefined where there is no such member. */
bool js_get(struct interp *interp, const struct node *at, const struct value *object, struct str key,
	    struct value *ret_value);

/* The same, for a value that is an object: false (and no error) where it is none or has no such member or it is undefined. */
bool js_member(struct interp *interp, const struct value *object, const char *key, struct slot **ret_slot);

bool js_call(struct interp *interp, const struct node *at, const struct value *function, const struct value *self,
	     struct slot **args, size_t nargs, struct value *ret_value);

/* Conversions as JavaScript makes them; what is opaque is refused at `at`. */
bool js_to_text(struct interp *interp, const struct node *at, const struct value *value, struct str *ret_text);

/* The same for the name of a member, which may be a symbol. */
bool js_to_key(struct interp *interp, const struct node *at, const struct value *value, struct str *ret_key);
bool js_truth(struct interp *interp, const struct node *at, const struct value *value, bool *ret_truth);
bool js_to_number(struct interp *interp, const struct node *at, const struct value *value, double *ret_number);
bool js_json(struct interp *interp, const struct node *at, const struct value *value, struct str *ret_json);

/* An environment variable's value, or undefined; anything else as it is. */
struct value js_settle(const struct interp *interp, const struct value *value);

/*
 * Refuses to change an object or an array that a module's own binding holds: by way of a parameter, say.  When that would happen, and what was read of it
 * before, is not known.
 */
bool js_may_change(struct interp *interp, const struct node *at, const struct value *value);

/* The elements of anything that can be iterated; the own members of anything that has them. */
bool js_items(struct interp *interp, const struct node *at, const struct value *value, struct slots *ret_items);
bool js_members(struct interp *interp, const struct node *at, const struct value *value, struct object **ret_object);

/* ---- for functions of ours ---- */

/* The argument, evaluated; undefined where there are fewer. */
bool call_arg(struct call *call, size_t index, struct value *ret_value);
bool call_text(struct call *call, size_t index, struct str *ret_text); /* refuses what is no string */
bool call_refuse(struct call *call, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool interp_refuse(struct interp *interp, const struct node *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
