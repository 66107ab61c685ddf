#include "base/patch.h"

enum { CONTEXT = 3 };

char *patch_apply(struct arena *arena, struct str text, const struct edits *edits)
{
	struct buf buf = buf_init(arena);
	size_t at = 0;
	for (size_t i = 0; i < edits->len; i++) {
		buf_str(&buf, str_slice(text, at, edits->ptr[i].from));
		buf_str(&buf, edits->ptr[i].with);
		at = edits->ptr[i].to;
	}
	buf_str(&buf, str_slice(text, at, text.len));
	return buf.ptr;
}

static size_t line_start(struct str text, size_t at)
{
	while (at > 0 && text.ptr[at - 1] != '\n')
		at--;
	return at;
}

/* Behind the line end. */
static size_t line_end(struct str text, size_t at)
{
	while (at < text.len && text.ptr[at] != '\n')
		at++;
	return at < text.len ? at + 1 : at;
}

static size_t count_lines(struct str text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	return n + (text.len && text.ptr[text.len - 1] != '\n');
}

static void put_lines(struct buf *buf, char mark, struct str lines)
{
	for (size_t at = 0; at < lines.len;) {
		size_t end = line_end(lines, at);
		buf_char(buf, mark);
		buf_str(buf, str_slice(lines, at, end));
		if (lines.ptr[end - 1] != '\n')
			buf_text(buf, "\n\\ No newline at end of file\n");
		at = end;
	}
}

/* Whole lines around a group of edits: [first, last) of them. */
struct hunk {
	size_t first, last, from, to;
};

static size_t lines_before(struct str text, size_t at, size_t n)
{
	for (at = line_start(text, at); n && at; n--)
		at = line_start(text, at - 1);
	return at;
}

static size_t lines_behind(struct str text, size_t at, size_t n)
{
	for (; n && at < text.len; n--)
		at = line_end(text, at);
	return at;
}

static struct hunk next_hunk(struct str text, const struct edits *edits, size_t first)
{
	struct hunk h = { .first = first,
			  .last = first + 1,
			  .from = lines_before(text, edits->ptr[first].from, CONTEXT) };
	h.to = lines_behind(text, line_end(text, edits->ptr[first].to), CONTEXT);
	while (h.last < edits->len && lines_before(text, edits->ptr[h.last].from, CONTEXT) <= h.to)
		h.to = lines_behind(text, line_end(text, edits->ptr[h.last++].to), CONTEXT);
	return h;
}

/* Lines that an edit touches go as wholes, with what the edit leaves of them. */
static void put_hunk(struct buf *buf, struct str text, const struct edits *edits, const struct hunk *h)
{
	size_t at = h->from;
	for (size_t i = h->first; i < h->last; i++) {
		size_t from = line_start(text, edits->ptr[i].from), end = line_end(text, edits->ptr[i].to);
		struct buf now = buf_init(buf->arena);
		size_t done = from;
		put_lines(buf, ' ', str_slice(text, at, from));
		for (;; i++) {
			buf_str(&now, str_slice(text, done, edits->ptr[i].from));
			buf_str(&now, edits->ptr[i].with);
			done = edits->ptr[i].to;
			if (i + 1 == h->last || edits->ptr[i + 1].from >= end)
				break;
			end = line_end(text, edits->ptr[i + 1].to);
		}
		buf_str(&now, str_slice(text, done, end));
		put_lines(buf, '-', str_slice(text, from, end));
		put_lines(buf, '+', buf_as_str(&now));
		at = end;
	}
	put_lines(buf, ' ', str_slice(text, at, h->to));
}

char *patch_diff(struct arena *arena, const char *path, struct str text, const struct edits *edits)
{
	struct buf buf = buf_init(arena);
	long long shift = 0;
	buf_printf(&buf, "--- a/%s\n+++ b/%s\n", path, path);
	for (size_t i = 0; i < edits->len;) {
		struct hunk h = next_hunk(text, edits, i);
		struct buf body = buf_init(arena);
		put_hunk(&body, text, edits, &h);
		size_t removed = 0, added = 0, line = count_lines(str_slice(text, 0, h.from)) + 1;
		for (size_t at = 0; at < body.len; at = line_end(buf_as_str(&body), at)) {
			removed += body.ptr[at] == ' ' || body.ptr[at] == '-';
			added += body.ptr[at] == ' ' || body.ptr[at] == '+';
		}
		buf_printf(&buf, "@@ -%zu,%zu +%lld,%zu @@\n", line, removed, (long long)line + shift, added);
		buf_str(&buf, buf_as_str(&body));
		shift += (long long)added - (long long)removed;
		i = h.last;
	}
	return buf.ptr;
}
