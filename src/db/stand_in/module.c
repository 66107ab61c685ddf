/*
 * module.c - what the stand-ins' scripts cannot say in SQL: the module's magic block, errors, and index methods with the parameters of others.
 *
 * An index method needs a handler in C.  Those of hnsw and ivfflat are PostgreSQL's hash method with another reader of storage parameters: it has the
 * same rules (one column, no order, not unique, nothing included), and its index can be built and filled.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"

/*
 * The magic block says for which server a module was made.  Its form differs between versions; plpgsql, which each server has, has the one that is right.
 */
EXPORT const void *Pg_magic_func(void);
const void *Pg_magic_func(void)
{
	static char path[4096];
	snprintf(path, sizeof(path), "%s/plpgsql.so", pkglib_path);
	void *plpgsql = dlopen(path, RTLD_NOW);
	const void *(*magic)(void);
	void *found = NULL;
	if (plpgsql)
		found = dlsym(plpgsql, "Pg_magic_func");
	memcpy(&magic, &found, sizeof(magic));
	return magic ? magic() : NULL;
}

static int server_major(void)
{
	return (int)strtol(GetConfigOption("server_version_num", false, false), NULL, 10) / 10000;
}

_Noreturn void complain(const char *sqlstate, const char *message)
{
	int code = 0;
	for (int i = 0; i < 5; i++)
		code |= ((sqlstate[i] - '0') & 0x3f) << (6 * i);
	errstart(server_major() < 14 ? 20 : 21, NULL);
	errcode(code);
	errmsg("%s", message);
	errfinish(__FILE__, __LINE__, __func__);
	abort(); /* an error does not return */
}

/* ---- index methods ---- */

struct parameter {
	const char *name;
	long least, most;
};

/* text[] of "name=value". */
static void check_parameters(Datum options, const struct parameter *known)
{
	enum { VARIABLE = -1 };
	Datum *values;
	bool *nulls;
	int n;
	deconstruct_array(POINTER(options), OID_OF_TEXT, VARIABLE, false, 'i', &values, &nulls, &n);
	for (int i = 0; i < n; i++) {
		char *name = text_to_cstring(POINTER(values[i])), *value = strchr(name, '='), *end;
		const struct parameter *parameter = known;
		if (value)
			*value++ = '\0';
		while (parameter->name && strcmp(parameter->name, name) != 0)
			parameter++;
		if (!parameter->name)
			complain("22023", psprintf("unrecognized parameter \"%s\"", name));
		long number = value ? strtol(value, &end, 10) : 0;
		if (!value || end == value || *end)
			complain("22023",
				 psprintf("invalid value for integer option \"%s\": %s", name, value ? value : ""));
		if (number < parameter->least || number > parameter->most)
			complain("22023", psprintf("value %s out of bounds for option \"%s\"", value, name));
	}
}

static void *hnsw_options(Datum options, bool validate)
{
	static const struct parameter known[] = { { "m", 2, 100 }, { "ef_construction", 4, 1000 }, { 0 } };
	if (validate && options)
		check_parameters(options, known);
	return NULL;
}

static void *ivfflat_options(Datum options, bool validate)
{
	static const struct parameter known[] = { { "lists", 1, 32768 }, { 0 } };
	if (validate && options)
		check_parameters(options, known);
	return NULL;
}

/* Where the pointer stands among the others differs from version to version: it is the one that is there now. */
static Datum handler_with(struct call *call, void *(*options)(Datum, bool))
{
	enum { WORDS = 64, COPIED_FROM = 19 };
	void **routine = POINTER(hashhandler(call)), **own = routine;
	void *theirs;
	void *(*const hash)(Datum, bool) = hashoptions;
	memcpy(&theirs, &hash, sizeof(theirs));
	if (server_major() >= COPIED_FROM) /* a constant */
		own = memcpy(palloc(WORDS * sizeof(*own)), routine, WORDS * sizeof(*own));
	for (int i = 0; i < WORDS; i++)
		if (own[i] == theirs) {
			memcpy(&own[i], &options, sizeof(own[i]));
			return DATUM(own);
		}
	complain("0A000", "the index method of a stand-in does not work on this version of PostgreSQL");
}

FUNCTION(hnswhandler)
{
	return handler_with(call, hnsw_options);
}

FUNCTION(ivfflathandler)
{
	return handler_with(call, ivfflat_options);
}

/* Of anything of variable length. */
FUNCTION(stand_in_hash)
{
	return hashvarlena(call);
}

/* What has a name here and nothing behind it. */
FUNCTION(stand_in_nothing)
{
	(void)call;
	complain("0A000", "a stand-in for an extension cannot compute this");
}
