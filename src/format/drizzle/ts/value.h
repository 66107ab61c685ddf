/*
 * value.h - the values of TypeScript that evaluation makes.
 *
 * Nothing is computed before somebody asks: bindings, arguments, elements and properties are slots, and a slot is evaluated when it is read.  That is what
 * lets a schema be read whose validators, relations and run-time defaults nobody here understands.  A slot that needs itself is a circle, and refused.
 *
 * What comes from a package that is not known is opaque: it can be called, passed on and asked for members, all of which are opaque again; it is refused
 * only where its value matters.
 */
#ifndef BRANT_FORMAT_DRIZZLE_TS_VALUE_H
#define BRANT_FORMAT_DRIZZLE_TS_VALUE_H

#include "base/map.h"
#include "base/suggest.h"
#include "format/drizzle/ts/syntax.h"

struct interp;
struct call;
struct class;

enum value_kind {
	V_UNDEFINED,
	V_NULL,
	V_BOOLEAN,
	V_NUMBER,
	V_BIGINT, /* text: its digits, with a sign */
	V_STRING,
	V_REGEX, /* text: as it was written */
	V_DATE,  /* number: milliseconds since 1970 */
	V_ENV,   /* text: the name of an environment variable */
	V_ARRAY,
	V_OBJECT,
	V_CLOSURE, /* a function of the user's */
	V_NATIVE,  /* a function of ours */
	V_CLASS,   /* a class of the user's */
	V_HOST,    /* something of a library that is known: a table, a column, ... */
	V_OPAQUE   /* text: where it comes from, for people */
};

struct value {
	enum value_kind kind;
	union {
		bool truth;
		double number;
		struct str text;
		struct array *array;
		struct object *object;
		struct closure *closure;
		const struct native *native;
		const struct class *class;
		struct host *host;
	};
};

enum slot_state { SLOT_READY, SLOT_LAZY, SLOT_BUSY };

/* How a lazy slot gets its value. */
enum slot_from {
	FROM_NODE,   /* evaluate node in scope */
	FROM_SAME,   /* another slot, or node where that is undefined */
	FROM_KEY,    /* the member key of another slot, or node where that is undefined */
	FROM_INDEX,  /* the element index of another slot, likewise */
	FROM_OTHERS, /* what a pattern's rest takes: node is the pattern */
	FROM_TAIL,   /* elements from index on */
	FROM_GETTER, /* what the getter node gives */
	FROM_IMPORT  /* key is the name, node the import or export statement */
};

enum change_kind {
	CHANGE_NAME,    /* n = 1, n++ */
	CHANGE_INSIDE,  /* o.a = 1, Object.assign(o, ...) */
	CHANGE_ELEMENTS /* list.push(1): nothing where it is no array */
};

/* A place that changes what a module's own binding holds. */
struct change {
	const struct node *site;
	struct scope *scope; /* the module's */
	struct str name;
	enum change_kind kind;
	struct slot *effect; /* the module's statement that the site is in; NULL: a declaration */
	const struct change *next;
};

struct slot {
	enum slot_state state;
	enum slot_from from;
	struct value value;
	const struct node *node; /* also of a ready one: where the value was written, or NULL */
	struct scope *scope;
	struct slot *of;
	struct str key;
	size_t index;
	const struct change *changes;
	struct map *members; /* of a function: what its module assigns to it, key to slot; or NULL */
};

struct slots {
	struct slot **ptr;
	size_t len, cap;
};

struct array {
	struct slots items;
	bool owned; /* a module's own binding holds it */
};

struct object {
	struct map map; /* from keys to slots, in the order in which they were added */
	bool owned;
	const struct class *class; /* that made it, or NULL */
	struct map hidden;         /* its #private members, to slots */
	struct map setters;        /* of an object that is written out, to slots */
};

struct scope {
	struct scope *parent;
	struct module *module;
	struct map names; /* to slots */
	bool has_self;
	struct value self;         /* this */
	const struct class *class; /* whose body this is, or NULL */
};

struct closure {
	const struct node *node; /* an arrow function, a function or a method */
	struct scope *scope;
	struct map own; /* members that were assigned, to slots */
	bool owned;
	const struct change *changed; /* a place that may assign others, or NULL */
};

struct class
{
	const struct node *node;
	struct scope *inner;    /* of its members */
	struct object *statics; /* static fields and methods */
	struct object *fields;  /* static fields alone: what a spread sees */
	struct value parent;    /* what it extends; undefined: nothing */
};

struct native {
	const char *name;
	bool (*run)(struct call *call, struct value *ret_value);
	int tag;           /* which of several that share a function */
	struct value self; /* what it is a method of */
};

struct method {
	const char *name;
	bool (*run)(struct call *call, struct value *ret_value);
	int tag;
};

/* What a library's things can do.  Any of the functions may be NULL. */
struct host_class {
	const char *name; /* "a table", for messages */
	const struct method *methods;
	size_t nmethods;
	bool extensible; /* members can be assigned */
	bool (*get)(struct interp *interp, struct host *host, struct str key, struct value *ret_value);
	bool (*set)(struct interp *interp, struct host *host, struct str key,
		    struct slot *slot); /* before extensible */
	bool (*call)(struct call *call, struct value *ret_value);
	struct object *(*members)(struct interp *interp, struct host *host); /* for Object.keys() and spreads */
	struct slots (*items)(struct interp *interp, struct host *host);     /* for those that can be iterated */
};

struct host {
	const struct host_class *class;
	struct map own; /* members that were assigned, to slots: they come before those of the class */
	bool owned;     /* a module's own binding holds it; of those with items */
};

struct call {
	struct interp *interp;
	const struct node *node; /* the call, for messages */
	const struct native *native;
	struct value self;
	struct slot **args;
	size_t nargs;
	struct strs *pieces; /* of a tagged template, cooked; else NULL */
};

static inline struct value js_undefined(void)
{
	return (struct value){ .kind = V_UNDEFINED };
}

struct value js_boolean(bool truth);
struct value js_number(double number);
struct value js_string(struct str text);
struct value js_text(const char *text);
struct value js_host(void *host);
struct value js_opaque(struct str from);
struct value js_array(struct arena *arena);
struct value js_object(struct arena *arena);
struct value js_native(struct arena *arena, const char *name, bool (*run)(struct call *, struct value *), int tag);

bool js_is_nullish(const struct value *value);
bool js_is_text(const struct value *value, const char *text);

/* Is it something of that class? */
bool js_is(const struct value *value, const struct host_class *class);

/* "a string", for messages. */
const char *js_describe(struct arena *arena, const struct value *value);

/* " (did you mean ...?)" where one of the words is near; else "". */
const char *js_did_you_mean(struct arena *arena, struct str name, const struct words *known);

/* The same where it has a member of about that name. */
const char *js_near_member(struct arena *arena, const struct value *value, struct str name);

struct slot *slot_ready(struct arena *arena, struct value value);
struct slot *slot_lazy(struct arena *arena, const struct node *node, struct scope *scope);
void js_array_add(struct arena *arena, struct array *array, struct slot *slot);
void js_object_set(struct arena *arena, struct object *object, struct str key, struct slot *slot);
void js_object_remove(struct object *object, struct str key);
struct slot *js_object_get(const struct object *object, struct str key);

/* Where a member of that name is: what a class calls #private, nobody sees in a list. */
struct map *js_members_for(struct object *object, struct str key);

/* What Symbol() made: a text that no name is.  A member of that name is nothing that a schema is made of. */
bool js_is_symbol(struct str key);
double js_power(double base, double exponent);

/* A number as JavaScript writes it: "1e+21", "0.1". */
struct str number_text(struct arena *arena, double number);

#endif
