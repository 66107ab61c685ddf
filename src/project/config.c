#include "project/config.h"

#include <stddef.h>

#include "base/duration.h"
#include "base/file.h"
#include "project/config_yaml.h"
#include "sql/quote.h"

enum { CONFIG_MAX = 256 * 1024 };

enum kind {
	KIND_TEXT,
	KIND_WORD, /* one of choices */
	KIND_TIME,
	KIND_COUNT,
	KIND_BOOL,
	KIND_URL,
	KIND_TABLE,
	KIND_PATH,
	KIND_LIST,
	KIND_VARIABLES,
	KIND_BOUNDARY,
};

static const char *const version_forms[] = { "prefix", "name", "file", NULL };

struct key {
	const char *name;
	enum kind kind;
	size_t offset; /* in struct config */
	const char *const *choices;
};

static const struct key keys[] = {
	{ "format", KIND_TEXT, offsetof(struct config, format), NULL },
	{ "migrations", KIND_TEXT, offsetof(struct config, migrations), NULL },
	{ "ledger", KIND_TABLE, offsetof(struct config, ledger), NULL },
	{ "search_path", KIND_PATH, offsetof(struct config, search_path), NULL },
	{ "schema", KIND_TEXT, offsetof(struct config, schema), NULL },
	{ "config", KIND_TEXT, offsetof(struct config, tool_config), NULL },
	{ "version", KIND_WORD, offsetof(struct config, version_form), version_forms },
	{ "url", KIND_URL, 0, NULL },
	{ "lock_timeout", KIND_TIME, offsetof(struct config, lock_timeout), NULL },
	{ "statement_timeout", KIND_TIME, offsetof(struct config, statement_timeout), NULL },
	{ "lock_retries", KIND_COUNT, offsetof(struct config, lock_retries), NULL },
	{ "out_of_order", KIND_BOOL, offsetof(struct config, out_of_order), NULL },
	{ "allow_gaps", KIND_BOOL, offsetof(struct config, allow_gaps), NULL },
	{ "notify_postgrest", KIND_BOOL, offsetof(struct config, notify_postgrest), NULL },
	{ "renames", KIND_LIST, offsetof(struct config, renames), NULL },
	{ "variables", KIND_VARIABLES, offsetof(struct config, variables), NULL },
	{ "boundary", KIND_BOUNDARY, offsetof(struct config, boundary), NULL },
};

/* ---- values ---- */

static bool read_word(struct config_reader *r, const struct key *key, const yaml_node_t *node, const char **ret_word)
{
	struct str text;
	struct buf list = buf_init(r->arena);
	if (!yml_text(r, key->name, node, &text))
		return false;
	for (size_t i = 0; key->choices[i]; i++) {
		if (str_eq(text, str_of(key->choices[i]))) {
			*ret_word = key->choices[i];
			return true;
		}
		buf_printf(&list, "%s%s", i ? ", " : "", key->choices[i]);
	}
	yml_fail(r, node, "config-value", "\"%s\" is no value of \"%s\"", yml_shown(r, text), key->name);
	return err_hint(r->err, "Values are %s.", list.ptr);
}

static bool read_time(struct config_reader *r, const struct key *key, const yaml_node_t *node, double *ret_seconds)
{
	struct str text;
	if (yml_scalar(node, &text) && duration_parse(text, ret_seconds))
		return true;
	yml_fail(r, node, "config-value", "\"%s\" is no length of time", key->name);
	return err_hint(r->err, "Write it as 2s, 500ms or 1min; a plain number is seconds, 0 is off.");
}

static bool read_count(struct config_reader *r, const struct key *key, const yaml_node_t *node, long long *ret_count)
{
	struct str text;
	unsigned long long count;
	if (!yml_scalar(node, &text) || !str_to_u64(text, &count) || count > 1000000)
		return yml_fail(r, node, "config-value", "\"%s\" is not a whole number from 0 to 1000000", key->name);
	*ret_count = (long long)count;
	return true;
}

static bool read_bool(struct config_reader *r, const struct key *key, const yaml_node_t *node, bool *ret_value)
{
	return yml_bool(node, ret_value) ||
		yml_fail(r, node, "config-value", "\"%s\" is neither true nor false", key->name);
}

/* ---- boundary ---- */

static void add_schema(struct config_reader *r, struct str schema)
{
	struct strs *schemas = &r->config->boundary.schemas;
	for (size_t i = 0; i < schemas->len; i++)
		if (str_eq(schemas->ptr[i], schema))
			return;
	vec_push(r->arena, schemas, schema);
}

static bool remove_schema(struct config_reader *r, const yaml_node_t *node, struct str schema)
{
	struct strs *schemas = &r->config->boundary.schemas;
	for (size_t i = 0; i < schemas->len; i++)
		if (str_eq(schemas->ptr[i], schema)) {
			memmove(&schemas->ptr[i], &schemas->ptr[i + 1], (schemas->len - i - 1) * sizeof(*schemas->ptr));
			schemas->len--;
			return true;
		}
	yml_fail(r, node, "config-value", "\"%s\" is not in the list of the platform's schemas", yml_shown(r, schema));
	return err_hint(r->err,
			"There is nothing to remove; names that end in * are removed as they stand in the list.");
}

static const char *const boundary_keys[] = { "schemas", "add", "remove", "allow", NULL };

/* "schemas" replaces the list, so it has to come before the others change it, wherever it stands: two rounds. */
static bool boundary_schemas(struct config_reader *r, const yaml_node_t *key, struct str name, const yaml_node_t *value)
{
	(void)key;
	if (!str_eq(name, STR("schemas")) || yml_is_null(value))
		return true;
	return yml_list(r, "boundary.schemas", value, &r->config->boundary.schemas);
}

static bool boundary_allow(struct config_reader *r, const yaml_node_t *value, const struct strs *list)
{
	for (size_t i = 0; i < list->len; i++) {
		if (!boundary_allow_valid(list->ptr[i])) {
			const yaml_node_t *item = value->type == YAML_SEQUENCE_NODE
				? yml_node(r, value->data.sequence.items.start[i])
				: value;
			yml_fail(r, item, "config-value", "\"%s\" names nothing that can be allowed",
				 yml_shown(r, list->ptr[i]));
			const char *near = boundary_allow_near(r->arena, list->ptr[i]);
			return err_hint(
				r->err,
				"%s%s%sWrite KIND on SCHEMA.TABLE, KIND SCHEMA.NAME, \"schema NAME\" or \"role NAME\", as in "
				"\"trigger on auth.users\".",
				near ? "Is \"" : "", near ? near : "", near ? "\" meant? " : "");
		}
		vec_push(r->arena, &r->config->boundary.allow, list->ptr[i]);
	}
	return true;
}

static bool boundary_pair(struct config_reader *r, const yaml_node_t *key, struct str name, const yaml_node_t *value)
{
	struct strs list;
	if (str_eq(name, STR("schemas")))
		return true;
	const char *const *known = boundary_keys;
	while (*known && !str_eq(name, str_of(*known)))
		known++;
	if (!*known)
		return yml_unknown_key(r, key, name, " in \"boundary\"", boundary_keys);
	if (yml_is_null(value))
		return true;
	if (!yml_list(r, arena_printf(r->arena, "boundary.%s", *known), value, &list))
		return false;
	if (str_eq(name, STR("allow")))
		return boundary_allow(r, value, &list);
	for (size_t i = 0; i < list.len; i++)
		if (str_eq(name, STR("add")))
			add_schema(r, list.ptr[i]);
		else if (!remove_schema(r, value, list.ptr[i]))
			return false;
	return true;
}

static bool read_boundary(struct config_reader *r, const yaml_node_t *node)
{
	bool on;
	if (yml_bool(node, &on)) {
		r->config->boundary.off = !on;
		return true;
	}
	if (node->type != YAML_MAPPING_NODE) {
		yml_fail(r, node, "config-value", "\"boundary\" is neither off nor a mapping");
		return err_hint(r->err,
				"Write \"boundary: off\", or the keys schemas, add, remove and allow below it.");
	}
	return yml_each_pair(r, node, boundary_schemas) && yml_each_pair(r, node, boundary_pair);
}

/* ---- url and variables ---- */

static bool variable_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
		if (!letter && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return s.len > 0;
}

static bool url_env(struct config_reader *r, const yaml_node_t *key, struct str name, const yaml_node_t *value)
{
	static const char *const known[] = { "env", NULL };
	struct str text;
	if (!str_eq(name, STR("env")))
		return yml_unknown_key(r, key, name, " in \"url\"", known);
	if (!yml_text(r, "url.env", value, &text))
		return false;
	if (!variable_name(text))
		return yml_fail(r, value, "config-value", "\"url.env\" is not the name of an environment variable");
	r->config->url_variable = str_dup(r->arena, text);
	return true;
}

/* ${NAME}, $NAME, env(NAME), {env: NAME}, or a URL; its text is a secret and in no message. */
static bool read_url(struct config_reader *r, const yaml_node_t *node)
{
	struct str text, name;
	if (node->type == YAML_MAPPING_NODE)
		return yml_each_pair(r, node, url_env);
	if (!yml_text(r, "url", node, &text))
		return false;
	name = text;
	if (str_starts(text, STR("${")) && str_ends(text, STR("}")))
		name = str_slice(text, 2, text.len - 1);
	else if (str_starts(text, STR("env(")) && str_ends(text, STR(")")))
		name = str_slice(text, 4, text.len - 1);
	else if (str_starts(text, STR("$")))
		name = str_slice(text, 1, text.len);
	if (name.len >= 2 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"')
		name = str_slice(name, 1, name.len - 1);
	if (name.len < text.len && variable_name(name))
		r->config->url_variable = str_dup(r->arena, name);
	else
		r->config->url = str_dup(r->arena, text);
	return true;
}

static bool variable_pair(struct config_reader *r, const yaml_node_t *key, struct str name, const yaml_node_t *value)
{
	struct str text;
	if (!variable_name(name))
		return yml_fail(r, key, "config-value", "a name in \"variables\" is not a name of a psql variable");
	if (!yml_scalar(value, &text) || memchr(text.ptr, '\0', text.len))
		return yml_fail(r, value, "config-value", "a value in \"variables\" is %s, and a text is expected",
				yml_kind(value->type));
	map_set(r->arena, &r->config->variables, str_of(str_dup(r->arena, name)), str_dup(r->arena, text));
	return true;
}

static bool read_variables(struct config_reader *r, const yaml_node_t *node)
{
	if (node->type != YAML_MAPPING_NODE)
		return yml_fail(r, node, "config-value", "\"variables\" is %s, and a mapping is expected",
				yml_kind(node->type));
	return yml_each_pair(r, node, variable_pair);
}

/* ---- the document ---- */

static bool read_text(struct config_reader *r, const struct key *key, const yaml_node_t *node, const char **ret_text)
{
	struct str text;
	if (!yml_text(r, key->name, node, &text))
		return false;
	*ret_text = str_dup(r->arena, text);
	return true;
}

static bool read_table(struct config_reader *r, const struct key *key, const yaml_node_t *node, const char **ret_table)
{
	struct str text, schema, table;
	if (!yml_text(r, key->name, node, &text))
		return false;
	if (!sql_parse_name(r->arena, text, &schema, &table)) {
		yml_fail(r, node, "config-value", "\"%s\" names no table", key->name);
		return err_hint(r->err,
				"Write NAME or SCHEMA.NAME, with double quotes around a part that needs them in SQL.");
	}
	*ret_table = str_dup(r->arena, text);
	return true;
}

static bool read_path(struct config_reader *r, const struct key *key, const yaml_node_t *node, const char **ret_path)
{
	struct strs list;
	struct buf text = buf_init(r->arena);
	if (!yml_list(r, key->name, node, &list))
		return false;
	for (size_t i = 0; i < list.len; i++)
		buf_printf(&text, "%s" STR_FMT, i ? ", " : "", STR_ARG(list.ptr[i]));
	*ret_path = sql_path(r->arena, buf_as_str(&text));
	if (*ret_path)
		return true;
	yml_fail(r, node, "config-value", "\"%s\" is no list of schemas", key->name);
	return err_hint(r->err,
			"Write app, public or [app, public], with double quotes around a name that needs them in SQL.");
}

static bool read_value(struct config_reader *r, const struct key *key, const yaml_node_t *node)
{
	void *field = (char *)r->config + key->offset;
	switch (key->kind) {
	case KIND_TEXT:
		return read_text(r, key, node, field);
	case KIND_WORD:
		return read_word(r, key, node, field);
	case KIND_TIME:
		return read_time(r, key, node, field);
	case KIND_COUNT:
		return read_count(r, key, node, field);
	case KIND_BOOL:
		return read_bool(r, key, node, field);
	case KIND_URL:
		return read_url(r, node);
	case KIND_TABLE:
		return read_table(r, key, node, field);
	case KIND_PATH:
		return read_path(r, key, node, field);
	case KIND_LIST:
		return yml_list(r, key->name, node, field);
	case KIND_VARIABLES:
		return read_variables(r, node);
	case KIND_BOUNDARY:
		return read_boundary(r, node);
	}
	return true;
}

static bool top_pair(struct config_reader *r, const yaml_node_t *key, struct str name, const yaml_node_t *value)
{
	const char *names[LEN(keys) + 1] = { 0 };
	for (size_t i = 0; i < LEN(keys); i++) {
		if (str_eq(name, str_of(keys[i].name)))
			return yml_is_null(value) || read_value(r, &keys[i], value);
		names[i] = keys[i].name;
	}
	return yml_unknown_key(r, key, name, "", names);
}

void config_defaults(struct arena *arena, struct config *config)
{
	*config = (struct config){ .lock_timeout = 2, .lock_retries = 10, .notify_postgrest = true };
	boundary_defaults(arena, &config->boundary);
}

bool config_find(struct arena *arena, const char *root, const char **ret_path, struct err *err)
{
	const char *long_name = path_join(arena, root, "brant.yaml"), *short_name = path_join(arena, root, "brant.yml");
	bool has_long = file_exists(long_name), has_short = file_exists(short_name);
	if (has_long && has_short) {
		err_set(err, ERR_USAGE, "config-duplicate", "there are both \"%s\" and \"%s\"", long_name, short_name);
		return err_hint(err, "Keep one of them.");
	}
	*ret_path = has_long ? long_name : has_short ? short_name : NULL;
	return true;
}

bool config_parse(struct arena *arena, const char *path, struct str text, struct config *config, struct err *err)
{
	struct config_reader r = { .arena = arena, .path = path, .config = config, .err = err };
	if (text.len > CONFIG_MAX) {
		err_set(err, ERR_USAGE, "config-syntax", "the file is larger than %d bytes", CONFIG_MAX);
		return err_at(err, path, 0, 0);
	}
	if (str_starts(text, STR("\xef\xbb\xbf"))) /* libyaml counts it as a column */
		text = str_slice(text, 3, text.len);
	config->path = path;
	return yml_read(&r, text, top_pair);
}

bool config_load(struct arena *arena, const char *path, struct config *config, struct err *err)
{
	struct str text;
	return file_read(arena, path, &text, err) && config_parse(arena, path, text, config, err);
}
