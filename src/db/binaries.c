#include "db/binaries.h"

#include <limits.h>
#include <stdio.h>

#include "base/file.h"
#include "base/proc.h"

#define PACKAGED "/usr/lib/postgresql/%d/bin"

char *binaries_program(struct arena *arena, const char *dir, const char *name)
{
	return path_join(arena, dir, name);
}

static bool has_programs(const char *dir)
{
	struct arena *scratch = arena_new(NULL);
	bool has = program_exists(path_join(scratch, dir, "postgres")) &&
		program_exists(path_join(scratch, dir, "initdb"));
	arena_free(scratch);
	return has;
}

bool binaries_usable(const char *dir)
{
	const char *given = getenv("BRANT_PG_BIN");
	return (!given || !*given || strcmp(given, dir) == 0) && has_programs(dir);
}

/* What a program prints, or empty where it can not. */
static struct str output_of(struct arena *arena, const char *path, const char *argument)
{
	struct err ignored = { .arena = arena };
	const char *argv[] = { path, argument, NULL };
	const struct account *account = NULL;
	struct str output = { 0 };
	account_for_servers(arena, &account, &ignored);
	/* Not as root: the folder may be one that somebody else named. */
	struct program program = { .argv = argv, .account = account, .cwd = "/" };
	return program_run(arena, &program, &output, &ignored) ? str_trim(output) : (struct str){ 0 };
}

const char *binaries_version(struct arena *arena, const char *dir)
{
	/* postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1); 18beta1 */
	struct str output = output_of(arena, binaries_program(arena, dir, "postgres"), "--version"), rest;
	if (!str_cut(output, ')', &output, &rest))
		return NULL;
	rest = str_trim(rest);
	str_cut(rest, ' ', &rest, &output);
	return rest.len && rest.ptr[0] >= '0' && rest.ptr[0] <= '9' ? str_dup(arena, rest) : NULL;
}

static int leading_number(const char *text)
{
	long value = text ? strtol(text, NULL, 10) : 0;
	return value > 0 && value < 1000 ? (int)value : 0;
}

/* Of Debian's folders, where the path says it; else 0.  Starting postgres to ask takes as long as many a command. */
static int packaged_major(struct arena *arena, const char *dir)
{
	static const char head[] = "/usr/lib/postgresql/";
	if (strncmp(dir, head, strlen(head)) != 0)
		return 0;
	int major = leading_number(dir + strlen(head));
	return strcmp(dir, arena_printf(arena, PACKAGED, major)) == 0 ? major : 0;
}

/* Takes dir if it is wanted; its major version is asked for where it is not known yet. */
static bool take(struct arena *arena, const char *dir, int known, int wanted, struct binaries *ret_binaries)
{
	if (!dir || !has_programs(dir))
		return false;
	int major = known ? known : packaged_major(arena, dir);
	if (!major)
		major = leading_number(binaries_version(arena, dir));
	if (wanted ? major != wanted : major < BINARIES_OLDEST)
		return false;
	*ret_binaries = (struct binaries){ dir, major };
	return true;
}

/* Debian's and its relatives', newest first. */
static bool take_packaged(struct arena *arena, int wanted, struct binaries *ret_binaries)
{
	enum { NEWEST = 40 };
	for (int major = wanted ? wanted : NEWEST; major >= (wanted ? wanted : BINARIES_OLDEST); major--)
		if (take(arena, arena_printf(arena, PACKAGED, major), major, wanted, ret_binaries))
			return true;
	return false;
}

/*
 * Debian's is: it takes the newest of Debian's folders, as take_packaged() does without the time that a script takes.  One elsewhere, also a version
 * manager's script, leads to what its owner wants.
 */
static bool pg_config_is_script(struct arena *arena)
{
	char room[2];
	const char *program = program_find(arena, "pg_config", NULL);
	bool packaged =
		program && (strcmp(program, "/usr/bin/pg_config") == 0 || strcmp(program, "/bin/pg_config") == 0);
	FILE *file = packaged ? fopen(program, "re") : NULL;
	struct str text = { room, file ? fread(room, 1, sizeof(room), file) : 0 };
	if (file)
		fclose(file);
	return str_eq(text, STR("#!"));
}

/* Asked once. */
static const char *configured(struct arena *arena)
{
	static char bindir[PATH_MAX];
	const char *program = bindir[0] ? NULL : program_find(arena, "pg_config", NULL);
	struct str output = program ? output_of(arena, program, "--bindir") : (struct str){ 0 };
	if (output.len && output.len < sizeof(bindir))
		memcpy(bindir, output.ptr, output.len);
	return bindir[0] ? arena_strdup(arena, bindir) : NULL;
}

static bool missing(int wanted, const char *given, struct err *err)
{
	if (given && wanted)
		err_set(err, ERR_FAILED, "postgres-missing", "there is no PostgreSQL %d server in \"%s\"", wanted,
			given);
	else if (given)
		err_set(err, ERR_FAILED, "postgres-missing",
			"there is no PostgreSQL server of version %d or newer in \"%s\"", BINARIES_OLDEST, given);
	else if (wanted)
		err_set(err, ERR_FAILED, "postgres-missing", "PostgreSQL %d is not installed here", wanted);
	else
		err_set(err, ERR_FAILED, "postgres-missing", "the PostgreSQL server is not installed here");
	if (given)
		return err_hint(err, "BRANT_PG_BIN names the folder of the programs postgres and initdb.");
	if (wanted)
		return err_hint(err, "Install it (apt install postgresql-%d), or name its folder in BRANT_PG_BIN.",
				wanted);
	return err_hint(
		err, "Install it (apt install postgresql), or name the folder of postgres and initdb in BRANT_PG_BIN.");
}

bool binaries_find(struct arena *arena, int major, struct binaries *ret_binaries, struct err *err)
{
	const char *given = getenv("BRANT_PG_BIN");
	if (given && *given)
		return take(arena, given, 0, major, ret_binaries) || missing(major, given, err);
	if (pg_config_is_script(arena) && take_packaged(arena, major, ret_binaries))
		return true;
	if (take(arena, configured(arena), 0, major, ret_binaries) || take_packaged(arena, major, ret_binaries))
		return true;
	const char *program = program_find(arena, "postgres", NULL);
	return (program && take(arena, path_dir(arena, program), 0, major, ret_binaries)) || missing(major, NULL, err);
}
