#include "term/internal.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct term term;

static bool is_set(const char *name)
{
	const char *value = getenv(name);
	return value && *value;
}

static bool wants_colour(enum term_colour colour, bool tty, bool dumb)
{
	switch (colour) {
	case TERM_COLOUR_ALWAYS:
		return true;
	case TERM_COLOUR_NEVER:
		return false;
	case TERM_COLOUR_AUTO:
		break;
	}
	if (is_set("NO_COLOR"))
		return false;
	if (is_set("CLICOLOR_FORCE") && strcmp(getenv("CLICOLOR_FORCE"), "0") != 0)
		return true;
	return tty && !dumb;
}

/* Widths of characters come from the locale; in the plain C locale nothing beyond ASCII has one. */
static void take_locale(void)
{
	setlocale(LC_CTYPE, "");
	if (strcasecmp(nl_langinfo(CODESET), "UTF-8") != 0 && !setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "C.utf8");
}

void term_init(const struct term_options *options)
{
	const char *kind = getenv("TERM");
	bool dumb = !kind || !*kind || strcmp(kind, "dumb") == 0;
	term = (struct term){ .options = *options,
			      .in_tty = isatty(STDIN_FILENO),
			      .out_tty = isatty(STDOUT_FILENO),
			      .err_tty = isatty(STDERR_FILENO) };
	term.out_colour = !options->json && wants_colour(options->colour, term.out_tty, dumb);
	term.err_colour = wants_colour(options->colour, term.err_tty, dumb);
	term.cursor = term.err_tty && !dumb;
	take_locale();
}

bool term_json(void)
{
	return term.options.json;
}

bool term_quiet(void)
{
	return term.options.quiet;
}

int term_verbose(void)
{
	return term.options.verbose;
}

bool term_stderr_is_tty(void)
{
	return term.err_tty;
}

bool term_can_ask(void)
{
	return term.in_tty && term.err_tty;
}

unsigned columns_of(int fd)
{
	struct winsize size;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

unsigned term_width(void)
{
	unsigned columns = columns_of(STDOUT_FILENO);
	return columns > 100 ? 100 : columns < 40 ? 40 : columns;
}

void paint(struct buf *buf, enum colour colour, bool on, struct str text)
{
	static const char *const codes[] = {
		[C_PLAIN] = "", [C_GOOD] = "32", [C_WARN] = "33", [C_BAD] = "1;31",
		[C_DIM] = "2",	[C_NAME] = "36", [C_TITLE] = "1",
	};
	if (!on || colour == C_PLAIN || !text.len) {
		buf_str(buf, text);
		return;
	}
	buf_printf(buf, "\x1b[%sm", codes[colour]);
	buf_str(buf, text);
	buf_text(buf, "\x1b[0m");
}

bool write_fully(int fd, struct str text)
{
	while (text.len) {
		ssize_t n = write(fd, text.ptr, text.len);
		if (n < 0 && errno == EAGAIN) {
			/* Somebody who shares the terminal made it non-blocking: wait as a blocking one would. */
			poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text = str_slice(text, (size_t)n, text.len);
	}
	return true;
}

void write_lines(struct str text)
{
	struct arena *arena = arena_new(NULL);
	struct buf all = buf_init(arena);
	progress_hide(&all);
	buf_str(&all, text);
	progress_draw(&all);
	/* Nobody is left to be told when standard error is gone. */
	(void)write_fully(STDERR_FILENO, buf_as_str(&all));
	arena_free(arena);
}

/* A message with its lines: those after the first are indented, so that they are seen to belong to it. */
static void add_message(struct buf *buf, struct str message, unsigned indent)
{
	struct str line, rest = message;
	for (bool more = true, first = true; more; first = false) {
		more = str_cut(rest, '\n', &line, &rest);
		if (!first)
			buf_printf(buf, "\n%*s", line.len ? (int)indent : 0, "");
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		shown_add(buf, line, SHOWN_LINE);
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
