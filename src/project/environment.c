#include "project/environment.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "project/dotenv.h"

enum { LEVELS_MAX = 40 };

/* Are these the same folder?  At the top of the file system ".." leads back to itself. */
static bool same_folder(const char *a, const char *b)
{
	struct stat sa, sb;
	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* The folder above root that holds .git, NULL where root holds it itself or none does. */
static const char *repository_above(struct arena *arena, const char *root)
{
	const char *folder = root;
	for (size_t i = 0; i < LEVELS_MAX; i++) {
		if (file_exists(path_join(arena, folder, ".git")))
			return i ? folder : NULL;
		const char *above = i || strcmp(root, ".") != 0 ? arena_printf(arena, "%s/..", folder) : "..";
		if (same_folder(folder, above))
			return NULL;
		folder = above;
	}
	return NULL;
}

bool environment_find_in(struct arena *arena, const char *path, const char *name, const char **ret_value,
			 const char **ret_origin, struct strs *looked, struct err *err)
{
	struct dotenv dotenv;
	bool known = false;
	*ret_value = NULL;
	for (size_t i = 0; i < looked->len && !known; i++)
		known = str_eq(looked->ptr[i], str_of(path));
	if (!known)
		vec_push(arena, looked, str_of(path));
	if (!file_exists(path))
		return true;
	if (!dotenv_load(arena, path, &dotenv, err) || !dotenv_get(&dotenv, name, ret_value, err))
		return false;
	if (*ret_value)
		*ret_origin = arena_printf(arena, "%s in %s", name, path);
	return true;
}

bool environment_find(struct arena *arena, const char *root, const char *name, const char **ret_value,
		      const char **ret_origin, struct strs *looked, struct err *err)
{
	const char *value = getenv(name);
	vec_push(arena, looked, STR("the environment"));
	if (value && *value) {
		*ret_value = value;
		*ret_origin = arena_printf(arena, "%s in the environment", name);
		return true;
	}
	const char *above = repository_above(arena, root);
	const char *folders[] = { root, above };
	for (size_t i = 0; i < LEN(folders) && folders[i]; i++) {
		const char *path = path_join(arena, folders[i], ".env");
		if (!environment_find_in(arena, path, name, ret_value, ret_origin, looked, err))
			return false;
		if (*ret_value)
			return true;
	}
	return true;
}
