#include "base/file.h"
#include "base/hash.h"
#include "format/alembic/alembic.h"
#include "format/alembic/python.h"

struct reading {
	struct arena *arena;
	struct source source;
	struct py_module module;
	struct err *err;
};

static bool unreadable(struct reading *r, const char *name, size_t offset)
{
	err_set(r->err, ERR_FAILED, "revision-unreadable", "what \"%s\" is can only be known by running the file",
		name);
	err_detail(
		r->err,
		"brant reads revision, down_revision, branch_labels and depends_on without running anything: strings, and tuples and lists of them.");
	err_hint(r->err, "Write the value out.");
	return source_err_at(r->err, &r->source, offset);
}

static bool missing(struct reading *r, const char *name)
{
	err_set(r->err, ERR_FAILED, "revision-unreadable", "the file has no \"%s\"", name);
	err_hint(r->err, "Alembic takes every .py file in this folder for a revision: put what is none elsewhere.");
	return err_at(r->err, r->source.path, 0, 0);
}

/* None, a string, or several of them. */
static bool names(struct reading *r, const char *name, struct strs *ret_names)
{
	const struct py_value *value = map_get(&r->module.names, str_of(name));
	*ret_names = (struct strs){ 0 };
	if (!value || value->kind == PY_NONE)
		return true;
	if (value->kind == PY_COMPUTED)
		return unreadable(r, name, value->offset);
	for (size_t i = 0; i < value->items.len; i++) {
		struct str item = str_trim(value->items.ptr[i]);
		if (item.len)
			vec_push(r->arena, ret_names, str_of(str_dup(r->arena, item)));
	}
	return true;
}

/* Before 2013 the file's name was the revision. */
static const char *legacy_version(struct arena *arena, const char *path)
{
	const char *base = path_base(path);
	size_t hex = strspn(base, "abcdef0123456789");
	return hex && strcmp(base + hex, ".py") == 0 ? arena_strndup(arena, base, hex) : NULL;
}

/* Alembic's own limits: it reads these characters as something else where a revision is named. */
static bool check_version(struct reading *r, const char *version)
{
	static const char illegal[] = "@+:";
	if (*version && !strpbrk(version, illegal) && strlen(version) <= 200)
		return true;
	err_set(r->err, ERR_FAILED, "revision-unreadable", "\"%.60s\" cannot be the name of a revision", version);
	err_hint(r->err, "It needs at least one character, and none of @ + :");
	return err_at(r->err, r->source.path, 0, 0);
}

static bool version_of(struct reading *r, const char **ret_version)
{
	const struct py_value *value = map_get(&r->module.names, STR("revision"));
	*ret_version = value ? NULL : legacy_version(r->arena, r->source.path);
	if (!value && !*ret_version)
		return missing(r, "revision");
	if (value && value->kind != PY_STRING)
		return unreadable(r, "revision", value->offset);
	if (value)
		*ret_version = str_dup(r->arena, value->items.ptr[0]);
	return check_version(r, *ret_version);
}

static const char **list(struct arena *arena, const struct strs *names)
{
	const char **all = arena_alloc(arena, (names->len + 1) * sizeof(*all));
	for (size_t i = 0; i < names->len; i++)
		all[i] = names->ptr[i].ptr;
	return all;
}

/* The first line of the docstring is the message that the revision was made with. */
static const char *message_of(struct arena *arena, const struct py_module *module, struct str stem, const char *version)
{
	struct str line = str_trim(module->docstring), rest, tail = str_of(arena_printf(arena, "%s_", version));
	struct str all = line;
	if (str_cut(all, '\n', &line, &rest))
		line = str_trim(line);
	if (line.len)
		return str_dup(arena, line);
	return str_dup(arena, str_starts(stem, tail) ? str_slice(stem, tail.len, stem.len) : stem);
}

/* What is read from the environment or from a file, or drawn by chance, is not the same the next time. */
static bool is_pure(struct arena *arena, const struct source *source)
{
	static const char *const marks[] = { "environ", "getenv", "open(" },
				 *const modules[] = { "uuid", "random", "secrets", "datetime", "time", "pathlib" },
				 *const uses[] = { "%s.", "import %s", "from %s" };
	for (size_t i = 0; i < LEN(marks); i++)
		if (str_find(source->text, str_of(marks[i])) >= 0)
			return false;
	for (size_t i = 0; i < LEN(modules) * LEN(uses); i++)
		if (str_find(source->text, str_of(arena_printf(arena, uses[i % LEN(uses)], modules[i / LEN(uses)]))) >=
		    0)
			return false;
	return true;
}

static bool fill(struct reading *r, struct migration *migration)
{
	struct revision *revision = arena_alloc(r->arena, sizeof(*revision));
	const char *base = path_base(r->source.path);
	struct str stem = { base, strlen(base) - strlen(".py") };
	if (!version_of(r, &migration->version))
		return false;
	if (!map_get(&r->module.names, STR("down_revision")))
		return missing(r, "down_revision");
	if (!names(r, "down_revision", &revision->parents) || !names(r, "depends_on", &revision->needs))
		return false;
	/* A label that has to be computed is one that nobody can name here; the order does not hang on it. */
	const struct py_value *labels = map_get(&r->module.names, STR("branch_labels"));
	if ((!labels || labels->kind != PY_COMPUTED) && !names(r, "branch_labels", &revision->labels))
		return false;
	revision->pure = is_pure(r->arena, &r->source);
	migration->id = str_dup(r->arena, stem);
	migration->name = message_of(r->arena, &r->module, stem, migration->version);
	migration->path = migration->down_path = r->source.path;
	migration->parents = list(r->arena, &revision->parents);
	migration->labels = revision->labels.len ? list(r->arena, &revision->labels) : NULL;
	migration->extra = revision;
	return true;
}

bool revision_read(struct arena *arena, const char *path, struct migration *ret_migration, struct err *err)
{
	struct reading r = { .arena = arena, .err = err };
	struct migration migration = { 0 };
	if (!source_load(arena, path, &r.source, err) || !py_module_read(arena, &r.source, &r.module, err) ||
	    !fill(&r, &migration))
		return false;
	*ret_migration = migration;
	return true;
}

/* Comments, empty lines and the layout inside of brackets mean nothing in Python; how far a line is indented does. */
char *alembic_digest_tokens(struct arena *arena, struct str text)
{
	struct arena *scratch = arena_new(arena);
	struct source source = { "", text };
	struct err ignored = { .arena = scratch };
	struct sha256 *hash = sha256_new(scratch);
	struct py_lexer lexer = py_lexer_init(&source);
	struct py_token token = { .kind = PY_END };
	while (py_next(&lexer, &token, &ignored) && token.kind != PY_END) {
		if (token.kind == PY_NEWLINE)
			continue;
		sha256_add(hash, str_of(arena_printf(scratch, token.first ? "\n%u " : " ", token.column)));
		sha256_add(hash, token.text);
	}
	char *digest = arena_strdup(arena, sha256_hex(hash));
	arena_free(scratch);
	return digest;
}
