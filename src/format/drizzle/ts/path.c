#include <stdlib.h>

#include "base/file.h"
#include "format/drizzle/ts/evaluate.h"

/* node:path and node:url, with which configurations name their files. */

/* "/a/./b/../c" is "/a/c". */
static const char *normal(struct arena *arena, const char *path)
{
	struct strs parts = { 0 };
	struct str rest = str_of(path), part;
	struct buf out = buf_init(arena);
	bool absolute = path[0] == '/';
	for (bool more = true; more;) {
		more = str_cut(rest, '/', &part, &rest);
		bool up = str_eq(part, STR(".."));
		if (!part.len || str_eq(part, STR(".")))
			continue;
		if (up && parts.len && !str_eq(parts.ptr[parts.len - 1], STR("..")))
			parts.len--;
		else if (!up || !absolute)
			vec_push(arena, &parts, part);
	}
	for (size_t i = 0; i < parts.len; i++)
		buf_printf(&out, "%s" STR_FMT, i || absolute ? "/" : "", STR_ARG(parts.ptr[i]));
	return out.len ? out.ptr : absolute ? "/" : ".";
}

static bool join_arguments(struct call *call, const char *start, const char **ret_path)
{
	const char *path = start;
	for (size_t i = 0; i < call->nargs; i++) {
		struct str text;
		if (!call_text(call, i, &text))
			return false;
		if (start && str_starts(text, STR("/")))
			path = str_dup(call->interp->arena, text);
		else
			path = path ? arena_printf(call->interp->arena, "%s/" STR_FMT, path, STR_ARG(text))
				    : str_dup(call->interp->arena, text);
	}
	*ret_path = normal(call->interp->arena, path ? path : ".");
	return true;
}

static const char *absolute_root(const struct interp *interp)
{
	char *real = realpath(interp->root, NULL);
	const char *root = arena_strdup(interp->arena, real ? real : interp->root);
	free(real);
	return root;
}

enum { PATH_JOIN, PATH_RESOLVE };

static bool path_combine(struct call *call, struct value *ret_value)
{
	const char *path;
	if (!join_arguments(call, call->native->tag == PATH_RESOLVE ? absolute_root(call->interp) : NULL, &path))
		return false;
	*ret_value = js_text(path);
	return true;
}

enum { PATH_DIR, PATH_BASE };

static bool path_part(struct call *call, struct value *ret_value)
{
	struct str text;
	if (!call_text(call, 0, &text))
		return false;
	const char *path = str_dup(call->interp->arena, text);
	*ret_value = js_text(call->native->tag == PATH_DIR ? path_dir(call->interp->arena, path) : path_base(path));
	return true;
}

static const char *from_root(struct call *call, struct str path)
{
	const char *text = str_dup(call->interp->arena, path);
	if (text[0] != '/')
		text = arena_printf(call->interp->arena, "%s/%s", absolute_root(call->interp), text);
	return normal(call->interp->arena, text);
}

/* How much of both is the same: up to a slash, or the whole of the shorter one. */
static size_t common_folders(const char *from, const char *to)
{
	size_t same = 0, i = 0;
	for (; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			same = i;
	bool from_ends = !from[i] && (!to[i] || to[i] == '/'), to_ends = !to[i] && from[i] == '/';
	return from_ends || to_ends ? i : same;
}

static bool path_relative(struct call *call, struct value *ret_value)
{
	struct str from_text, to_text;
	if (!call_text(call, 0, &from_text) || !call_text(call, 1, &to_text))
		return false;
	const char *from = from_root(call, from_text), *to = from_root(call, to_text);
	struct buf out = buf_init(call->interp->arena);
	size_t same = common_folders(from, to);
	for (const char *c = from + same; *c; c++)
		if (*c == '/' && c[1])
			buf_text(&out, out.len ? "/.." : "..");
	const char *rest = to + same + (to[same] == '/');
	if (*rest)
		buf_printf(&out, "%s%s", out.len ? "/" : "", rest);
	*ret_value = js_text(out.ptr);
	return true;
}

/* new URL("./schema.ts", import.meta.url): only of files. */
static bool make_url(struct call *call, struct value *ret_value)
{
	struct arena *arena = call->interp->arena;
	struct str text, base;
	if (!call_text(call, 0, &text) || !call_text(call, 1, &base))
		return false;
	if (!str_starts(base, STR("file://")))
		return call_refuse(call, "a URL of something else than a file");
	const char *folder = path_dir(arena, str_dup(arena, str_slice(base, strlen("file://"), base.len)));
	*ret_value = js_text(arena_printf(arena, "file://%s",
					  normal(arena, arena_printf(arena, "%s/" STR_FMT, folder, STR_ARG(text)))));
	return true;
}

static bool path_of_url(struct call *call, struct value *ret_value)
{
	struct str text;
	if (!call_text(call, 0, &text))
		return false;
	*ret_value = js_string(str_starts(text, STR("file://")) ? str_slice(text, strlen("file://"), text.len) : text);
	return true;
}

static const struct method path_methods[] = {
	{ "join", path_combine, PATH_JOIN },      { "resolve", path_combine, PATH_RESOLVE },
	{ "normalize", path_combine, PATH_JOIN }, { "dirname", path_part, PATH_DIR },
	{ "basename", path_part, PATH_BASE },     { "relative", path_relative, 0 },
	{ "fileURLToPath", path_of_url, 0 },
};
static const struct host_class path_class = { .name = "node:path",
					      .methods = path_methods,
					      .nmethods = LEN(path_methods) };
static struct host path_host = { .class = &path_class };

static const struct host_class url_class = { .name = "URL", .call = make_url };
static struct host url_host = { .class = &url_class };

bool path_external(struct interp *interp, const char *specifier, struct str name, struct value *ret_value)
{
	static const char *const packages[] = { "path", "node:path", "url", "node:url" };
	bool known = false;
	for (size_t i = 0; i < LEN(packages); i++)
		known = known || strcmp(packages[i], specifier) == 0;
	if (!known)
		return false;
	*ret_value = js_host(&path_host);
	if (str_eq(name, STR("*")) || str_eq(name, STR("default")))
		return true;
	if (str_eq(name, STR("URL")))
		*ret_value = js_host(&url_host);
	for (size_t i = 0; i < LEN(path_methods); i++)
		if (str_eq(str_of(path_methods[i].name), name)) {
			*ret_value = js_native(interp->arena, path_methods[i].name, path_methods[i].run,
					       path_methods[i].tag);
			return true;
		}
	return ret_value->host == &url_host;
}

/* URL, and what a file knows of itself: __dirname, __filename, import.meta. */
bool file_global(struct interp *interp, const char *path, struct str name, struct value *ret_value)
{
	char *real = realpath(path, NULL);
	const char *file = arena_strdup(interp->arena, real ? real : path);
	free(real);
	if (str_eq(name, STR("URL")))
		*ret_value = js_host(&url_host);
	else if (str_eq(name, STR("__filename")))
		*ret_value = js_text(file);
	else if (str_eq(name, STR("__dirname")))
		*ret_value = js_text(path_dir(interp->arena, file));
	else if (str_eq(name, STR("import.meta"))) {
		*ret_value = js_object(interp->arena);
		js_object_set(interp->arena, ret_value->object, STR("url"),
			      slot_ready(interp->arena, js_text(arena_printf(interp->arena, "file://%s", file))));
		js_object_set(interp->arena, ret_value->object, STR("filename"),
			      slot_ready(interp->arena, js_text(file)));
		js_object_set(interp->arena, ret_value->object, STR("dirname"),
			      slot_ready(interp->arena, js_text(path_dir(interp->arena, file))));
	} else {
		return false;
	}
	return true;
}
