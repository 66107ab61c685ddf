#include "project/config_yaml.h"

#include "base/suggest.h"

enum { DEPTH_MAX = 32 };

/* ---- errors ---- */

bool yml_fail(struct config_reader *r, const yaml_node_t *node, const char *name, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *message = arena_vprintf(r->arena, fmt, args);
	va_end(args);
	err_set(r->err, ERR_USAGE, name, "%s", message);
	return err_at(r->err, r->path, (unsigned)node->start_mark.line + 1, (unsigned)node->start_mark.column + 1);
}

const char *yml_kind(enum yaml_node_type_e type)
{
	return type == YAML_SEQUENCE_NODE ? "a list" : type == YAML_MAPPING_NODE ? "a mapping" : "a single value";
}

const char *yml_shown(const struct config_reader *r, struct str text)
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

bool yml_scalar(const yaml_node_t *node, struct str *ret_text)
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

bool yml_is_null(const yaml_node_t *node)
{
	struct str text;
	return is_plain(node) && yml_scalar(node, &text) &&
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
bool yml_bool(const yaml_node_t *node, bool *ret_value)
{
	static const char *const yes[] = { "true", "yes", "on", NULL };
	static const char *const no[] = { "false", "no", "off", NULL };
	struct str text;
	if (!is_plain(node) || !yml_scalar(node, &text))
		return false;
	*ret_value = is_word_of(text, yes);
	return *ret_value || is_word_of(text, no);
}

bool yml_text(struct config_reader *r, const char *key, const yaml_node_t *node, struct str *ret_text)
{
	if (!yml_scalar(node, ret_text))
		return yml_fail(r, node, "config-value", "\"%s\" is %s, and a text is expected", key,
				yml_kind(node->type));
	if (memchr(ret_text->ptr, '\0', ret_text->len))
		return yml_fail(r, node, "config-value", "\"%s\" has a NUL byte in it", key);
	if (!ret_text->len)
		return yml_fail(r, node, "config-value", "\"%s\" is empty", key);
	return true;
}

/* ---- mappings and lists ---- */

const yaml_node_t *yml_node(const struct config_reader *r, int index)
{
	return yaml_document_get_node(r->document, index);
}

static bool duplicate(struct config_reader *r, const yaml_node_t *key, const yaml_node_t *before, struct str name)
{
	yml_fail(r, key, "config-duplicate", "\"%s\" is set twice", yml_shown(r, name));
	return err_detail(r->err, "The first time is on line %zu.", before->start_mark.line + 1);
}

bool yml_each_pair(struct config_reader *r, const yaml_node_t *mapping, yml_pair_fn *fn)
{
	struct map seen = { 0 };
	for (yaml_node_pair_t *p = mapping->data.mapping.pairs.start; p < mapping->data.mapping.pairs.top; p++) {
		yaml_node_t *key = yaml_document_get_node(r->document, p->key);
		struct str name;
		if (!yml_scalar(key, &name))
			return yml_fail(r, key, "config-key", "a key is %s, and a name is expected",
					yml_kind(key->type));
		const yaml_node_t *before = map_set(r->arena, &seen, name, key);
		if (before)
			return duplicate(r, key, before, name);
		if (!fn(r, key, name, yml_node(r, p->value)))
			return false;
	}
	return true;
}

bool yml_unknown_key(struct config_reader *r, const yaml_node_t *key, struct str name, const char *where,
		     const char *const *known)
{
	const char *text = str_dup(r->arena, name);
	struct words words = { 0 };
	for (size_t i = 0; known[i]; i++)
		vec_push(r->arena, &words, known[i]);
	const char *near = suggest(r->arena, text, &words);
	yml_fail(r, key, "config-key", "unknown key \"%s\"%s", yml_shown(r, name), where);
	if (near)
		return err_hint(r->err, "Is \"%s\" meant?", near);
	struct buf list = buf_init(r->arena);
	for (size_t i = 0; known[i]; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", known[i]);
	return err_hint(r->err, "Keys are %s.", list.ptr);
}

bool yml_list(struct config_reader *r, const char *key, const yaml_node_t *node, struct strs *ret_list)
{
	*ret_list = (struct strs){ 0 };
	if (node->type == YAML_SCALAR_NODE) { /* a single one needs no brackets */
		struct str text;
		if (!yml_text(r, key, node, &text))
			return false;
		vec_push(r->arena, ret_list, str_of(str_dup(r->arena, text)));
		return true;
	}
	if (node->type != YAML_SEQUENCE_NODE)
		return yml_fail(r, node, "config-value", "\"%s\" is %s, and a list is expected", key,
				yml_kind(node->type));
	for (yaml_node_item_t *i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++) {
		struct str text;
		if (!yml_text(r, key, yml_node(r, *i), &text))
			return false;
		vec_push(r->arena, ret_list, str_of(str_dup(r->arena, text)));
	}
	return true;
}

/* libyaml's complaint in our form.  A reader's error (a strange byte) has an offset only. */
static bool syntax_err(struct config_reader *r, const yaml_parser_t *parser, struct str text)
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

static bool read_document(struct config_reader *r, yml_pair_fn *fn)
{
	yaml_node_t *root = yaml_document_get_root_node(r->document);
	if (!root || yml_is_null(root))
		return true; /* empty, or comments only */
	if (root->type != YAML_MAPPING_NODE) {
		yml_fail(r, root, "config-value", "the file is %s, and keys with values are expected",
			 yml_kind(root->type));
		return err_hint(r->err, "Write one \"key: value\" a line.");
	}
	return yml_each_pair(r, root, fn);
}

static bool second_document(struct config_reader *r, yaml_parser_t *parser, struct str text)
{
	yaml_document_t next;
	if (!yaml_parser_load(parser, &next))
		return syntax_err(r, parser, text);
	yaml_node_t *root = yaml_document_get_root_node(&next);
	if (root)
		yml_fail(r, root, "config-syntax", "the file has more than one YAML document");
	yaml_document_delete(&next);
	return root == NULL;
}

static bool start_parser(struct config_reader *r, yaml_parser_t *parser, struct str text)
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
static bool check_depth(struct config_reader *r, struct str text)
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

bool yml_read(struct config_reader *r, struct str text, yml_pair_fn *fn)
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
		ok = read_document(r, fn) && second_document(r, &parser, text);
		yaml_document_delete(&document);
	}
	yaml_parser_delete(&parser);
	return ok;
}
