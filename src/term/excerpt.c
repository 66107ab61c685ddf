#include "term/internal.h"

#include <strings.h>

/* Line number `number` (from 1) of a text, without its end; empty where there is none. */
static struct str line_at(struct str text, unsigned number)
{
	struct str line = { 0 };
	for (unsigned i = 0; i < number; i++) {
		if (!str_cut(text, '\n', &line, &text) && i + 1 < number)
			return (struct str){ 0 };
	}
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	if (number == 1 && str_starts(line, STR("\xef\xbb\xbf")))
		line = str_slice(line, 3, line.len);
	return line;
}

/* One character: what is shown for it, and how wide that is. */
struct piece {
	struct str shown;
	size_t width;
};

/* The part of a line that is shown: pieces from..to, with the caret's among them (or just behind). */
struct window {
	struct piece *ptr;
	size_t len, cap;
	size_t from, to, caret;
	bool cut_before, cut_after;
};

static size_t skip_characters(struct str line, size_t count)
{
	size_t i = 0;
	while (i < line.len && count--) {
		i++;
		while (i < line.len && ((unsigned char)line.ptr[i] & 0xc0) == 0x80)
			i++;
	}
	return i;
}

/* How many characters there are, but no more than most. */
static size_t count_characters(struct str line, size_t most)
{
	size_t count = 0;
	for (size_t i = 0; i < line.len && count < most; count++)
		i += skip_characters(str_slice(line, i, line.len), 1);
	return count;
}

static void cut_to_pieces(struct arena *arena, struct window *window, struct str line, size_t most)
{
	while (line.len && window->len < most) {
		struct buf one = buf_init(arena);
		size_t len = 1;
		if (line.ptr[0] == '\t')
			buf_text(&one, "    ");
		else
			len = shown_add_one(&one, line);
		line = str_slice(line, len, line.len);
		vec_push(arena, window, (struct piece){ buf_as_str(&one), str_width(buf_as_str(&one)) });
	}
	window->cut_after = line.len > 0;
}

/* What fits, with a third of the room before the caret. */
static void narrow(struct window *window, size_t room)
{
	size_t from = window->caret, before = 0, width = 0, all = 0;
	for (size_t i = 0; i < window->len; i++)
		all += window->ptr[i].width;
	window->to = window->len;
	if (all <= room && !window->cut_before && !window->cut_after)
		return;
	size_t lead = from == window->len ? room : room / 3;
	while (from > 0 && before + window->ptr[from - 1].width <= lead)
		before += window->ptr[--from].width;
	size_t to = from;
	while (to < window->len && width + window->ptr[to].width <= room)
		width += window->ptr[to++].width;
	window->cut_before = window->cut_before || from > 0;
	window->cut_after = window->cut_after || to < window->len;
	window->from = from;
	window->to = to;
}

/* A line may be a dump of many megabytes: only the neighbourhood of the caret is looked at. */
static struct window choose_window(struct arena *arena, struct str line, size_t caret, size_t room)
{
	struct window window = { 0 };
	caret = count_characters(line, caret);
	size_t skipped = caret > room ? caret - room : 0;
	window.cut_before = skipped > 0;
	cut_to_pieces(arena, &window, str_slice(line, skip_characters(line, skipped), line.len), 2 * room + 1);
	window.caret = caret - skipped < window.len ? caret - skipped : window.len;
	narrow(&window, room);
	return window;
}

/* "password" followed by a quote or an equals sign, or a URL with credentials. */
static bool may_hold_secret(struct str line)
{
	static const struct str word = { "password", 8 };
	ptrdiff_t scheme = str_find(line, STR("://"));
	if (scheme >= 0 && memchr(line.ptr + scheme, '@', line.len - (size_t)scheme))
		return true;
	for (size_t i = 0; i + word.len < line.len; i++) {
		if (strncasecmp(line.ptr + i, word.ptr, word.len) != 0)
			continue;
		struct str after = str_trim(str_slice(line, i + word.len, line.len));
		if (after.len && strchr("'=:$", after.ptr[0]))
			return true;
	}
	return false;
}

static void add_gutter(struct buf *buf, bool colour, unsigned width, unsigned number)
{
	struct buf gutter = buf_init(buf->arena);
	if (number)
		buf_printf(&gutter, " %*u |", (int)width, number);
	else
		buf_printf(&gutter, " %*s |", (int)width, "");
	paint(buf, C_DIM, colour, buf_as_str(&gutter));
}

static void add_line(struct buf *buf, bool colour, const struct err *err, struct str line, unsigned gutter, size_t room)
{
	struct window window = choose_window(buf->arena, line, err->column ? err->column - 1 : 0, room);
	add_gutter(buf, colour, gutter, err->line);
	buf_text(buf, window.cut_before ? " ..." : " ");
	for (size_t i = window.from; i < window.to; i++)
		buf_str(buf, window.ptr[i].shown);
	while (buf->ptr[buf->len - 1] == ' ')
		buf->ptr[--buf->len] = '\0';
	buf_text(buf, window.cut_after ? "...\n" : "\n");
	if (!err->column)
		return;
	add_gutter(buf, colour, gutter, 0);
	size_t spaces = window.cut_before ? 4 : 1;
	for (size_t i = window.from; i < window.caret; i++)
		spaces += window.ptr[i].width;
	buf_printf(buf, "%*s", (int)spaces, "");
	paint(buf, C_BAD, colour, STR("^"));
	buf_char(buf, '\n');
}

static bool is_secret_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	return strncmp(slash ? slash + 1 : path, ".env", 4) == 0;
}

void excerpt_add(struct buf *buf, bool colour, const struct err *err, struct str source_text, unsigned columns)
{
	if (!err->file)
		return;
	unsigned gutter = 1;
	for (unsigned n = err->line; n >= 10; n /= 10)
		gutter++;
	struct buf arrow = buf_init(buf->arena), place = buf_init(buf->arena);
	buf_printf(&arrow, "%*s-->", (int)gutter + 1, "");
	shown_add(&place, str_of(err->file), SHOWN_LINE);
	if (err->line)
		buf_printf(&place, ":%u", err->line);
	if (err->line && err->column)
		buf_printf(&place, ":%u", err->column);
	paint(buf, C_DIM, colour, buf_as_str(&arrow));
	buf_char(buf, ' ');
	buf_str(buf, buf_as_str(&place));
	buf_char(buf, '\n');

	struct str line = err->line && source_text.len ? line_at(source_text, err->line) : (struct str){ 0 };
	if (!str_trim(line).len || is_secret_file(err->file) || may_hold_secret(line))
		return;
	/* Around the line: gutter, a space, and dots at both ends. */
	size_t taken = gutter + 3 + 1 + 6;
	add_gutter(buf, colour, gutter, 0);
	buf_char(buf, '\n');
	add_line(buf, colour, err, line, gutter, columns > taken + 20 ? columns - taken : 20);
}
