#include "format/prisma/literal.h"

#include "format/prisma/word.h"

enum { DEPTH_MAX = 64, VALUES_DEEP = 12, TOKENS_MAX = 2000000 };

static void take_value(struct word_reader *r, struct prisma_value *value);

/* The folder that the file is in, or brant runs in: relative to it are all paths anyhow. */
static const struct str here = { "", 0 };

/* ---- names ---- */

/* Behind "{" in const { A, B: b } = process.env: is the name bound there, and to which variable? */
static bool take_bound(struct word_reader *r, struct str name, struct str *ret_variable)
{
	bool found = false;
	for (struct word token = word_next(r); !word_is(token, "}"); token = word_next(r)) {
		if (token.kind == WORD_END)
			return false;
		struct word bound = word_take(r, ":") ? word_next(r) : token;
		if (token.kind == WORD_NAME && str_eq(bound.text, name)) {
			*ret_variable = token.text;
			found = true;
		}
	}
	return found && word_take(r, "=") && word_take(r, "process") && word_take(r, ".") && word_take(r, "env");
}

/* Behind const NAME: what stands behind the "=", over a type. */
static bool skip_to_value(struct word_reader *r)
{
	for (;;) {
		struct word token = word_next(r);
		if (word_is(token, "="))
			return true;
		if (token.kind == WORD_END || word_is(token, ";"))
			return false;
	}
}

/* A name of the file's: what it was given where it was declared. */
static void take_constant(const struct word_reader *from, struct str name, struct prisma_value *value)
{
	struct word_reader r = {
		.arena = from->arena, .text = from->text, .depth = from->depth + 1, .left = from->left
	};
	if (r.depth > VALUES_DEEP)
		return;
	for (struct word token = word_next(&r); token.kind != WORD_END; token = word_next(&r)) {
		struct str variable;
		if (!word_is(token, "const") && !word_is(token, "let") && !word_is(token, "var"))
			continue;
		struct word declared = word_next(&r);
		if (word_is(declared, "{") && take_bound(&r, name, &variable)) {
			vec_push(r.arena, &value->variables, variable);
			return;
		}
		if (declared.kind == WORD_NAME && str_eq(declared.text, name) && skip_to_value(&r)) {
			take_value(&r, value);
			return;
		}
	}
}

/* ---- values ---- */

/* process.env.X and process.env["X"], behind "process"; process.cwd(). */
static void take_process(struct word_reader *r, struct prisma_value *value)
{
	if (!word_take(r, "."))
		return;
	if (word_take(r, "cwd")) {
		value->text = here;
		return;
	}
	if (!word_take(r, "env"))
		return;
	word_take(r, "?");
	bool dot = word_take(r, "."), bracket = word_take(r, "[");
	if (dot || bracket)
		vec_push(r->arena, &value->variables, word_next(r).text);
	if (bracket)
		word_take(r, "]");
}

/* ("X"), with type arguments in front of it or not. */
static void take_env_call(struct word_reader *r, struct prisma_value *value)
{
	if (word_take(r, "<"))
		while (!word_is(word_look(r), ">") && word_look(r).kind != WORD_END)
			word_next(r);
	word_take(r, ">");
	struct word name = word_take(r, "(") ? word_next(r) : (struct word){ 0 };
	if (name.kind == WORD_TEXT)
		vec_push(r->arena, &value->variables, name.text);
	word_take(r, ")");
}

/* The arguments of join() or resolve(), behind the name: nothing where one of them is no literal. */
static void take_join(struct word_reader *r, struct prisma_value *value)
{
	struct buf buf = buf_init(r->arena);
	if (!word_take(r, "("))
		return;
	while (!word_take(r, ")")) {
		struct prisma_value part = { 0 };
		take_value(r, &part);
		if (!part.text.ptr || part.variables.len)
			return;
		if (part.text.len)
			buf_printf(&buf, "%s" STR_FMT, buf.len ? "/" : "", STR_ARG(part.text));
		word_take(r, ",");
	}
	value->text = buf_as_str(&buf);
}

/* import.meta.dirname, and import.meta.url within fileURLToPath(), behind "import". */
static void take_import(struct word_reader *r, struct prisma_value *value)
{
	if (word_take(r, ".") && word_take(r, "meta") && word_take(r, ".") && word_is(word_next(r), "dirname"))
		value->text = here;
}

/* dirname(...) of whatever: nobody asks for the folder of another file than this one. */
static void take_dirname(struct word_reader *r, struct prisma_value *value)
{
	if (!word_take(r, "("))
		return;
	word_skip_arguments(r);
	value->text = here;
}

/* What the first argument says, behind the name of a function. */
static void take_first(struct word_reader *r, struct prisma_value *value)
{
	if (!word_take(r, "("))
		return;
	take_value(r, value);
	word_skip_arguments(r);
}

static void take_file(struct word_reader *r, struct prisma_value *value)
{
	take_first(r, value);
	value->is_file = value->text.len > 0;
}

/* A name, or a call of a function that is known. */
static void take_word(struct word_reader *r, struct str word, struct prisma_value *value)
{
	if (str_eq(word, STR("path")) || str_eq(word, STR("fs"))) {
		if (!word_take(r, "."))
			return;
		word = word_next(r).text;
	}
	if (str_eq(word, STR("join")) || str_eq(word, STR("resolve")))
		take_join(r, value);
	else if (str_eq(word, STR("readFileSync")))
		take_file(r, value);
	else if (str_eq(word, STR("fileURLToPath")) || (str_eq(word, STR("new")) && word_take(r, "URL")))
		take_first(r, value);
	else if (str_eq(word, STR("dirname")))
		take_dirname(r, value);
	else if (str_eq(word, STR("__dirname")))
		value->text = here;
	else if (str_eq(word, STR("env")))
		take_env_call(r, value);
	else if (str_eq(word, STR("process")))
		take_process(r, value);
	else if (str_eq(word, STR("import")))
		take_import(r, value);
	else if (!word_is(word_look(r), "(") && !word_is(word_look(r), "."))
		take_constant(r, word, value);
}

static bool take_twice(struct word_reader *r, const char *character)
{
	struct word_reader ahead = *r;
	for (int i = 0; i < 2; i++)
		if (!word_take(&ahead, character))
			return false;
	*r = ahead;
	return true;
}

/* "a || b", "a ?? b": what stands behind counts where the first is not set. */
static bool take_otherwise(struct word_reader *r)
{
	word_take(r, "!");
	if (word_take(r, "as"))
		word_next(r);
	return take_twice(r, "|") || take_twice(r, "?");
}

/* Behind "A ?": of two values that depend on whether a variable is set; what depends on anything else is not known. */
static void take_branches(struct word_reader *r, struct prisma_value *value)
{
	bool known = value->variables.len && !value->text.ptr;
	*value = (struct prisma_value){ 0 };
	if (!known)
		return;
	take_value(r, value);
	bool first = !value->text.ptr && value->variables.len;
	if (first && word_take(r, ":"))
		take_value(r, value);
	else
		*value = (struct prisma_value){ 0 };
}

/* A comparison, a sum: nobody here computes. */
static bool is_computed(const struct word_reader *r)
{
	static const char *const signs[] = { "=", "&", "+", "<", ">", NULL };
	struct word ahead = word_look(r);
	for (size_t i = 0; signs[i]; i++)
		if (word_is(ahead, signs[i]))
			return true;
	return false;
}

static void take_value(struct word_reader *r, struct prisma_value *value)
{
	struct word ahead = word_look(r);
	if (r->depth > VALUES_DEEP || word_is(ahead, "{") || word_is(ahead, "}") || word_is(ahead, "]"))
		return;
	struct word token = word_next(r);
	r->depth++;
	if (token.kind == WORD_TEXT)
		value->text = token.text;
	else if (word_is(token, "(")) {
		take_value(r, value);
		if (word_take(r, "as"))
			word_next(r);
		word_take(r, ")");
	} else if (token.kind == WORD_NAME)
		take_word(r, token.text, value);
	if (!value->text.ptr && value->variables.len && take_otherwise(r))
		take_value(r, value);
	else if (word_take(r, "?"))
		take_branches(r, value);
	if (is_computed(r))
		*value = (struct prisma_value){ 0 };
	r->depth--;
}

/* ---- objects ---- */

/* The properties that the reader is in, outermost first; a level without a name is an object that is no property's value. */
struct place {
	struct str names[DEPTH_MAX];
	size_t depth;
};

/* Does the innermost end of the place say path, below an object of its own? */
static bool is_at(const struct place *place, struct str key, const char *const *path)
{
	size_t n = 0;
	while (path[n])
		n++;
	if (place->depth < n || !str_eq(key, str_of(path[n - 1])))
		return false;
	for (size_t i = 1; i < n; i++)
		if (!str_eq(place->names[place->depth - i], str_of(path[n - 1 - i])))
			return false;
	return !place->names[place->depth - n].ptr;
}

static bool opens(struct place *place, struct str name)
{
	if (place->depth == DEPTH_MAX)
		return false;
	place->names[place->depth++] = name;
	return true;
}

static void add(struct word_reader *r, struct prisma_values *values)
{
	bool list = word_take(r, "[");
	do {
		struct prisma_value value = { 0 };
		take_value(r, &value);
		if (value.text.ptr || value.variables.len)
			vec_push(r->arena, values, value);
	} while (list && word_take(r, ","));
}

/* { url }: the property is called like the constant that it is. */
static bool is_short(const struct word_reader *r, struct word before)
{
	return (word_is(before, "{") || word_is(before, ",")) &&
		(word_is(word_look(r), ",") || word_is(word_look(r), "}"));
}

struct prisma_values prisma_literals(struct arena *arena, struct str text, const char *const *path)
{
	size_t left = TOKENS_MAX;
	struct word_reader r = { .arena = arena, .text = text, .left = &left };
	struct place place = { 0 };
	struct prisma_values values = { 0 };
	struct word before = { 0 };
	for (struct word token = word_next(&r); token.kind != WORD_END; before = token, token = word_next(&r)) {
		struct str key = { 0 };
		if (word_is(token, "}") && place.depth)
			place.depth--;
		if (token.kind == WORD_NAME && is_at(&place, token.text, path) && is_short(&r, before)) {
			struct prisma_value value = { 0 };
			take_constant(&r, token.text, &value);
			if (value.text.ptr || value.variables.len)
				vec_push(arena, &values, value);
			continue;
		}
		if ((token.kind == WORD_NAME || token.kind == WORD_TEXT) && word_take(&r, ":")) {
			key = token.text;
			if (is_at(&place, key, path) && !word_is(word_look(&r), "{")) {
				add(&r, &values);
				continue;
			}
			if (!word_is(word_look(&r), "{"))
				continue;
			token = word_next(&r);
		}
		if (word_is(token, "{") && !opens(&place, key))
			break;
	}
	return values;
}
