#include "term/internal.h"

#include <langinfo.h>
#include <locale.h>
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
		[C_DIM] = "2",  [C_NAME] = "36", [C_TITLE] = "1",
	};
	if (!on || colour == C_PLAIN || !text.len) {
		buf_str(buf, text);
		return;
	}
	buf_printf(buf, "\x1b[%sm", codes[colour]);
	buf_str(buf, text);
	buf_text(buf, "\x1b[0m");
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
