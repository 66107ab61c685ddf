/*
 * script.h - a migration file as psql would read it.
 *
 * Splits a file into statements by psql's lexical rules (quotes, E'', U&'', dollar quotes, nested comments, parentheses,
 * BEGIN ATOMIC bodies, COPY data) and obeys the meta-commands that migration files use:
 *
 *     \set NAME VALUE..., \unset NAME     variables, filled in at :name, :'name', :"name" outside quotes
 *     \i FILE, \include, \ir, \include_relative   another file's statements in this place
 *     \echo, \qecho, \warn               a STMT_ECHO
 *     \restrict, \unrestrict             of newer pg_dump: nothing
 *     \connect, \c and everything else   an error with file and line, before anything runs
 *
 * A `:name` that is no variable stays as it is, as in psql.  Empty statements (`;;`) are dropped.  The text is never changed
 * otherwise.  There is no limit on size.
 */
#ifndef BRANT_SQL_SCRIPT_H
#define BRANT_SQL_SCRIPT_H

#include "base/map.h"
#include "sql/stmt.h"

/* A "-- brant: KEY [ARGUMENTS]" comment line outside statements, e.g. "-- brant: no-transaction". */
struct directive {
	struct str key, arguments;
	size_t stmt; /* index of the statement that follows it (stmts.len when none does) */
	unsigned line;
};

struct script {
	struct source source; /* the file itself */
	struct stmts stmts;
	struct {
		struct directive *ptr;
		size_t len, cap;
	} directives;
	const char *by_tool; /* why only the migration's own tool can run it; NULL: it is all here */
	bool no_transaction; /* the file must not be wrapped: said by brant's own directive or another tool's marker */
	size_t no_transaction_from; /* from this statement on; 0: the whole file */
	bool tool_commits; /* a BEGIN at its end needs no COMMIT: the tool whose file it is commits behind it */
};

struct script_options {
	const char
		*include_dir; /* where \i starts from: psql's working directory (the project); \ir: the file's folder */
	const struct map *variables; /* name -> const char *; as psql -v, may be NULL */
};

/* Reads and splits a file and classifies its statements. */
bool script_load(struct arena *arena, const struct script_options *options, const char *path, struct script *ret_script,
		 struct err *err);

/* The same for a text that is already here; path is for messages and \ir. */
bool script_parse(struct arena *arena, const struct script_options *options, const char *path, struct str text,
		  struct script *ret_script, struct err *err);

/*
 * Two digests of a file, as lower-case hexadecimal SHA-256.
 *
 * bytes: of the text without byte order mark and with CRLF as LF: equal means nobody touched it.
 * tokens: of its tokens, without comments and with any white space between them as one space: bytes differ and tokens
 * are equal means only layout changed.  (String and dollar-quoted bodies count byte by byte.)
 */
char *script_digest_bytes(struct arena *arena, struct str text);
char *script_digest_tokens(struct arena *arena, struct str text);

#endif
