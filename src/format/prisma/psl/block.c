#include "format/prisma/psl/blocks.h"

/* ---- the end of a line ---- */

bool read_rest(struct reader *r)
{
	size_t end = r->pos;
	read_blanks(r);
	if (read_remark(r))
		read_blanks(r);
	size_t at = r->pos;
	if (read_line_end(r))
		return true;
	if (!r->told)
		psl_syntax(r, str_slice(r->text, at, at + 1), "this is neither an attribute nor a comment");
	r->pos = end;
	return false;
}

/* ---- one block ---- */

/* model, enum, ... and a name and "{": the block before has lost its end. */
static bool is_head(const struct reader *r)
{
	struct reader ahead = *r;
	struct str keyword, name;
	return read_word(&ahead, &keyword) && block_kind(keyword) != NULL && read_blanks(&ahead) &&
		read_word(&ahead, &name) && read_char(&ahead, '{');
}

/* False: the block ends here. */
static bool read_member(struct reader *r, const struct block *block)
{
	r->told = false;
	read_blanks(r);
	if (at_end(r) || is_head(r)) {
		psl_syntax(r, block->name, "the block \"" STR_FMT "\" is not closed", STR_ARG(block->name));
		psl_hint(r->psl, "Its last line is \"}\", alone.");
		return false;
	}
	if (read_text(r, "}"))
		return false;
	if (read_line_end(r) || read_remark(r))
		return true;
	size_t from = r->pos;
	if (block->kind->member(r, block))
		return true;
	if (!r->told)
		psl_syntax(r, str_slice(r->text, from, from + 1), "this line is not %s", block->kind->members);
	r->pos = from;
	skip_line(r);
	return true;
}

/* Like Prisma, what stands behind the "{" on its line is read over. */
static void read_block(struct reader *r, const struct block *block)
{
	skip_line(r);
	while (read_member(r, block))
		;
	if (block->kind->end)
		block->kind->end(r, block);
}

/* ---- a file ---- */

static struct words keywords(struct arena *arena)
{
	static const char *const all[] = { "model", "view", "type", "enum", "datasource", "generator" };
	struct words words = { 0 };
	for (size_t i = 0; i < LEN(all); i++)
		vec_push(arena, &words, all[i]);
	return words;
}

static void skip_unknown_block(struct reader *r)
{
	while (!at_end(r) && !read_text(r, "}"))
		r->pos++;
}

static void tell_unknown(struct reader *r, size_t from, struct str keyword)
{
	struct words known = keywords(r->arena);
	struct str name;
	bool is_block = read_char(r, '{') || (read_blanks(r) && read_word(r, &name) && read_char(r, '{'));
	if (keyword.len)
		psl_syntax(r, keyword,
			   "\"" STR_FMT "\" begins no block: expected model, view, enum, datasource or generator",
			   STR_ARG(keyword));
	else
		psl_syntax(r, str_slice(r->text, from, from),
			   "expected a block: model, view, enum, datasource or generator");
	if (keyword.len)
		psl_hint_nearest(r->psl, keyword, &known);
	if (is_block)
		skip_unknown_block(r);
	else
		skip_line(r);
}

static void tell_no_name(struct reader *r, struct str keyword)
{
	psl_syntax(r, keyword, "expected \"" STR_FMT " NAME {\" on one line", STR_ARG(keyword));
	skip_line(r);
}

/* type Name = Int: until Prisma 2. */
static bool is_alias(struct reader *r, const struct block *block)
{
	if (block->kind != block_kind(STR("type")) || !read_char(r, '='))
		return false;
	psl_syntax(r, block->name, "a type cannot be another name of one: this has been left out of the language");
	skip_line(r);
	return true;
}

static void read_top(struct reader *r)
{
	struct str keyword = { 0 };
	size_t from = r->pos;
	struct block block = { 0 };
	r->told = false;
	if (read_word(r, &keyword))
		block.kind = block_kind(keyword);
	if (!block.kind) {
		tell_unknown(r, from, keyword);
		return;
	}
	read_blanks(r);
	if (!read_word(r, &block.name)) {
		tell_no_name(r, keyword);
		return;
	}
	if (is_alias(r, &block))
		return;
	if (!read_char(r, '{')) {
		tell_no_name(r, keyword);
		return;
	}
	block.at = read_since(r, from);
	block.kind->begin(r, &block);
	read_block(r, &block);
}

void read_file(struct reader *r)
{
	for (;;) {
		r->told = false;
		read_blanks(r);
		if (at_end(r))
			return;
		if (!read_line_end(r) && !read_remark(r))
			read_top(r);
	}
}
