/*
 * kind.h - what each kind of object is called, and what a change of each attribute means.
 *
 * Two tables.  A new kind is a row here and a query (load_*.sql); a new attribute is a column there and a row here.  In templates stand
 *
 *     %N its identity      %P its parent's     %R as COMMENT ON and ALTER name it     %V the new value     %L and %I the new value as a literal, as a name
 *     %{name} another attribute of its, [%{name} ...] left out where that attribute is NULL
 */
#ifndef BRANT_SCHEMA_KIND_H
#define BRANT_SCHEMA_KIND_H

#include "schema/schema.h"

struct kind_facts {
	const char *name;      /* "materialized view" */
	const char *reference; /* "MATERIALIZED VIEW %N" */
	const char *create;    /* NULL: by a function of create.c */
	const char *drop;      /* NULL: "DROP " and the reference */
	const char *grant;     /* how GRANT names it, NULL: no privileges */
	unsigned group;        /* in which part of a script it stands: like with like */
	bool is_relation;      /* shares its name space with tables, sequences and indexes */
	bool holds_data;       /* dropping it loses data */
};

extern const struct kind_facts kinds[KIND_COUNT];

/* By the name that queries give; false for an unknown one. */
bool kind_find(struct str name, enum kind *ret_kind);

enum change {
	CHANGE_IN_PLACE, /* the templates */
	CHANGE_SPECIAL,  /* in place, by a function (alter.h) */
	CHANGE_REPLACE,  /* drop and create, with all that depends on it */
};

struct meaning {
	int kind; /* enum kind, or ANY_KIND */
	const char *attribute;
	enum change change;
	bool in_create;    /* CREATE says it already */
	const char *set;   /* for a new value */
	const char *reset; /* for none */
};

enum { ANY_KIND = -1 };

/* What a change of this attribute means; NULL: it has no meaning of its own (see meaning tests). */
const struct meaning *meaning_find(enum kind kind, const char *attribute);

/* A template filled in for an object; value may be NULL. */
char *template_fill(struct arena *arena, const char *text, const struct object *object, const char *value);

/* An attribute as statements say it, or NULL: see readable.h. */
const char *object_text(struct arena *arena, const struct object *object, const char *name);

/* The reference of an object: "TABLE public.users". */
char *object_reference(struct arena *arena, const struct object *object);

/* Of values of attributes, which may be NULL. */
static inline bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

#endif
