/*
 * stand_in_find.c - which extensions a text may need.
 *
 * SQL may stand in a string of another language, in a DO block, in a comment: it is looked at as it is, not read.
 */
#include <ctype.h>
#include <strings.h>

#include "db/stand_in.h"

static void add_one(struct arena *arena, struct str want, struct strs *wants)
{
	const struct strs one = { &want, 1, 1 };
	stand_ins_add(arena, &one, wants);
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool word_at(struct str text, size_t at, const char *word)
{
	size_t len = strlen(word);
	return at + len <= text.len && strncasecmp(text.ptr + at, word, len) == 0 &&
		(at == 0 || !is_word_char(text.ptr[at - 1]));
}

/* White space, and what stands around words where SQL is a string of another language. */
static size_t skip(struct str text, size_t at)
{
	while (at < text.len && (isspace((unsigned char)text.ptr[at]) || text.ptr[at] == '\\'))
		at++;
	return at;
}

static bool take_word(struct str text, size_t *at, const char *word)
{
	size_t here = skip(text, *at), end = here + strlen(word);
	if (!word_at(text, here, word) || (end < text.len && is_word_char(text.ptr[end])))
		return false;
	*at = end;
	return true;
}

/* A name or a version, which becomes part of a file's name: lower case, or empty. */
static struct str take_name(struct arena *arena, struct str text, size_t *at)
{
	enum { MOST = 63 };
	size_t start = skip(text, *at);
	bool quoted = start < text.len && (text.ptr[start] == '"' || text.ptr[start] == '\'');
	start += quoted;
	size_t end = start;
	while (end < text.len && end - start < MOST &&
	       (is_word_char(text.ptr[end]) || (quoted && (text.ptr[end] == '-' || text.ptr[end] == '.'))))
		end++;
	char *name = str_dup(arena, str_slice(text, start, end));
	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	*at = end + (quoted && end < text.len);
	return strstr(name, "--") || name[0] == '.' || name[0] == '-' ? (struct str){ 0 } : str_of(name);
}

/* Of CREATE or ALTER EXTENSION, whose name ends there. */
static void find_version(struct arena *arena, struct str text, size_t at, struct str name, struct strs *wants)
{
	enum { FAR = 200 };
	size_t end = at + FAR < text.len ? at + FAR : text.len;
	for (; at < end && text.ptr[at] != ';'; at++) {
		size_t behind = at;
		if (!take_word(text, &behind, "version") &&
		    !(take_word(text, &behind, "update") && take_word(text, &behind, "to")))
			continue;
		struct str version = take_name(arena, text, &behind);
		if (version.len)
			add_one(arena,
				str_of(arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(name), STR_ARG(version))),
				wants);
		return;
	}
}

/* The word that ends there, white space before it aside. */
static bool is_behind(struct str text, size_t at, const char *word)
{
	size_t len = strlen(word);
	while (at > 0 && isspace((unsigned char)text.ptr[at - 1]))
		at--;
	return at >= len && word_at(text, at - len, word);
}

/* at: of the word "extension". */
static void find_extension(struct arena *arena, struct str text, size_t at, struct strs *wants)
{
	bool creates = is_behind(text, at, "create");
	size_t behind;
	if ((!creates && !is_behind(text, at, "alter")) || !take_word(text, &at, "extension"))
		return;
	behind = at;
	if (take_word(text, &behind, "if") && take_word(text, &behind, "not") && take_word(text, &behind, "exists"))
		at = behind;
	struct str name = take_name(arena, text, &at);
	if (!name.len)
		return;
	if (creates)
		add_one(arena, name, wants);
	find_version(arena, text, at, name, wants);
}

/* at: of a letter v. */
static bool is_vector(struct str text, size_t at)
{
	static const struct {
		const char *word;
		size_t before; /* letters in front of the v */
	} vectors[] = { { "vector", 0 }, { "halfvec", 4 }, { "sparsevec", 6 } };
	for (size_t i = 0; i < LEN(vectors); i++)
		if (at >= vectors[i].before && word_at(text, at - vectors[i].before, vectors[i].word))
			return true;
	return false;
}

/* Most of a history is about something else: of all letters only the rare ones in these words are looked for. */
void stand_ins_find(struct arena *arena, struct str text, struct strs *wants)
{
	for (size_t at = 0; at < text.len; at++) {
		char c = (char)(text.ptr[at] | 0x20);
		if (c == 'x' && at > 0)
			find_extension(arena, text, at - 1, wants);
		else if (c == 'v' && is_vector(text, at))
			/* The platform has pgvector, so that nobody creates it. */
			add_one(arena, STR("vector"), wants);
	}
}
