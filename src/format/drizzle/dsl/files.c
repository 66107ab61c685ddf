#include <stdlib.h>

#include "base/file.h"
#include "format/drizzle/schema.h"

/* Which files a configuration's `schema` means: paths, folders (one level) and globs with *, **, ? and {a,b}. */

enum { MAX_DEPTH = 20, MAX_FILES = 10000, MAX_ALTERNATIVES = 200 };

static bool is_source(const char *name)
{
	static const char *const endings[] = { ".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".tsx" };
	for (size_t i = 0; i < LEN(endings); i++)
		if (str_ends(str_of(name), str_of(endings[i])) && !str_ends(str_of(name), STR(".d.ts")))
			return true;
	return false;
}

/* One segment of a glob against one name; not recursive. */
static bool matches(struct str pattern, struct str name)
{
	size_t p = 0, n = 0, star = (size_t)-1, mark = 0;
	if (name.len && name.ptr[0] == '.' && !(pattern.len && pattern.ptr[0] == '.'))
		return false;
	while (n < name.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			mark = n;
		} else if (p < pattern.len && (pattern.ptr[p] == '?' || pattern.ptr[p] == name.ptr[n])) {
			p++;
			n++;
		} else if (star != (size_t)-1) {
			p = star + 1;
			n = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

/* "!(a|b)" and its kin in one segment: what stands in the parentheses is one of several, or none of them. */
static bool matches_segment(struct str pattern, struct str name)
{
	ptrdiff_t open = str_find(pattern, STR("(")), close = str_find(pattern, STR(")"));
	struct str inside, piece;
	if (open < 1 || close < open || !memchr("!@+?*", pattern.ptr[open - 1], 5))
		return matches(pattern, name);
	bool none = pattern.ptr[open - 1] == '!', any = false;
	struct str before = str_slice(pattern, 0, (size_t)open - 1),
		   after = str_slice(pattern, (size_t)close + 1, pattern.len);
	/* The rest may hold stars: where it ends is tried from the left. */
	for (size_t from = 0; from <= name.len; from++)
		for (size_t to = from; to <= name.len; to++) {
			struct str middle = str_slice(name, from, to);
			if (!matches(before, str_slice(name, 0, from)) ||
			    !matches(after, str_slice(name, to, name.len)))
				continue;
			bool one = false;
			inside = str_slice(pattern, (size_t)open + 1, (size_t)close);
			for (bool more = true; more && !one;) {
				more = str_cut(inside, '|', &piece, &inside);
				one = matches(piece, middle);
			}
			any = any || one != none;
		}
	return any;
}

/* "a/{b,c}/d" as "a/b/d" and "a/c/d". */
static void expand_braces(struct arena *arena, struct str pattern, struct strs *out)
{
	struct strs queue = { 0 };
	vec_push(arena, &queue, pattern);
	for (size_t i = 0; i < queue.len && queue.len < MAX_ALTERNATIVES; i++) {
		struct str text = queue.ptr[i], inside, piece;
		ptrdiff_t open = str_find(text, STR("{")), close;
		if (open < 0 || (close = str_find(str_slice(text, (size_t)open, text.len), STR("}"))) < 0) {
			vec_push(arena, out, text);
			continue;
		}
		inside = str_slice(text, (size_t)open + 1, (size_t)(open + close));
		for (bool more = true; more;) {
			more = str_cut(inside, ',', &piece, &inside);
			vec_push(arena, &queue,
				 str_of(arena_printf(arena, "%.*s" STR_FMT STR_FMT, (int)open, text.ptr, STR_ARG(piece),
						     STR_ARG(str_slice(text, (size_t)(open + close) + 1, text.len)))));
		}
	}
}

static bool walk(struct arena *arena, const char *folder, struct str pattern, unsigned depth, struct strs *files,
		 struct err *err)
{
	struct str segment, rest;
	struct names names = { 0 };
	bool last = !str_cut(pattern, '/', &segment, &rest);
	bool deep = str_eq(segment, STR("**"));
	if (!segment.len || str_eq(segment, STR(".")))
		return last || walk(arena, folder, rest, depth, files, err);
	if (str_eq(segment, STR("..")))
		return last || walk(arena, path_join(arena, folder, ".."), rest, depth, files, err);
	if (deep && !last && !walk(arena, folder, rest, depth, files, err))
		return false;
	if (depth > MAX_DEPTH || files->len > MAX_FILES || !file_is_dir(folder))
		return true;
	if (!dir_list(arena, folder, &names, err))
		return false;
	for (size_t i = 0; i < names.len; i++) {
		const char *path = path_join(arena, folder, names.ptr[i]);
		bool inner = file_is_dir(path);
		if (deep ? names.ptr[i][0] == '.' || strcmp(names.ptr[i], "node_modules") == 0
			 : !matches_segment(segment, str_of(names.ptr[i])))
			continue;
		if (inner && !last && !walk(arena, path, deep ? pattern : rest, depth + 1, files, err))
			return false;
		if (inner && last && deep && !walk(arena, path, pattern, depth + 1, files, err))
			return false;
		if (!inner && last)
			vec_push(arena, files, str_of(path));
	}
	return true;
}

static bool add_folder(struct arena *arena, const char *path, struct strs *files, struct err *err)
{
	struct names names = { 0 };
	if (!dir_list(arena, path, &names, err))
		return false;
	for (size_t i = 0; i < names.len; i++) {
		const char *inner = path_join(arena, path, names.ptr[i]);
		if (is_source(inner) && !file_is_dir(inner))
			vec_push(arena, files, str_of(inner));
	}
	return true;
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* A path with *, ? or {: folders that match are read one level deep, as those that are named are. */
static bool add_glob(struct arena *arena, const char *root, struct str pattern, struct strs *files, struct err *err)
{
	struct strs patterns = { 0 }, found = { 0 };
	expand_braces(arena, pattern, &patterns);
	for (size_t i = 0; i < patterns.len; i++) {
		bool absolute = str_starts(patterns.ptr[i], STR("/"));
		if (!walk(arena, absolute ? "/" : root, patterns.ptr[i], 0, &found, err))
			return false;
	}
	if (found.len)
		qsort(found.ptr, found.len, sizeof(*found.ptr), by_path);
	for (size_t i = 0; i < found.len; i++)
		if (is_source(str_dup(arena, found.ptr[i])))
			vec_push(arena, files, found.ptr[i]);
	return true;
}

static bool add_path(struct arena *arena, const struct drizzle_schema *schema, struct str said, struct strs *files,
		     struct err *err)
{
	const char *path = path_join(arena, schema->root, str_dup(arena, said));
	if (memchr(said.ptr, '(', said.len) || memchr(said.ptr, '*', said.len) || memchr(said.ptr, '{', said.len) ||
	    memchr(said.ptr, '?', said.len))
		return add_glob(arena, schema->root, said, files, err);
	if (file_is_dir(path))
		return add_folder(arena, path, files, err);
	if (file_exists(path))
		vec_push(arena, files, str_of(path));
	return true;
}

/* The folder that a path or a pattern begins with. */
static struct str fixed_folder(struct str said)
{
	size_t len = 0;
	while (str_starts(said, STR("./")))
		said = str_slice(said, 2, said.len);
	for (size_t i = 0; i < said.len && !strchr("*?{(", said.ptr[i]); i++)
		if (said.ptr[i] == '/')
			len = i;
	return str_slice(said, 0, len);
}

static const char *const outputs[] = { "dist", "build", "lib", "out" };

/* "./dist/db/x*.js" is what a build makes of src/db/x*.ts: the pattern of its sources, or NULL. */
static const char *source_pattern(struct arena *arena, struct str said, const char *sources)
{
	while (str_starts(said, STR("./")))
		said = str_slice(said, 2, said.len);
	struct str first, rest;
	bool built = false;
	str_cut(said, '/', &first, &rest);
	for (size_t i = 0; i < LEN(outputs); i++)
		built = built || str_eq(first, str_of(outputs[i]));
	if (!built || !rest.len)
		return NULL;
	bool js = str_ends(rest, STR(".js"));
	return arena_printf(arena, "%s/" STR_FMT "%s", sources, STR_ARG(str_slice(rest, 0, rest.len - (js ? 3 : 0))),
			    js ? ".ts" : "");
}

/* Nothing is there: what is not built is read where it is written. */
static bool add_sources(struct arena *arena, const struct drizzle_schema *schema, struct strs *files, struct err *err)
{
	static const char *const places[] = { "src", "." };
	for (size_t p = 0; !files->len && p < LEN(places); p++)
		for (size_t i = 0; i < schema->paths->len; i++) {
			const char *pattern = source_pattern(arena, schema->paths->ptr[i], places[p]);
			if (pattern && !add_path(arena, schema, str_of(pattern), files, err))
				return false;
		}
	return true;
}

/* Configurations of a workspace are often written for its top folder, and some name what a build makes. */
static bool hint_missing(struct arena *arena, const char *root, struct str said, struct err *err)
{
	struct str fixed = fixed_folder(said), first, rest;
	const char *inside = str_dup(arena, fixed), *above = folder_above(arena, root);
	str_cut(fixed, '/', &first, &rest);
	for (unsigned level = 0; fixed.len && fixed.ptr[0] != '/' && fixed.ptr[0] != '.' && above && level < 4;
	     level++) {
		if (file_is_dir(path_join(arena, above, inside)))
			return err_hint(
				err,
				"\"%s\" is in \"%s\": run brant there (-C %s), and lead it to this configuration with \"config:\" in brant.yaml.",
				inside, above, above);
		above = folder_above(arena, above);
	}
	for (size_t i = 0; i < LEN(outputs); i++)
		if (str_eq(first, str_of(outputs[i])))
			return err_hint(
				err,
				"\"%s\" is what a build makes: build the project first, or name its sources with \"schema\".",
				outputs[i]);
	return err_hint(err, "Name the files with \"schema\" in drizzle.config.ts, relative to the project's folder.");
}

bool drizzle_schema_files(struct arena *arena, const struct drizzle_schema *schema, struct strs *ret_files,
			  struct err *err)
{
	struct strs files = { 0 };
	*ret_files = (struct strs){ 0 };
	for (size_t i = 0; i < schema->paths->len; i++)
		if (!add_path(arena, schema, schema->paths->ptr[i], &files, err))
			return false;
	if (!files.len && !add_sources(arena, schema, &files, err))
		return false;
	for (size_t i = 0; i < files.len; i++) {
		bool known = false;
		for (size_t j = 0; j < ret_files->len && !known; j++)
			known = str_eq(ret_files->ptr[j], files.ptr[i]);
		if (!known)
			vec_push(arena, ret_files, files.ptr[i]);
	}
	if (ret_files->len)
		return true;
	if (!schema->paths->len) {
		err_set(err, ERR_USAGE, "drizzle-schema-missing", "the configuration names no schema");
		return err_hint(
			err, "Name the files with \"schema\" in drizzle.config.ts, relative to the project's folder.");
	}
	err_set(err, ERR_USAGE, "drizzle-schema-missing", "there is no schema file at \"" STR_FMT "\"",
		STR_ARG(schema->paths->ptr[0]));
	return hint_missing(arena, schema->root, schema->paths->ptr[0], err);
}
