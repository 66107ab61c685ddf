/*
 * psl.h - schema.prisma, read: what the Prisma Schema Language says about a PostgreSQL database.
 *
 *     psl_load      files to blocks, fields, attributes and values (lex.c, value.c, attribute.c, block.c); the datasource is understood
 *     psl_check     names, types, attributes and relations resolved; whatever Prisma refuses is refused (check_*.c)
 *     psl_ddl       the DDL that Prisma Migrate writes for an empty database (ddl*.c)
 *
 * Every struct str in here is a slice of the text of one of the files, so that each of them knows its place: psl_place() finds file, line and
 * column.  The exceptions are values of strings with escapes and names that were made (of constraints, of join tables).
 *
 * Problems are collected, not raised, since a datasource is of use even where a model is wrong: psl_ok() makes an error of them.
 *
 * What it is not: a formatter, nor a reader for the other providers: what is valid with MySQL only is refused by name.
 */
#ifndef BRANT_FORMAT_PRISMA_PSL_H
#define BRANT_FORMAT_PRISMA_PSL_H

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "base/suggest.h"

/* ---- as written ---- */

struct psl_file {
	const char *path; /* for people: relative to the project */
	struct str text;
};

enum psl_value_kind {
	PSL_STRING, /* "..." */
	PSL_NUMBER,
	PSL_WORD,   /* Cascade, title, a.b, true */
	PSL_CALL,   /* now(), title(sort: Desc) */
	PSL_ARRAY,  /* [...] */
	PSL_OBJECT, /* { title: "x" } */
};

struct psl_argument {
	struct str at, name;     /* name is empty where it has none */
	struct psl_value *value; /* NULL: "name:" with nothing behind it */
	bool seen;               /* somebody asked for it */
};

struct psl_arguments {
	struct psl_argument *ptr;
	size_t len, cap;
};

struct psl_value {
	enum psl_value_kind kind;
	struct str at;             /* as it stands in the file */
	struct str text;           /* what a string contains, a number, a word, the name of a function */
	struct psl_arguments args; /* of a call, an array (without names) or an object (with names) */
};

struct psl_attribute {
	struct str at, name; /* name: "id", "db.VarChar" */
	struct psl_arguments args;
	bool seen;
};

struct psl_attributes {
	struct psl_attribute *ptr;
	size_t len, cap;
};

/* ---- understood ---- */

enum psl_arity { PSL_REQUIRED, PSL_OPTIONAL, PSL_LIST };

enum psl_scalar {
	PSL_INT,
	PSL_BIGINT,
	PSL_FLOAT,
	PSL_DECIMAL,
	PSL_BOOLEAN,
	PSL_TEXT,
	PSL_DATETIME,
	PSL_JSON,
	PSL_BYTES,
	PSL_SCALARS
};

enum psl_field_kind {
	PSL_FIELD_UNKNOWN, /* its type is nowhere: refused */
	PSL_FIELD_SCALAR,
	PSL_FIELD_ENUM,
	PSL_FIELD_UNSUPPORTED,
	PSL_FIELD_RELATION,
};

enum psl_action { PSL_NO_WORD, PSL_CASCADE, PSL_RESTRICT, PSL_NO_ACTION, PSL_SET_NULL, PSL_SET_DEFAULT };

struct psl_fields {
	struct psl_field **ptr;
	size_t len, cap;
};

/* What @relation says; on every relation field. */
struct psl_relation_side {
	struct psl_attribute *attribute; /* NULL: none */
	struct str name, map;
	bool has_fields, has_references; /* written, if only as [] */
	struct psl_fields fields, references;
	enum psl_action on_delete, on_update; /* as written */
	struct psl_relation *relation;
};

struct psl_field {
	struct str at, name, type;
	struct psl_value *unsupported; /* Unsupported("...") */
	enum psl_arity arity;
	struct psl_attributes attributes;

	struct psl_model *of;
	enum psl_field_kind kind;
	enum psl_scalar scalar;
	struct psl_enum *enumeration;
	struct psl_model *model; /* that a relation leads to */
	struct str column;
	const struct psl_native *native; /* NULL: what the scalar has by default */
	unsigned native_args[2];
	size_t nnative_args;
	struct psl_value *fallback; /* of @default */
	bool ignored;
	struct psl_relation_side *side; /* of a relation field */
};

enum psl_algorithm { PSL_NO_ALGORITHM, PSL_BTREE, PSL_HASH, PSL_GIST, PSL_GIN, PSL_SPGIST, PSL_BRIN };

struct psl_index_field {
	struct psl_field *field;
	enum { PSL_NO_SORT, PSL_ASC, PSL_DESC } sort;
	const struct psl_opclass *opclass;
	struct psl_value *raw_opclass; /* raw("...") */
};

struct psl_index {
	enum { PSL_PRIMARY, PSL_UNIQUE, PSL_PLAIN } kind;
	struct psl_attribute *attribute;
	struct psl_field *source; /* of @id and @unique; NULL: @@id, @@unique, @@index */
	struct psl_model *of;
	VEC(struct psl_index_field) fields;
	struct str name, map;
	enum psl_algorithm algorithm;
	struct psl_value *where;
};

enum psl_model_kind { PSL_MODEL, PSL_VIEW, PSL_TYPE };

struct psl_model {
	enum psl_model_kind kind;
	struct str at, name; /* at: the line that opens it */
	VEC(struct psl_field *) fields;
	struct psl_attributes attributes;

	struct map by_name;       /* its fields */
	struct str table, schema; /* schema is empty where it has none */
	struct psl_attribute *mapped;
	bool ignored;
	bool external;                   /* others make its table; set by who knows, false otherwise */
	struct psl_index *id;            /* NULL: none */
	VEC(struct psl_index *) indexes; /* @unique, @@index and @@unique, in the order in which Prisma makes them */
	VEC(struct psl_relation *) relations; /* whose foreign key is here */
};

struct psl_enum_value {
	struct str at, name, stored;
	struct psl_attributes attributes;
};

struct psl_enum {
	struct str at, name;
	VEC(struct psl_enum_value) values;
	struct psl_attributes attributes;
	struct str type, schema;
	bool external; /* as of models */
};

enum psl_relation_kind { PSL_ONE_TO_ONE, PSL_ONE_TO_MANY, PSL_MANY_TO_MANY };

/*
 * A relation has one or two fields.  Of one to one and one to many, forward is the side with the foreign key; of many to many it is column A
 * of the join table, the first in alphabetical order.
 */
struct psl_relation {
	enum psl_relation_kind kind;
	struct psl_field *forward, *back; /* either may be NULL where a schema is wrong */
	struct str name;                  /* as written; empty: none */
};

struct psl_url {
	struct str variable, written; /* env("NAME") or "postgresql://..."; both empty: not said */
	struct str at;
};

struct psl_extension {
	struct str at, name, map, schema, version;
};

struct psl_datasource {
	struct str at, name, provider; /* all empty: there is none */
	struct psl_url url, direct_url, shadow_url;
	struct strs schemas; /* sorted */
	bool says_schemas;
	VEC(struct psl_extension) extensions;
	bool emulates_relations; /* relationMode = "prisma": no foreign keys */
};

enum psl_problem_kind {
	PSL_SYNTAX,   /* it cannot be read */
	PSL_INVALID,  /* it makes no sense */
	PSL_PROVIDER, /* it belongs to another database */
};

struct psl_problem {
	enum psl_problem_kind kind;
	struct str at;
	const char *message, *hint;
};

struct psl {
	struct arena *arena;
	unsigned major; /* of the Prisma that it is for; 0, and what psl_load() makes: the newest */
	VEC(struct psl_file) files;
	struct psl_datasource datasource;
	VEC(struct psl_model *) models; /* and views and types */
	VEC(struct psl_enum *) enums;
	struct map model_names, enum_names, generator_names;
	bool sees_partial_indexes;
	VEC(struct psl_relation *) relations;
	VEC(struct psl_problem) problems;
};

/* ---- what there is to do ---- */

/* One file, or all *.prisma below a folder, in Prisma's order.  False: unreadable, no text; path is relative to root. */
bool psl_load(struct arena *arena, const char *root, const char *path, struct psl **ret_psl, struct err *err);

/* The same from memory. */
struct psl *psl_parse(struct arena *arena, const struct psl_file *files, size_t nfiles);

/* Resolves all there is and adds what is wrong to the problems; once. */
void psl_check(struct psl *psl);

/* False: there are problems.  The first becomes the error, the others its detail. */
bool psl_ok(const struct psl *psl, struct err *err);

/* The DDL for an empty database.  Of a schema that is checked and ok. */
struct str psl_ddl(struct arena *arena, const struct psl *psl);

/*
 * The same to run, not to read: a default that dbgenerated() names is set after its table is made, and left out where it names columns.  That
 * is how Prisma writes down what a generated column is made of; no server takes it as a default.
 */
struct str psl_ddl_to_run(struct arena *arena, const struct psl *psl);

/* What is external, to run: tables and enums that others make, as far as the schema tells. */
struct str psl_ddl_external(struct arena *arena, const struct psl *psl);

/* Is it a table or a view of PostGIS?  Prisma neither makes nor changes nor drops one, in whatever schema and case. */
bool psl_is_of_postgis(struct str table);

/* Where a slice of a file is: line and column from 1, the column in characters.  False: it is no slice of a file. */
bool psl_place(const struct psl *psl, struct str at, const struct psl_file **ret_file, unsigned *ret_line,
	       unsigned *ret_column);

#endif
