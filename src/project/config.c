#include "project/config.h"

#include <stddef.h>
#include <yaml.h>

#include "base/file.h"
#include "base/suggest.h"
#include "base/duration.h"

enum { CONFIG_MAX = 256 * 1024, DEPTH_MAX = 32 };

/* What the reader carries: the document, and where errors go. */
struct reader {
	struct arena *arena;
	const char *path;
	yaml_document_t *document;
	struct config *config;
	struct err *err;
};

enum kind {
	KIND_TEXT,
	KIND_WORD, /* one of choices */
	KIND_TIME,
	KIND_COUNT,
	KIND_BOOL,
	KIND_URL,
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
	{ "ledger", KIND_TEXT, offsetof(struct config, ledger), NULL },
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

/* ---- errors ---- */

static bool fail_at(struct reader *r, const yaml_node_t *node, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static bool fail_at(struct reader *r, const yaml_node_t *node, const char *name, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *message = arena_vprintf(r->arena, fmt, args);
	va_end(args);
	err_set(r->err, ERR_USAGE, name, "%s", message);
	return err_at(r->err, r->path, (unsigned)node->start_mark.line + 1, (unsigned)node->start_mark.column + 1);
}

static const char *node_text(enum yaml_node_type_e type)
{
	return type == YAML_SEQUENCE_NODE ? "a list" : type == YAML_MAPPING_NODE ? "a mapping" : "a single value";
}

/* A text of the file's for a message: short, on one line, cut between characters. */
static const char *shown(const struct reader *r, struct str text)
{
	size_t len = text.len < 60 ? text.len : 60;
	while (len && len < text.len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len--;
	char *copy = arena_strndup(r->arena, text.ptr, len);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)copy[i] < ' ' || copy[i] == 0x7f)
			copy[i] = '?';
	return len < text.len ? arena_printf(r->arena, "%s...", copy) : copy;
}

/* ---- scalars ---- */

/* false for anything that is no scalar. */
static bool scalar(const yaml_node_t *node, struct str *ret_text)
{
	if (node->type != YAML_SCALAR_NODE)
		return false;
	*ret_text = (struct str){ (const char *)node->data.scalar.value, node->data.scalar.length };
	return true;
}

static bool is_plain(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* "key:" with nothing behind it, "~" or "null": as if the key were not there, so that all its lines can be comments. */
static bool is_null(const yaml_node_t *node)
{
	struct str text;
	return is_plain(node) && scalar(node, &text) &&
		(!text.len || str_eq(text, STR("~")) || str_eq_nocase(text, STR("null")));
}

static bool is_word_of(struct str text, const char *const *words)
{
	for (; *words; words++)
		if (str_eq_nocase(text, str_of(*words)))
			return true;
	return false;
}

/* YAML 1.1's words; plain only, since "no" in quotes is somebody's text. */
static bool take_bool(const yaml_node_t *node, bool *ret_value)
{
	static const char *const yes[] = { "true", "yes", "on", NULL };
	static const char *const no[] = { "false", "no", "off", NULL };
	struct str text;
	if (!is_plain(node) || !scalar(node, &text))
		return false;
	*ret_value = is_word_of(text, yes);
	return *ret_value || is_word_of(text, no);
}

static bool need_text(struct reader *r, const char *key, const yaml_node_t *node, struct str *ret_text)
{
	if (!scalar(node, ret_text))
		return fail_at(r, node, "config-value", "\"%s\" is %s, and a text is expected", key,
			       node_text(node->type));
	if (memchr(ret_text->ptr, '\0', ret_text->len))
		return fail_at(r, node, "config-value", "\"%s\" has a NUL byte in it", key);
	if (!ret_text->len)
		return fail_at(r, node, "config-value", "\"%s\" is empty", key);
	return true;
}

static bool read_word(struct reader *r, const struct key *key, const yaml_node_t *node, const char **ret_word)
{
	struct str text;
	struct buf list = buf_init(r->arena);
	if (!need_text(r, key->name, node, &text))
		return false;
	for (size_t i = 0; key->choices[i]; i++) {
		if (str_eq(text, str_of(key->choices[i]))) {
			*ret_word = key->choices[i];
			return true;
		}
		buf_printf(&list, "%s%s", i ? ", " : "", key->choices[i]);
	}
	fail_at(r, node, "config-value", "\"%s\" is no value of \"%s\"", shown(r, text), key->name);
	return err_hint(r->err, "Values are %s.", list.ptr);
}

static bool read_time(struct reader *r, const struct key *key, const yaml_node_t *node, double *ret_seconds)
{
	struct str text;
	if (scalar(node, &text) && duration_parse(text, ret_seconds))
		return true;
	fail_at(r, node, "config-value", "\"%s\" is no length of time", key->name);
	return err_hint(r->err, "Write it as 2s, 500ms or 1min; a plain number is seconds, 0 is off.");
}

static bool read_count(struct reader *r, const struct key *key, const yaml_node_t *node, long long *ret_count)
{
	struct str text;
	unsigned long long count;
	if (!scalar(node, &text) || !str_to_u64(text, &count) || count > 1000000)
		return fail_at(r, node, "config-value", "\"%s\" is not a whole number from 0 to 1000000", key->name);
	*ret_count = (long long)count;
	return true;
}

static bool read_bool(struct reader *r, const struct key *key, const yaml_node_t *node, bool *ret_value)
{
	return take_bool(node, ret_value) ||
		fail_at(r, node, "config-value", "\"%s\" is neither true nor false", key->name);
}

/* ---- mappings and lists ---- */

static const yaml_node_t *node_of(const struct reader *r, int index)
{
	return yaml_document_get_node(r->document, index);
}

/* One pair of a mapping after another; fn gets key and value. */
typedef bool pair_fn(struct reader *r, const yaml_node_t *key, struct str name, const yaml_node_t *value);

static bool duplicate(struct reader *r, const yaml_node_t *key, const yaml_node_t *before, struct str name)
{
	fail_at(r, key, "config-duplicate", "\"%s\" is set twice", shown(r, name));
	return err_detail(r->err, "The first time is on line %zu.", before->start_mark.line + 1);
}

static bool each_pair(struct reader *r, const yaml_node_t *mapping, pair_fn *fn)
{
	struct map seen = { 0 };
	for (yaml_node_pair_t *p = mapping->data.mapping.pairs.start; p < mapping->data.mapping.pairs.top; p++) {
		yaml_node_t *key = yaml_document_get_node(r->document, p->key);
		struct str name;
		if (!scalar(key, &name))
			return fail_at(r, key, "config-key", "a key is %s, and a name is expected",
				       node_text(key->type));
		const yaml_node_t *before = map_set(r->arena, &seen, name, key);
		if (before)
			return duplicate(r, key, before, name);
		if (!fn(r, key, name, node_of(r, p->value)))
			return false;
	}
	return true;
}

static bool unknown_key(struct reader *r, const yaml_node_t *key, struct str name, const char *where,
			const char *const *known)
{
	const char *text = str_dup(r->arena, name);
	struct words words = { 0 };
	for (size_t i = 0; known[i]; i++)
		vec_push(r->arena, &words, known[i]);
	const char *near = suggest(r->arena, text, &words);
	fail_at(r, key, "config-key", "unknown key \"%s\"%s", shown(r, name), where);
	if (near)
		return err_hint(r->err, "Is \"%s\" meant?", near);
	struct buf list = buf_init(r->arena);
	for (size_t i = 0; known[i]; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", known[i]);
	return err_hint(r->err, "Keys are %s.", list.ptr);
}

static bool read_list(struct reader *r, const char *key, const yaml_node_t *node, struct strs *ret_list)
{
	*ret_list = (struct strs){ 0 };
	if (node->type == YAML_SCALAR_NODE) { /* a single one needs no brackets */
		struct str text;
		if (!need_text(r, key, node, &text))
			return false;
		vec_push(r->arena, ret_list, str_of(str_dup(r->arena, text)));
		return true;
	}
	if (node->type != YAML_SEQUENCE_NODE)
		return fail_at(r, node, "config-value", "\"%s\" is %s, and a list is expected", key,
			       node_text(node->type));
	for (yaml_node_item_t *i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++) {
		struct str text;
		if (!need_text(r, key, node_of(r, *i), &text))
			return false;
		vec_push(r->arena, ret_list, str_of(str_dup(r->arena, text)));
	}
	return true;
}

/* ---- boundary ---- */

static void add_schema(struct reader *r, struct str schema)
{
	struct strs *schemas = &r->config->boundary.schemas;
	for (size_t i = 0; i < schemas->len; i++)
		if (str_eq(schemas->ptr[i], schema))
			return;
	vec_push(r->arena, schemas, schema);
}

static bool remove_schema(struct reader *r, const yaml_node_t *node, struct str schema)
{
	struct strs *schemas = &r->config->boundary.schemas;
	for (size_t i = 0; i < schemas->len; i++)
		if (str_eq(schemas->ptr[i], schema)) {
			memmove(&schemas->ptr[i], &schemas->ptr[i + 1], (schemas->len - i - 1) * sizeof(*schemas->ptr));
			schemas->len--;
			return true;
		}
	fail_at(r, node, "config-value", "\"%s\" is not in the list of the platform's schemas", shown(r, schema));
	return err_hint(r->err,
			"There is nothing to remove; names that end in * are removed as they stand in the list.");
}

static const char *const boundary_keys[] = { "schemas", "add", "remove", "allow", NULL };

/* "schemas" replaces the list, so it has to come before the others change it, wherever it stands: two rounds. */
static bool boundary_schemas(struct reader *r, const yaml_node_t *key, struct str name, const yaml_node_t *value)
{
	(void)key;
	if (!str_eq(name, STR("schemas")) || is_null(value))
		return true;
	return read_list(r, "boundary.schemas", value, &r->config->boundary.schemas);
}

static bool boundary_allow(struct reader *r, const yaml_node_t *value, const struct strs *list)
{
	for (size_t i = 0; i < list->len; i++) {
		if (!boundary_allow_valid(list->ptr[i])) {
			const yaml_node_t *item = value->type == YAML_SEQUENCE_NODE
				? node_of(r, value->data.sequence.items.start[i])
				: value;
			fail_at(r, item, "config-value", "\"%s\" names nothing that can be allowed",
				shown(r, list->ptr[i]));
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

static bool boundary_pair(struct reader *r, const yaml_node_t *key, struct str name, const yaml_node_t *value)
{
	struct strs list;
	if (str_eq(name, STR("schemas")))
		return true;
	const char *const *known = boundary_keys;
	while (*known && !str_eq(name, str_of(*known)))
		known++;
	if (!*known)
		return unknown_key(r, key, name, " in \"boundary\"", boundary_keys);
	if (is_null(value))
		return true;
	if (!read_list(r, arena_printf(r->arena, "boundary.%s", *known), value, &list))
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

static bool read_boundary(struct reader *r, const yaml_node_t *node)
{
	bool on;
	if (take_bool(node, &on)) {
		r->config->boundary.off = !on;
		return true;
	}
	if (node->type != YAML_MAPPING_NODE) {
		fail_at(r, node, "config-value", "\"boundary\" is neither off nor a mapping");
		return err_hint(r->err,
				"Write \"boundary: off\", or the keys schemas, add, remove and allow below it.");
	}
	return each_pair(r, node, boundary_schemas) && each_pair(r, node, boundary_pair);
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

static bool url_env(struct reader *r, const yaml_node_t *key, struct str name, const yaml_node_t *value)
{
	static const char *const known[] = { "env", NULL };
	struct str text;
	if (!str_eq(name, STR("env")))
		return unknown_key(r, key, name, " in \"url\"", known);
	if (!need_text(r, "url.env", value, &text))
		return false;
	if (!variable_name(text))
		return fail_at(r, value, "config-value", "\"url.env\" is not the name of an environment variable");
	r->config->url_variable = str_dup(r->arena, text);
	return true;
}

/* ${NAME}, $NAME, env(NAME), {env: NAME}, or a URL; its text is a secret and in no message. */
static bool read_url(struct reader *r, const yaml_node_t *node)
{
	struct str text, name;
	if (node->type == YAML_MAPPING_NODE)
		return each_pair(r, node, url_env);
	if (!need_text(r, "url", node, &text))
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

static bool variable_pair(struct reader *r, const yaml_node_t *key, struct str name, const yaml_node_t *value)
{
	struct str text;
	if (!variable_name(name))
		return fail_at(r, key, "config-value", "a name in \"variables\" is not a name of a psql variable");
	if (!scalar(value, &text) || memchr(text.ptr, '\0', text.len))
		return fail_at(r, value, "config-value", "a value in \"variables\" is %s, and a text is expected",
			       node_text(value->type));
	map_set(r->arena, &r->config->variables, str_of(str_dup(r->arena, name)), str_dup(r->arena, text));
	return true;
}

static bool read_variables(struct reader *r, const yaml_node_t *node)
{
	if (node->type != YAML_MAPPING_NODE)
		return fail_at(r, node, "config-value", "\"variables\" is %s, and a mapping is expected",
			       node_text(node->type));
	return each_pair(r, node, variable_pair);
}

/* ---- the document ---- */

static bool read_text(struct reader *r, const struct key *key, const yaml_node_t *node, const char **ret_text)
{
	struct str text;
	if (!need_text(r, key->name, node, &text))
		return false;
	*ret_text = str_dup(r->arena, text);
	return true;
}

static bool read_value(struct reader *r, const struct key *key, const yaml_node_t *node)
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
	case KIND_LIST:
		return read_list(r, key->name, node, field);
	case KIND_VARIABLES:
		return read_variables(r, node);
	case KIND_BOUNDARY:
		return read_boundary(r, node);
	}
	return true;
}

static bool top_pair(struct reader *r, const yaml_node_t *key, struct str name, const yaml_node_t *value)
{
	const char *names[LEN(keys) + 1] = { 0 };
	for (size_t i = 0; i < LEN(keys); i++) {
		if (str_eq(name, str_of(keys[i].name)))
			return is_null(value) || read_value(r, &keys[i], value);
		names[i] = keys[i].name;
	}
	return unknown_key(r, key, name, "", names);
}

/* libyaml's complaint in our form.  A reader's error (a strange byte) has an offset only. */
static bool syntax_err(struct reader *r, const yaml_parser_t *parser, struct str text)
{
	size_t line = parser->problem_mark.line, column = parser->problem_mark.column;
	if (parser->error == YAML_READER_ERROR) {
		line = column = 0;
		for (size_t i = 0; i < parser->problem_offset && i < text.len; i++) {
			column = text.ptr[i] == '\n' ? 0 : column + 1;
			line += text.ptr[i] == '\n';
		}
	}
	err_set(r->err, ERR_USAGE, "config-syntax", "not valid YAML: %s",
		parser->problem ? parser->problem : "out of memory");
	if (parser->context)
		err_detail(r->err, "It happened %s.", parser->context);
	if (parser->problem &&
	    (strstr(parser->problem, "cannot start any token") || strstr(parser->problem, "tab character")))
		err_hint(
			r->err,
			"YAML is indented by spaces, never tabs, and a value that begins with @, ` or %% needs quotes.");
	return err_at(r->err, r->path, (unsigned)line + 1, (unsigned)column + 1);
}

static bool read_document(struct reader *r)
{
	yaml_node_t *root = yaml_document_get_root_node(r->document);
	if (!root || is_null(root))
		return true; /* empty, or comments only */
	if (root->type != YAML_MAPPING_NODE) {
		fail_at(r, root, "config-value", "the file is %s, and keys with values are expected",
			node_text(root->type));
		return err_hint(r->err, "Write one \"key: value\" a line.");
	}
	return each_pair(r, root, top_pair);
}

static bool second_document(struct reader *r, yaml_parser_t *parser, struct str text)
{
	yaml_document_t next;
	if (!yaml_parser_load(parser, &next))
		return syntax_err(r, parser, text);
	yaml_node_t *root = yaml_document_get_root_node(&next);
	if (root)
		fail_at(r, root, "config-syntax", "the file has more than one YAML document");
	yaml_document_delete(&next);
	return root == NULL;
}

static bool start_parser(struct reader *r, yaml_parser_t *parser, struct str text)
{
	if (!yaml_parser_initialize(parser))
		return err_set(r->err, ERR_FAILED, "config-syntax", "the YAML reader cannot start");
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(parser, (const unsigned char *)text.ptr, text.len);
	return true;
}

static int depth_change(yaml_token_type_t type)
{
	if (type == YAML_BLOCK_SEQUENCE_START_TOKEN || type == YAML_BLOCK_MAPPING_START_TOKEN ||
	    type == YAML_FLOW_SEQUENCE_START_TOKEN || type == YAML_FLOW_MAPPING_START_TOKEN)
		return 1;
	bool end = type == YAML_BLOCK_END_TOKEN || type == YAML_FLOW_SEQUENCE_END_TOKEN ||
		type == YAML_FLOW_MAPPING_END_TOKEN;
	return end ? -1 : 0;
}

/*
 * libyaml's scanner looks at every open bracket again for every token: 200000 of them take it half a minute.  So they are counted first,
 * which stops in time.  A syntax error is left to the real reading.
 */
static bool check_depth(struct reader *r, struct str text)
{
	yaml_parser_t parser;
	yaml_token_t token;
	int depth = 0;
	bool more = true;
	if (!start_parser(r, &parser, text))
		return false;
	while (more && depth <= DEPTH_MAX && yaml_parser_scan(&parser, &token)) {
		depth += depth_change(token.type);
		more = token.type != YAML_STREAM_END_TOKEN;
		if (depth > DEPTH_MAX) {
			err_set(r->err, ERR_USAGE, "config-syntax", "brackets and lists are nested more than %d deep",
				DEPTH_MAX);
			err_at(r->err, r->path, (unsigned)token.start_mark.line + 1,
			       (unsigned)token.start_mark.column + 1);
		}
		yaml_token_delete(&token);
	}
	yaml_parser_delete(&parser);
	return depth <= DEPTH_MAX;
}

static bool read_all(struct reader *r, struct str text)
{
	yaml_parser_t parser;
	yaml_document_t document;
	if (!check_depth(r, text) || !start_parser(r, &parser, text))
		return false;
	bool ok = yaml_parser_load(&parser, &document) != 0;
	if (!ok) {
		syntax_err(r, &parser, text);
	} else {
		r->document = &document;
		ok = read_document(r) && second_document(r, &parser, text);
		yaml_document_delete(&document);
	}
	yaml_parser_delete(&parser);
	return ok;
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
	struct reader r = { .arena = arena, .path = path, .config = config, .err = err };
	if (text.len > CONFIG_MAX) {
		err_set(err, ERR_USAGE, "config-syntax", "the file is larger than %d bytes", CONFIG_MAX);
		return err_at(err, path, 0, 0);
	}
	if (str_starts(text, STR("\xef\xbb\xbf"))) /* libyaml counts it as a column */
		text = str_slice(text, 3, text.len);
	config->path = path;
	return read_all(&r, text);
}

bool config_load(struct arena *arena, const char *path, struct config *config, struct err *err)
{
	struct str text;
	return file_read(arena, path, &text, err) && config_parse(arena, path, text, config, err);
}
