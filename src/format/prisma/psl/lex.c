#include "format/prisma/psl/reader.h"

bool at_end(const struct reader *r)
{
	return r->pos >= r->text.len;
}

static char here(const struct reader *r)
{
	return at_end(r) ? '\0' : r->text.ptr[r->pos];
}

/* ---- white space ---- */

/* The bytes of a space separator of Unicode at pos, 0 where there is none: Prisma takes any of them. */
static size_t space_len(const struct reader *r)
{
	static const char *const wide[] = { "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\xaf",
					    "\xe2\x81\x9f", "\xe3\x80\x80", NULL };
	struct str rest = str_slice(r->text, r->pos, r->text.len);
	if (here(r) == ' ' || here(r) == '\t')
		return 1;
	if ((unsigned char)here(r) < 0x80)
		return 0;
	for (size_t i = 0; wide[i]; i++)
		if (str_starts(rest, str_of(wide[i])))
			return strlen(wide[i]);
	bool general = str_starts(rest, STR("\xe2\x80")) && rest.len > 2 && (unsigned char)rest.ptr[2] <= 0x8a;
	return general ? 3 : 0;
}

bool read_blanks(struct reader *r)
{
	size_t from = r->pos;
	for (size_t len = space_len(r); len; len = space_len(r))
		r->pos += len;
	return r->pos > from;
}

bool read_line_end(struct reader *r)
{
	if (at_end(r))
		return true;
	if (here(r) != '\n' && here(r) != '\r')
		return false;
	r->pos += str_starts(str_slice(r->text, r->pos, r->text.len), STR("\r\n")) ? 2 : 1;
	return true;
}

void skip_line(struct reader *r)
{
	while (!at_end(r) && here(r) != '\n' && here(r) != '\r')
		r->pos++;
	read_line_end(r);
}

/* ---- pieces ---- */

bool read_text(struct reader *r, const char *text)
{
	if (!str_starts(str_slice(r->text, r->pos, r->text.len), str_of(text)))
		return false;
	r->pos += strlen(text);
	return true;
}

bool read_char(struct reader *r, char c)
{
	size_t before = r->pos;
	read_blanks(r);
	if (!at_end(r) && here(r) == c) {
		r->pos++;
		return true;
	}
	r->pos = before;
	return false;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool read_word(struct reader *r, struct str *ret_word)
{
	size_t from = r->pos;
	for (;;) {
		size_t letter = is_alnum(here(r)) ? 1 : letter_len(str_slice(r->text, r->pos, r->text.len));
		bool joint = r->pos > from && (here(r) == '_' || here(r) == '-');
		if (!letter && !joint)
			break;
		r->pos += joint ? 1 : letter;
	}
	if (r->pos == from)
		return false;
	*ret_word = str_slice(r->text, from, r->pos);
	return true;
}

bool read_path(struct reader *r, struct str *ret_path)
{
	size_t from = r->pos;
	struct str word;
	if (!read_word(r, &word))
		return false;
	while (here(r) == '.') {
		r->pos++;
		read_word(r, &word);
	}
	*ret_path = str_slice(r->text, from, r->pos);
	return true;
}

static bool read_digits(struct reader *r)
{
	size_t from = r->pos;
	while (here(r) >= '0' && here(r) <= '9')
		r->pos++;
	return r->pos > from;
}

bool read_number(struct reader *r, struct str *ret_number)
{
	size_t from = r->pos;
	read_text(r, "-");
	if (!read_digits(r)) {
		r->pos = from;
		return false;
	}
	size_t whole = r->pos;
	if (read_text(r, ".") && !read_digits(r))
		r->pos = whole;
	*ret_number = str_slice(r->text, from, r->pos);
	return true;
}

static bool read_block_comment(struct reader *r)
{
	size_t from = r->pos;
	if (!read_text(r, "/*"))
		return false;
	ptrdiff_t end = str_find(str_slice(r->text, r->pos, r->text.len), STR("*/"));
	if (end < 0) {
		psl_syntax(r, str_slice(r->text, from, r->pos), "unterminated comment");
		r->pos = r->text.len;
		return true;
	}
	r->pos += (size_t)end + 2;
	return true;
}

bool read_remark(struct reader *r)
{
	if (!str_starts(str_slice(r->text, r->pos, r->text.len), STR("//")))
		return read_block_comment(r);
	while (!at_end(r) && here(r) != '\n' && here(r) != '\r')
		r->pos++;
	return true;
}

struct str read_since(const struct reader *r, size_t from)
{
	return str_trim(str_slice(r->text, from, r->pos));
}
