/*
 * version.c - which Prisma a project works with.
 *
 * The one that Node would find from the project's folder: what is installed there or further up goes before what package.json asks for, which may
 * say no number at all ("catalog:", "latest") or several.
 */
#include "base/file.h"
#include "base/json.h"
#include "format/prisma/prisma.h"

enum { LEVELS_MAX = 10 };

/* 6 of "^6.19.0"; 0 of what says no number, or leaves open which. */
static unsigned major_of(const char *version)
{
	unsigned long long major;
	if (!version || strpbrk(version, "|<>"))
		return 0;
	size_t from = strspn(version, "^~=v "), len = strspn(version + from, "0123456789");
	return len && len < 4 && str_to_u64((struct str){ version + from, len }, &major) ? (unsigned)major : 0;
}

/* A broken package.json is npm's to complain about. */
static bool read_package(struct arena *arena, const char *folder, const char *file, struct json *ret_package)
{
	struct err ignored = { .arena = arena };
	const char *path = path_join(arena, folder, file);
	return file_exists(path) && json_load(arena, JSON_WITH_COMMENTS, path, ret_package, &ignored);
}

static unsigned major_wanted(const struct json *package)
{
	static const char *const lists[] = { "devDependencies", "dependencies" },
				 *const names[] = { "prisma", "@prisma/client" };
	for (size_t i = 0; i < LEN(lists); i++) {
		const struct json *list = json_get_kind(package, lists[i], JS_OBJECT);
		for (size_t k = 0; list && k < LEN(names); k++) {
			unsigned major = major_of(json_get_text(list, names[k], NULL));
			if (major)
				return major;
		}
	}
	return 0;
}

static unsigned major_here(struct arena *arena, const char *folder)
{
	static const char *const installed[] = { "node_modules/prisma/package.json",
						 "node_modules/@prisma/client/package.json" };
	struct json package;
	for (size_t i = 0; i < LEN(installed); i++)
		if (read_package(arena, folder, installed[i], &package))
			return major_of(json_get_text(&package, "version", NULL));
	return read_package(arena, folder, "package.json", &package) ? major_wanted(&package) : 0;
}

unsigned prisma_major(struct arena *arena, const char *root)
{
	const char *folder = root;
	for (size_t i = 0; i < LEVELS_MAX; i++) {
		unsigned major = major_here(arena, folder);
		if (major || file_exists(path_join(arena, folder, ".git")))
			return major;
		folder = path_join(arena, folder, "..");
	}
	return 0;
}
