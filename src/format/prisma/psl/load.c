#include "base/file.h"
#include "format/prisma/psl/reader.h"
#include "sql/source.h"

/* More than anybody's schema has, and read in a second. */
enum { TEXT_MAX = 32 * 1024 * 1024, FOLDERS_MAX = 16 };

struct psl *psl_parse(struct arena *arena, const struct psl_file *files, size_t nfiles)
{
	struct psl *psl = arena_alloc(arena, sizeof(*psl));
	psl->arena = arena;
	for (size_t i = 0; i < nfiles; i++)
		vec_push(arena, &psl->files, files[i]);
	for (size_t i = 0; i < nfiles; i++) {
		struct reader reader = { .arena = arena, .psl = psl, .text = files[i].text };
		read_file(&reader);
	}
	return psl;
}

/* ---- files ---- */

struct found {
	struct psl_file *ptr;
	size_t len, cap;
	size_t bytes;
};

static bool add_file(struct arena *arena, const char *root, const char *path, struct found *found, struct err *err)
{
	struct source source;
	if (!source_load(arena, path_join(arena, root, path), &source, err))
		return false;
	found->bytes += source.text.len;
	if (found->bytes > TEXT_MAX)
		return err_set(err, ERR_USAGE, "prisma-syntax", "\"%s\" makes a schema of more than %d MB", path,
			       TEXT_MAX / 1024 / 1024);
	vec_push(arena, found, (struct psl_file){ .path = path, .text = source.text });
	return true;
}

/*
 * Folder by folder in the order of the names in each, as Node lists them: user/ comes before user.prisma.  Prisma reads over no folder, also not over
 * those that are hidden; nobody has a schema among packages.
 */
static bool add_folder(struct arena *arena, const char *root, const char *path, unsigned depth, struct found *found,
		       struct err *err)
{
	struct names names = { 0 };
	if (!dir_list(arena, path_join(arena, root, path), &names, err))
		return false;
	for (size_t i = 0; i < names.len; i++) {
		const char *inner = path_join(arena, path, names.ptr[i]);
		bool is_dir = file_is_dir(path_join(arena, root, inner));
		if (is_dir && depth < FOLDERS_MAX && strcmp(names.ptr[i], "node_modules") != 0) {
			if (!add_folder(arena, root, inner, depth + 1, found, err))
				return false;
		} else if (!is_dir && str_ends(str_of(names.ptr[i]), STR(".prisma")) &&
			   !add_file(arena, root, inner, found, err)) {
			return false;
		}
	}
	return true;
}

bool psl_load(struct arena *arena, const char *root, const char *path, struct psl **ret_psl, struct err *err)
{
	struct found found = { 0 };
	bool is_dir = file_is_dir(path_join(arena, root, path));
	if (is_dir ? !add_folder(arena, root, path, 0, &found, err) : !add_file(arena, root, path, &found, err))
		return false;
	if (!found.len)
		return err_set(err, ERR_USAGE, "prisma-syntax", "there is no .prisma file in \"%s\"", path);
	*ret_psl = psl_parse(arena, found.ptr, found.len);
	return true;
}
