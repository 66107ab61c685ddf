/*
 * module.h - a source file that was read.
 *
 * A module is a scope whose names are evaluated on demand, and a list of what it exports.  Modules that import each other are no problem by
 * themselves: only a value that needs itself is.
 */
#ifndef BRANT_FORMAT_DRIZZLE_TS_MODULE_H
#define BRANT_FORMAT_DRIZZLE_TS_MODULE_H

#include "format/drizzle/ts/evaluate.h"

struct module {
	const char *path;
	const struct source *source; /* NULL: not a program (JSON, or nothing that is understood) */
	struct scope *scope;
	struct map own;       /* exported names to slots */
	struct slots stars;   /* `export * from`: node is the statement */
	struct slots effects; /* statements that stand for their effect: node; READY: it has run, BUSY: it could not */
	struct slots bare;    /* `import "./x"`: node is the statement */
	struct err *unreadable; /* why a file with JSX in it could not be read, or NULL: its values are unknown */
	bool visiting, ran;
	bool builds;                /* order.c: some of its statements build values */
	bool built;                 /* these have run, or do */
	const struct node *running; /* which of them does; or NULL */
};

/* The module that a statement's specifier means; *ret_module is NULL where it is a package's. */
bool import_module(struct interp *interp, const struct module *from, const struct node *at, struct str specifier,
		   struct module **ret_module);

/* What a statement of that module imports from, without Deno's ways to say it: "drizzle-orm" for "npm:drizzle-orm@0.45". */
struct str specifier_of(struct interp *interp, const struct module *from, const struct node *statement);

/* effect.c: what happens as soon as it was read, and must be known before anything is evaluated. */
void module_begin(struct interp *interp, struct module *module);

/* order.c: looks up which of a module's statements build values; once its changes are known. */
void order_find(struct interp *interp, struct module *module);

#endif
