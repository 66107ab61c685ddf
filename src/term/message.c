#include "term/internal.h"

#include <unistd.h>

void wrapped_add(struct buf *buf, struct str text, size_t indent, size_t width)
{
	size_t at = indent;
	struct str word, rest = text;
	for (bool more = true, first = true; more; first = false) {
		more = str_cut(rest, ' ', &word, &rest);
		size_t own = str_width(word);
		if (!first && width && own && at + 1 + own > width && at > indent) {
			buf_printf(buf, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			buf_char(buf, ' ');
			at++;
		}
		buf_str(buf, word);
		at += own;
	}
}

/* A message with its lines: those after the first are indented, so that they are seen to belong to it. */
static void add_message(struct buf *buf, struct str message, unsigned indent)
{
	size_t width = term.err_tty ? columns_of(STDERR_FILENO) : 0;
	struct str line, rest = message;
	for (bool more = true, first = true; more; first = false) {
		more = str_cut(rest, '\n', &line, &rest);
		if (!first)
			buf_printf(buf, "\n%*s", line.len ? (int)indent : 0, "");
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		struct buf safe = buf_init(buf->arena);
		shown_add(&safe, line, SHOWN_LINE);
		wrapped_add(buf, buf_as_str(&safe), indent, width);
	}
	buf_char(buf, '\n');
}

static enum colour label_colour(const char *label)
{
	if (strcmp(label, "error") == 0)
		return C_BAD;
	return strcmp(label, "warning") == 0 ? C_WARN : C_NAME;
}

/* "label: message". */
static void labelled_add(struct buf *buf, bool colour, const char *label, struct str message)
{
	struct buf head = buf_init(buf->arena);
	buf_printf(&head, "%s:", label);
	paint(buf, label_colour(label), colour, buf_as_str(&head));
	buf_char(buf, ' ');
	add_message(buf, str_trim(message), (unsigned)head.len + 1);
}

void warning_add(struct buf *buf, bool colour, const char *label, struct str message)
{
	labelled_add(buf, colour, label, message);
}

static void line(enum colour colour, const char *fmt, va_list args)
{
	struct arena *arena = arena_new(NULL);
	struct buf plain = buf_init(arena), painted = buf_init(arena);
	shown_add(&plain, str_of(arena_vprintf(arena, fmt, args)), SHOWN_LINE);
	paint(&painted, colour, term.err_colour, buf_as_str(&plain));
	buf_char(&painted, '\n');
	write_lines(buf_as_str(&painted));
	arena_free(arena);
}

void term_line(enum colour colour, const char *fmt, ...)
{
	if (term.options.quiet || term.options.json)
		return;
	va_list args;
	va_start(args, fmt);
	line(colour, fmt, args);
	va_end(args);
}

void term_info(const char *fmt, ...)
{
	if (!term.options.verbose)
		return;
	va_list args;
	va_start(args, fmt);
	line(C_DIM, fmt, args);
	va_end(args);
}

static void labelled_line(const char *label, struct str message)
{
	struct arena *arena = arena_new(NULL);
	struct buf buf = buf_init(arena);
	labelled_add(&buf, term.err_colour, label, message);
	write_lines(buf_as_str(&buf));
	arena_free(arena);
}

void term_warning(const char *fmt, ...)
{
	struct arena *arena = arena_new(NULL);
	va_list args;
	va_start(args, fmt);
	labelled_line("warning", str_of(arena_vprintf(arena, fmt, args)));
	va_end(args);
	arena_free(arena);
}

/* The server's severities in its own language are not translated: only the English WARNING is told apart. */
void term_notice(void *ctx, const char *severity, const char *message)
{
	(void)ctx;
	bool warning = severity && strcmp(severity, "WARNING") == 0;
	if (warning || !term.options.quiet)
		labelled_line(warning ? "warning" : "notice", str_of(message));
}

/* One more part of an error, each on lines of its own. */
static void add_part(struct buf *buf, const char *label, const char *text)
{
	if (text && *text)
		labelled_add(buf, term.err_colour, label, str_of(text));
}

void term_error(const struct err *err, struct str source_text)
{
	struct arena *arena = arena_new(NULL);
	struct buf buf = buf_init(arena);
	labelled_add(&buf, term.err_colour, "error", str_of(err->message ? err->message : "failed"));
	excerpt_add(&buf, term.err_colour, err, source_text, term.err_tty ? columns_of(STDERR_FILENO) : 100);
	add_part(&buf, "detail", err->detail);
	add_part(&buf, "hint", err->hint);
	if (term.options.verbose) {
		add_part(&buf, "sqlstate", err->sqlstate);
		add_part(&buf, "context", err->server_context);
	}
	if (err->name && err->code != ERR_USAGE && (term.err_tty || term.options.verbose)) {
		struct buf see = buf_init(arena);
		buf_printf(&see, "see: brant explain %s", err->name);
		paint(&buf, C_DIM, term.err_colour, buf_as_str(&see));
		buf_char(&buf, '\n');
	}
	write_lines(buf_as_str(&buf));
	arena_free(arena);
}

/* The answer is read byte by byte, so that nothing of what follows is taken from a script that types. */
static bool read_answer(void)
{
	char first = 0, c;
	ssize_t n;
	while ((n = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n')
		if (!first && c != ' ' && c != '\t')
			first = c;
	return n == 1 && (first == 'y' || first == 'Y');
}

bool term_ask(const char *fmt, ...)
{
	if (!term_can_ask())
		return false;
	struct arena *arena = arena_new(NULL);
	struct buf plain = buf_init(arena), all = buf_init(arena);
	va_list args;
	va_start(args, fmt);
	shown_add(&plain, str_of(arena_vprintf(arena, fmt, args)), SHOWN_LINE);
	va_end(args);
	progress_hide(&all);
	paint(&all, C_TITLE, term.err_colour, buf_as_str(&plain));
	buf_text(&all, " [y/N] ");
	bool yes = write_fully(STDERR_FILENO, buf_as_str(&all)) && read_answer();
	arena_free(arena);
	return yes;
}
