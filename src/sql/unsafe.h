/*
 * unsafe.h - statements for which there is a form that does not lock the table while it works.
 *
 * Recognises CREATE INDEX and the parts of ALTER TABLE, and writes the other form.  Whether a statement really locks for long is not
 * decided here: that is seen where it is run (an empty or new table makes any of them harmless).
 */
#ifndef BRANT_SQL_UNSAFE_H
#define BRANT_SQL_UNSAFE_H

#include "sql/stmt.h"

enum unsafe_kind {
	UNSAFE_NOTHING, /* no other form is known, or it is safe as it is */
	UNSAFE_INDEX,
	UNSAFE_UNIQUE,
	UNSAFE_PRIMARY,
	UNSAFE_FOREIGN,
	UNSAFE_CHECK,
	UNSAFE_NOT_NULL,
	UNSAFE_DEFAULT, /* ADD COLUMN with a DEFAULT, which may be volatile */
	UNSAFE_GUARDED_FOREIGN, /* DO $$ BEGIN ALTER TABLE ... ADD FOREIGN KEY; EXCEPTION WHEN duplicate_object THEN null; END $$ */
	UNSAFE_TYPE,     /* ALTER COLUMN ... TYPE: no other statement says the same */
	UNSAFE_REQUIRED, /* ADD COLUMN ... NOT NULL without a default: it fails where there are rows */
};

static inline bool unsafe_has_form(enum unsafe_kind kind)
{
	return kind != UNSAFE_NOTHING && kind != UNSAFE_TYPE && kind != UNSAFE_REQUIRED;
}

/* One part of a statement: the statement itself, or what stands between two commas of ALTER TABLE. */
struct unsafe {
	enum unsafe_kind kind;
	struct str table;    /* as the statement writes it */
	struct str comments; /* in front of the part */
	struct str part;     /* text of the part: "ADD CONSTRAINT c CHECK (x > 0)" */
	int pass; /* of ALTER TABLE: in this order PostgreSQL does the parts, whatever order they are written in */
	struct str head;        /* what stands in front of the parts: "ALTER TABLE public.t " */
	const char *name;       /* of the constraint, NULL where the server chooses it */
	struct strs columns;    /* of a key, or the column */
	struct str key;         /* "(a, b) INCLUDE (c)": of UNIQUE and PRIMARY KEY */
	size_t inner_end;       /* of the statement inside of DO, in the part */
	struct str validate;    /* and its head */
	const char *deferrable; /* " DEFERRABLE INITIALLY DEFERRED" or "" */
	struct str before_default, value, after_default; /* UNSAFE_DEFAULT: the part around its DEFAULT */
	bool not_null;
};

struct unsafes {
	struct unsafe *ptr;
	size_t len, cap;
};

/* In front of a statement that has to be a transaction of its own. */
#define UNSAFE_ALONE "-- brant: no-transaction\n"

/* Does the last statement of its other form lock the table, for no longer than an instant by itself? */
static inline bool unsafe_ends_locked(const struct unsafe *part)
{
	return part->kind == UNSAFE_UNIQUE || part->kind == UNSAFE_PRIMARY || part->kind == UNSAFE_NOT_NULL ||
		(part->kind == UNSAFE_DEFAULT && part->not_null);
}

/* The parts of a statement, in the order in which they are done; none where it is neither CREATE INDEX nor ALTER TABLE. */
void unsafe_read(struct arena *arena, const struct stmt *stmt, struct unsafes *ret_parts);

/*
 * The part as statements that do not lock for long, each ended by ";\n"; one that has to be a transaction of its own stands behind a line
 * "-- brant: no-transaction".  name: of the constraint, where the statement gives none.  nullable: those of its columns that are not
 * NOT NULL yet.
 */
char *unsafe_rewrite(struct arena *arena, const struct unsafe *part, const char *name, const struct strs *nullable);

#endif
