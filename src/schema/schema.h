/*
 * schema.h - what a schema is: objects with an identity and attributes.
 *
 * Every object has a kind, an identity that is the same in every database ("column public.users.id"), a parent where it belongs to another
 * object, and attributes: names with values in PostgreSQL's own canonical text, NULL being what a plain CREATE leaves.  Whoever compares two
 * schemas compares texts and does not know what they mean; what a change of an attribute means stands in one table (kind.h).
 *
 * A schema is read from the catalogs (schema_load) and never changed afterwards.  What is not modelled is named in it.
 */
#ifndef BRANT_SCHEMA_SCHEMA_H
#define BRANT_SCHEMA_SCHEMA_H

#include "base/map.h"
#include "db/db.h"

enum kind {
	KIND_SCHEMA,
	KIND_EXTENSION,
	KIND_EXTENSION_MEMBER,
	KIND_DEFAULT_PRIVILEGES,
	KIND_COLLATION,
	KIND_ENUM,
	KIND_DOMAIN,
	KIND_DOMAIN_CONSTRAINT,
	KIND_COMPOSITE,
	KIND_ATTRIBUTE,
	KIND_SHELL_TYPE,
	KIND_BASE_TYPE,
	KIND_RANGE,
	KIND_FDW,
	KIND_SERVER,
	KIND_USER_MAPPING,
	KIND_SEQUENCE,
	KIND_FUNCTION,
	KIND_PROCEDURE,
	KIND_AGGREGATE,
	KIND_OPERATOR,
	KIND_CAST,
	KIND_OPFAMILY,
	KIND_OPCLASS,
	KIND_OPFAMILY_MEMBER,
	KIND_TS_TEMPLATE,
	KIND_TS_PARSER,
	KIND_TS_DICTIONARY,
	KIND_TS_CONFIGURATION,
	KIND_LANGUAGE,
	KIND_TRANSFORM,
	KIND_CONVERSION,
	KIND_ACCESS_METHOD,
	KIND_TABLE,
	KIND_FOREIGN_TABLE,
	KIND_COLUMN,
	KIND_DEFAULT,
	KIND_CONSTRAINT,
	KIND_INDEX,
	KIND_OWNED_BY,
	KIND_FOREIGN_KEY,
	KIND_VIEW,
	KIND_MATERIALIZED_VIEW,
	KIND_VIEW_COLUMN,
	KIND_STATISTICS,
	KIND_RULE,
	KIND_TRIGGER,
	KIND_TRIGGER_STATE,
	KIND_POLICY,
	KIND_EXTENSION_DEPENDENCY,
	KIND_PUBLICATION,
	KIND_PUBLICATION_TABLE,
	KIND_PUBLICATION_SCHEMA,
	KIND_SUBSCRIPTION,
	KIND_EVENT_TRIGGER,
	KIND_GRANT,
	KIND_COUNT
};

/* The names of a family's attributes; one that begins with "_" is for rendering and not compared.  The last one is "comment". */
struct attributes {
	const char **names;
	size_t len;
};

struct objects {
	struct object **ptr;
	size_t len, cap;
};

struct object {
	enum kind kind;
	const char *schema, *name; /* bare; NULL where there is none */
	const char *ident;         /* as SQL refers to it: public.users; of a part only its own name */
	const char *parent_ident;  /* NULL where it is no part */
	const char *id;            /* the identity: "column public.users.id" */
	struct object *parent;     /* NULL where it is no part, or the parent is outside of the schema */
	const struct attributes *attributes;
	const char **values;
	struct objects children;
	struct objects needs; /* pg_depend, each once, without itself */
	struct objects needed_by;
	unsigned class, oid; /* where it was loaded from */
	int sub;
	size_t position;    /* in its schema's list */
	bool usually_owned; /* by the role that owns most */
};

struct unmodelled {
	const char *kind, *name;
};

struct schema {
	int server_version;
	const char *owner;         /* the role that owns most of it: what it owns has no attribute "owner" */
	const char *server, *user; /* where it was read, and as whom; NULL: from files or a history */
	struct objects objects;
	struct map by_id;
	VEC(struct unmodelled) unmodelled;
	size_t queries;
};

/* What is not the user's: brant's own schema and the system's are known. */
struct schema_options {
	struct strs outside;        /* schemas; an entry may end in "*" */
	struct strs outside_tables; /* "public.schema_migrations": the ledgers */
};

/*
 * In one transaction and two round trips, whatever there is; needs no more than the right to connect.  Where a transaction is open already, what it
 * has made counts too, and it stays open.
 */
bool schema_load(struct arena *arena, struct db *db, const struct schema_options *options, struct schema *ret_schema,
		 struct err *err);

/* The same, and writes the server's answers down for schema_load_kept(); keep may be NULL. */
bool schema_load_keep(struct arena *arena, struct db *db, const struct schema_options *options, struct buf *keep,
		      struct schema *ret_schema, struct err *err);

/*
 * On a server of our own: sends what makes schema_load_tables() cheap in this session later, and does not wait for the answers.  Two thirds of the time of a
 * load of a few tables in a new session go to reading and planning its queries.
 */
void schema_load_prepare(struct arena *arena, struct db *db, const struct schema_options *options);

/*
 * Some tables of these names (bare, in whatever schema) with all that is theirs, for schema_splice(); what they need beside each other is not linked.
 * False: they could not be read, or an event trigger may have acted when they were made.  prepared: schema_load_prepare() was called in this session.
 */
bool schema_load_tables(struct arena *arena, struct db *db, const struct schema_options *options, bool prepared,
			const struct strs *tables, struct buf *keep, struct schema *ret_schema);

/* What is asked for, as a hash: what was kept by a brant that asked otherwise is of no use. */
char *schema_load_key(struct arena *arena);

/* The same, or some tables, from what was kept.  false: that is damaged, or answers other questions than those of today. */
bool schema_load_kept(struct arena *arena, struct str kept, const struct schema_options *options,
		      struct schema *ret_schema);

/*
 * Of two databases of one server, read by one role: their owners are compared by name, and what has none is that role's.  Else roles may be called
 * otherwise, and what the role that owns most owns has no owner to compare.
 */
bool schemas_share_server(const struct schema *a, const struct schema *b);
void schema_name_owners(struct arena *arena, struct schema *schema);

/* The value of an attribute, NULL where it has none. */
const char *object_get(const struct object *object, const char *name);

/* The column that owns the sequence, so that it comes and goes with it; NULL: none does. */
struct object *sequence_owner(const struct object *sequence);
bool sequence_is_owned(const struct object *sequence);

/* The table that it belongs to, itself where it is one; NULL: to none. */
const struct object *object_table(const struct object *object);

/* The part of this kind with this name, NULL: there is none. */
struct object *object_part(const struct object *object, enum kind kind, const char *ident);

/* What stands beside a part under its name: of a column its default, of a default its column; NULL: nothing. */
struct object *object_beside(const struct object *part, enum kind kind);

/* The table that this one is a partition of, NULL: it is none, or that is outside of the schema. */
struct object *partition_whole(const struct object *table);

/* The object with the same identity, or NULL. */
struct object *schema_find(const struct schema *schema, const char *id);

#endif
