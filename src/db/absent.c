#include "db/absent.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "db/stand_in.h"

/* What the packages of Debian, Ubuntu and apt.postgresql.org are called behind "postgresql-15-"; of others no name is told. */
static const struct package {
	const char *extension, *package;
} packages[] = {
	{ "vector", "pgvector" },
	{ "postgis", "postgis-3" },
	{ "postgis_topology", "postgis-3" },
	{ "pg_cron", "cron" },
	{ "pgroonga", "pgdg-pgroonga" },
	{ "pg_partman", "partman" },
	{ "pg_repack", "repack" },
	{ "h3", "h3" },
	{ "hypopg", "hypopg" },
	{ "pgaudit", "pgaudit" },
	{ "plv8", "plv8" },
	{ "rum", "rum" },
	{ "pg_hint_plan", "pg-hint-plan" },
};

/* Types by which people know an extension that somebody has made by hand. */
static const struct {
	const char *type, *extension;
} types[] = {
	{ "vector", "vector" },    { "halfvec", "vector" },    { "sparsevec", "vector" },
	{ "geometry", "postgis" }, { "geography", "postgis" }, { "citext", "citext" },
	{ "hstore", "hstore" },    { "ltree", "ltree" },       { "cube", "cube" },
};

/* extension "vector" is not available -> vector */
static struct str between(const char *message, const char *before, const char *after)
{
	struct str text = str_of(message ? message : ""), name;
	if (!str_starts(text, str_of(before)) || !str_ends(text, str_of(after)) ||
	    text.len < strlen(before) + strlen(after))
		return (struct str){ 0 };
	name = str_slice(text, strlen(before), text.len - strlen(after));
	/* A type may be named with its schema. */
	for (ptrdiff_t dot; (dot = str_find(name, STR("."))) >= 0;)
		name = str_slice(name, (size_t)dot + 1, name.len);
	return name;
}

/* "15" of ".../share/postgresql/15/extension/vector.control"; "N" where the path is not Debian's. */
static struct str major_of(const char *detail)
{
	static const char before[] = "/postgresql/";
	const char *at = detail ? strstr(detail, before) : NULL, *end;
	if (!at)
		return STR("N");
	at += strlen(before);
	for (end = at; isdigit((unsigned char)*end); end++)
		;
	return end > at && *end == '/' ? (struct str){ at, (size_t)(end - at) } : STR("N");
}

static bool tell_absent(struct err *err, struct str name)
{
	struct str major = major_of(err->detail);
	const char *package = NULL;
	err->name = "extension-missing";
	for (size_t i = 0; i < LEN(packages) && !package; i++)
		if (str_eq(name, str_of(packages[i].extension)))
			package = packages[i].package;
	err_detail(
		err,
		"%s%sThis was a throwaway server on this machine, not your database, which may have it: \"brant up\" does not need it here.",
		err->detail ? err->detail : "", err->detail ? " " : "");
	if (package)
		return !err_hint(err,
				 "Install it beside the PostgreSQL of this machine (Debian, Ubuntu: postgresql-" STR_FMT
				 "-%s), or name one that has it with BRANT_PG_BIN.",
				 STR_ARG(major), package);
	return !err_hint(
		err, "Install it beside the PostgreSQL of this machine, or name one that has it with BRANT_PG_BIN.");
}

/* A stand-in's function was to be run, and it has none of the extension's code (stand_in/module.c). */
static bool tell_unable(struct err *err)
{
	if (!err->message || strcmp(err->message, "a stand-in for an extension cannot compute this") != 0)
		return false;
	err->name = "extension-missing";
	err_detail(err, "This was a throwaway server on this machine, which lacks the extension, not your database.");
	return !err_hint(
		err,
		"Install the extension beside the PostgreSQL of this machine, or name one that has it with BRANT_PG_BIN.");
}

/* A function, a type, a schema, a table that is not there may be of an extension of which there is only the name. */
static bool tell_hollow(struct err *err)
{
	static const char *const missing[] = { "42883", "42704", "3F000", "42P01", "42703" };
	const char *names = stand_ins_hollow(err->arena);
	bool is = false;
	for (size_t i = 0; names && i < LEN(missing); i++)
		is = is || strcmp(err->sqlstate, missing[i]) == 0;
	if (!is)
		return false;
	err->name = "extension-missing";
	err_detail(
		err,
		"%s%sThis was a throwaway server on this machine, not your database. Of what is not installed here it has the names only: %s.",
		err->detail ? err->detail : "", err->detail ? " " : "", names);
	return !err_hint(
		err,
		"If it is an object of such an extension, install that beside the PostgreSQL of this machine, or name one that has it with BRANT_PG_BIN.");
}

bool advice_for_absent(struct err *err)
{
	if (err->name && strcmp(err->name, "extension-missing") == 0)
		return true;
	struct str name = between(err->message, "extension \"", "\" is not available");
	if (name.len)
		return tell_absent(err, name);
	if (tell_unable(err) || tell_hollow(err))
		return true;
	name = between(err->message, "type \"", "\" does not exist");
	for (size_t i = 0; name.len && i < LEN(types); i++)
		if (str_eq(name, str_of(types[i].type)))
			return !err_hint(
				err,
				"It is of the extension \"%s\", which somebody made by hand where this history ran. It is replayed on a server that begins empty: say CREATE EXTENSION IF NOT EXISTS %s; in front of what needs it.",
				types[i].extension, types[i].extension);
	return false;
}
