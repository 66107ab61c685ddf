/*
 * stand_in.h - stand-ins for extensions that this machine lacks, on throwaway servers only.
 *
 * Histories name extensions that the database has and this machine does not: pgvector is in no Debian.  What they make of it (columns, indexes,
 * functions' signatures) can be checked and compared all the same where something has its types, operators and index methods.  So a throwaway server may be
 * started from a second root: a folder in which PostgreSQL's shared files and libraries are links to the real ones, and the folder "extension" has
 * control files and scripts of ours beside the links.  PostgreSQL finds its files by the path that it is called by, so nothing is copied and nothing
 * outside the server's own folder changes; and CREATE EXTENSION is PostgreSQL's own, with schemas, versions and what belongs to the extension.
 *
 * An extension that is installed is never replaced.  Of vector and postgis (and a few small ones) there is what their users name; of others there is nothing
 * but the name, which is enough where a history creates the extension and no object of it is in its DDL (absent.h tells where it was not).
 * docs/decisions/0065 says why it is done this way.
 */
#ifndef BRANT_DB_STAND_IN_H
#define BRANT_DB_STAND_IN_H

#include "base/proc.h"
#include "db/binaries.h"

/*
 * Adds to wants what a text may need: names of extensions that it creates, "vector" where it has a word of that one's types (the platform has the extension
 * already), and versions ("vector 0.5.1") where it names one.  It may want too much: a comment counts too.
 */
void stand_ins_find(struct arena *arena, struct str text, struct strs *wants);

/* Adds those that are not there yet. */
void stand_ins_add(struct arena *arena, const struct strs *more, struct strs *wants);

/* Without those that are installed: .len 0 where nothing is lacking, or where these binaries do not look like a PostgreSQL that can have stand-ins. */
struct strs stand_ins_lacking(struct arena *arena, const struct binaries *binaries, const struct strs *wants);

/* For the name of what was made with them: what they are. */
const char *stand_ins_key(struct arena *arena, const struct strs *wants);

/* Is there one for this extension? */
bool stand_ins_have(const struct strs *wants, struct str extension);

/*
 * Makes the root for binaries->stand_ins below a folder that the account can enter.  ret_root: of struct server; NULL where none is wanted, or there is no
 * place that a library could be loaded from.
 */
bool stand_ins_make(struct arena *arena, const struct binaries *binaries, const struct account *account,
		    const char *folder, const char **ret_root, struct err *err);

/* In such a root: the program's name as the server is to see it, and the folder of the module. */
char *stand_ins_program(struct arena *arena, const char *root, const char *bin);
char *stand_ins_modules(struct arena *arena, const char *root);

/* Names of those without any object that this process has made room for: "pgmq, pg_graphql"; NULL: none. */
const char *stand_ins_hollow(struct arena *arena);

#endif
