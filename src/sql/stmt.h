/*
 * stmt.h - one SQL statement and what is known about it without asking a server.
 *
 * The text is what will be sent: the exact slice of the user's file, without the closing semicolon (or, where
 * psql variables were filled in, the expanded text, whose places map back to the file).  The facts come from
 * PostgreSQL 15's own grammar (libpg_query).  A statement that it cannot parse is not invalid, it is not
 * understood: understood is false, nothing is claimed about it, and whoever decides must be cautious.
 */
#ifndef BRANT_SQL_STMT_H
#define BRANT_SQL_STMT_H

#include "sql/source.h"

enum stmt_kind {
	STMT_SQL,       /* anything that is just run */
	STMT_BEGIN,     /* BEGIN, START TRANSACTION */
	STMT_COMMIT,    /* COMMIT, END */
	STMT_ROLLBACK,  /* ROLLBACK, ABORT (not ROLLBACK TO) */
	STMT_TWO_PHASE, /* PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED */
	STMT_SET,       /* SET or RESET for the session, set_config(..., false) alone in a SELECT, SET ROLE, DISCARD */
	STMT_COPY_IN,   /* COPY ... FROM STDIN, data in copy_data */
	STMT_ECHO,      /* psql's \echo, \qecho, \warn: text is what to print */
};

/* Why a statement cannot be inside a transaction block. */
enum no_tx {
	NO_TX_NOT,          /* it can */
	NO_TX_CONCURRENTLY, /* CREATE/DROP INDEX, REINDEX, DETACH PARTITION ... CONCURRENTLY */
	NO_TX_STATEMENT, /* VACUUM, CREATE/DROP DATABASE or TABLESPACE, ALTER SYSTEM, SUBSCRIPTION, REINDEX DATABASE, ... */
	NO_TX_MARKED, /* the user said so: "-- brant: no-transaction" in front of it */
};

/* What a statement does to an object. */
enum touch_verb {
	TOUCH_CREATE,
	TOUCH_REPLACE, /* CREATE OR REPLACE */
	TOUCH_ALTER,
	TOUCH_DROP,
	TOUCH_TRUNCATE,
	TOUCH_WRITE,     /* INSERT, UPDATE, DELETE, MERGE, COPY FROM, SELECT INTO is CREATE */
	TOUCH_LOCK,      /* LOCK TABLE, SELECT ... FOR UPDATE */
	TOUCH_GRANT,     /* GRANT, REVOKE, ALTER DEFAULT PRIVILEGES, OWNER TO */
	TOUCH_COMMENT,   /* COMMENT, SECURITY LABEL */
	TOUCH_REFERENCE, /* a foreign key that points at it */
	TOUCH_READ,      /* read by a query, a view, a policy, ... */
};

enum object_kind {
	OBJECT_SCHEMA,
	OBJECT_TABLE, /* a relation whose kind the statement does not tell counts as one */
	OBJECT_INDEX,
	OBJECT_SEQUENCE,
	OBJECT_VIEW,
	OBJECT_MATVIEW,
	OBJECT_TYPE,
	OBJECT_FUNCTION,   /* and procedures, aggregates */
	OBJECT_TRIGGER,    /* schema and name are the table's, part is the trigger's name */
	OBJECT_POLICY,     /* likewise */
	OBJECT_RULE,       /* likewise */
	OBJECT_CONSTRAINT, /* likewise */
	OBJECT_COLUMN,     /* likewise */
	OBJECT_EXTENSION,  /* schema is the one named by SCHEMA, if any */
	OBJECT_ROLE,       /* CURRENT_USER and SESSION_USER go by these names, in lower case */
	OBJECT_DATABASE,
	OBJECT_PUBLICATION,
	OBJECT_SUBSCRIPTION,
	OBJECT_EVENT_TRIGGER,
	OBJECT_OTHER, /* operators, casts, collations, text search, foreign servers, ... */
};

/* Triggers, policies, rules, constraints and columns: named by the table that they stand on. */
static inline bool object_is_on_table(enum object_kind kind)
{
	return kind >= OBJECT_TRIGGER && kind <= OBJECT_COLUMN;
}

/* One object that a statement names.  Strings are the names as PostgreSQL sees them: unquoted, folded. */
struct touch {
	enum touch_verb verb;
	enum object_kind kind;
	struct str
		schema; /* .ptr NULL where the name is not qualified; empty where such things are in no schema (casts, servers) */
	struct str name; /* of a schema, role, extension: its name */
	struct str part; /* trigger, policy, rule, constraint or column on it; .ptr NULL where none */
	size_t offset;   /* of the name in the statement's text, or 0 */
};

struct touches {
	struct touch *ptr;
	size_t len, cap;
};

struct stmt {
	enum stmt_kind kind;
	struct str text;      /* what is sent; not terminated */
	struct str copy_data; /* STMT_COPY_IN: the lines up to "\." without it */

	const struct source *source; /* the file it came from (an included file's own) */
	size_t offset;               /* of its first byte in the source */
	size_t length;               /* of its bytes in the source */
	unsigned line;               /* of its first byte, from 1 */
	struct expansion *expansion; /* set where psql variables changed the text */

	/* A program of the user's made the text: its file and line are what errors name.  NULL: the text is the user's. */
	const char *made_by;
	unsigned made_line;

	bool understood;
	enum no_tx no_tx;

	/*
	 * opaque: it runs code, or fires it, that reading cannot see through: DO, CALL, SELECT f(), DML on a table that
	 * may have triggers, CREATE EXTENSION, DROP ... CASCADE, anything not understood.
	 */
	bool opaque;
	bool only_fires; /* opaque for one reason only: triggers of the tables that it inserts constants into may fire */
	bool keeps_code; /* it stores what may run code of the user's later: a default, a check, a column of a domain, ... */
	bool makes_table; /* CREATE TABLE, not IF NOT EXISTS, of one that stands alone: no parents, no partitions, no LIKE */
	bool may_set;    /* it may change a session setting: SET, set_config(), opaque */
	bool sets_role;  /* SET ROLE, SET SESSION AUTHORIZATION (session or LOCAL) */
	bool is_rewrite; /* unused by the runner; kept for check: needs a table rewrite as far as can be told */

	/* ALTER TYPE ... ADD VALUE: the type and the new label. */
	struct str enum_schema, enum_type, enum_value; /* enum_value.ptr NULL otherwise */
	/* CREATE TYPE ... AS ENUM is in touches as TOUCH_CREATE OBJECT_TYPE. */

	/* SET of search_path: the names in order ("$user" included), len 0 and sets_path false otherwise. */
	bool sets_path;
	struct strs path;
	bool path_is_local; /* only to the end of the transaction: SET LOCAL, set_config(..., true) */
	bool resets_path; /* RESET search_path, SET search_path TO DEFAULT, RESET ALL, DISCARD ALL: the session's own again */

	bool old_strings; /* it switches standard_conforming_strings off; a script that does so is refused */

	bool chain; /* COMMIT or ROLLBACK AND CHAIN: the next transaction begins at once */

	const char *tag; /* "CREATE TABLE", "ALTER TABLE", ...: for people; never NULL */
	struct touches touches;

	/*
	 * INSERT with constants: the strings and numbers, row by row, that go into the column version, or into the first one where no
	 * columns are named.  For "the migration records itself"; see stmt_inserts().
	 */
	struct strs inserted;
};

struct stmts {
	struct stmt *ptr;
	size_t len, cap;
};

/* Fills the facts of a statement from its text (kind STMT_COPY_IN and STMT_ECHO keep their kind). */
void stmt_classify(struct arena *arena, struct stmt *stmt);

/* Place in the user's file of a byte offset into stmt->text (the server's error position - 1, in bytes). */
void stmt_position(const struct stmt *stmt, size_t offset, const char **ret_file, unsigned *ret_line,
		   unsigned *ret_column);

/*
 * Place of the server's error position, which counts characters from 1; 0 means the statement's start.
 */
bool stmt_err_at(struct err *err, const struct stmt *stmt, unsigned char_position);

/* Does the token 'value' (a string constant, also inside dollar-quoted bodies) occur in the statement? */
bool stmt_mentions(const struct stmt *stmt, struct str value);

/*
 * Does it insert this version into the table?  A name without a schema in the statement counts as the table, since the ledger is what a
 * migration would mean by it.
 */
bool stmt_inserts(const struct stmt *stmt, struct str schema, struct str table, struct str version);

const char *touch_verb_text(enum touch_verb verb);   /* "creates", "alters", "writes to", ... */
const char *object_kind_text(enum object_kind kind); /* "table", "function", ... */

#endif
