/*
 * below.c - projects in the folders below one that is none: the packages of a repository.
 */
#include "base/file.h"
#include "format/format.h"

enum { DEPTH = 3, FOLDERS = 1000, FOUND = 5 };

struct search {
	struct arena *arena;
	const char *root;
	size_t folders; /* that may still be looked into */
	struct strs found;
};

/* What is installed or built is nobody's project, and hidden folders are tools'. */
static bool is_passed_over(const char *name)
{
	static const char *const built[] = { "node_modules", "vendor", "dist", "build", "target", "venv", "coverage" };
	for (size_t i = 0; i < LEN(built); i++)
		if (strcmp(name, built[i]) == 0)
			return true;
	return name[0] == '.';
}

/* Plain SQL is what a folder is taken for when nothing says otherwise: it is not looked for. */
static const struct format *format_of(struct arena *arena, const char *folder)
{
	const char *ignored;
	for (size_t i = 0; formats[i]; i++)
		if (formats[i] != &format_plain && formats[i]->detect(arena, folder, &ignored))
			return formats[i];
	return NULL;
}

static bool is_package(struct arena *arena, const char *folder)
{
	return file_exists(path_join(arena, folder, "package.json"));
}

/* packages/prisma/schema.prisma is the schema of packages, as "prisma/schema.prisma" there; where packages/prisma is a package, it is meant. */
static bool has_package_of(struct arena *arena, const char *folder, const struct format *format)
{
	struct err ignored = { .arena = arena };
	struct names names;
	if (is_package(arena, folder) || !dir_list(arena, folder, &names, &ignored))
		return false;
	for (size_t i = 0; i < names.len; i++) {
		const char *path = path_join(arena, folder, names.ptr[i]);
		if (!is_passed_over(names.ptr[i]) && is_package(arena, path) && format_of(arena, path) == format)
			return true;
	}
	return false;
}

static void look(struct search *search, const char *folder, unsigned depth)
{
	struct err ignored = { .arena = search->arena };
	struct names names;
	if (!dir_list(search->arena, path_join(search->arena, search->root, folder), &names, &ignored))
		return;
	for (size_t i = 0; i < names.len && search->folders && search->found.len < FOUND; i++) {
		const char *path = path_join(search->arena, folder, names.ptr[i]);
		const char *full = path_join(search->arena, search->root, path);
		if (is_passed_over(names.ptr[i]) || !file_is_dir(full))
			continue;
		search->folders--;
		const struct format *format = format_of(search->arena, full);
		if (format && !has_package_of(search->arena, full, format))
			vec_push(search->arena, &search->found,
				 str_of(arena_printf(search->arena, "%s (%s)", path, format->title)));
		else if (depth < DEPTH)
			look(search, path, depth + 1);
	}
}

bool format_tell_below(const struct format_settings *settings, struct err *err)
{
	struct search search = { .arena = err->arena, .root = settings->root, .folders = FOLDERS };
	struct buf list = buf_init(err->arena);
	look(&search, ".", 1);
	if (!search.found.len)
		return false;
	for (size_t i = 0; i < search.found.len; i++)
		buf_printf(&list, "%s" STR_FMT, i ? ", " : "", STR_ARG(search.found.ptr[i]));
	err_detail(err, "There %s below: %s.", search.found.len == 1 ? "is a project" : "are projects", list.ptr);
	err_hint(err, "Run brant there, or name the folder with -C.");
	return true;
}
