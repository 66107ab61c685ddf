#include "base/clock.h"
#include "term/internal.h"

#include <unistd.h>

/* Work that takes less than SHOW_AFTER needs no progress; more than ten redraws a second nobody can read. */
static const double SHOW_AFTER = 0.3, REDRAW_EVERY = 0.1;

enum { LABEL_MAX = 200, BAR_WIDTH = 25 };

static struct {
	bool active, shown;
	const char *what;
	size_t done, total;
	char label[LABEL_MAX];
	double started, drawn;
} progress;

void progress_hide(struct buf *buf)
{
	if (progress.shown)
		buf_text(buf, "\r\x1b[K");
}

static void add_bar(struct buf *buf)
{
	size_t filled = progress.done >= progress.total ? BAR_WIDTH : progress.done * BAR_WIDTH / progress.total;
	buf_text(buf, " [");
	for (size_t i = 0; i < BAR_WIDTH; i++)
		buf_char(buf, i < filled ? '=' : i == filled ? '>' : ' ');
	buf_printf(buf, "] %zu/%zu", progress.done, progress.total);
}

/* As much of the label as fits; cut at a character. */
static void add_label(struct buf *buf, size_t room)
{
	struct buf shown = buf_init(buf->arena);
	shown_add(&shown, str_of(progress.label), SHOWN_LINE);
	buf_str(buf, shown_cut(buf_as_str(&shown), room));
}

void progress_draw(struct buf *buf)
{
	if (!progress.shown)
		return;
	char *elapsed = clock_text(buf->arena, clock_now() - progress.started);
	struct buf head = buf_init(buf->arena);
	if (progress.total)
		add_bar(&head);
	size_t columns = columns_of(STDERR_FILENO), taken = strlen(progress.what) + head.len + strlen(elapsed) + 4;
	if (taken > columns)
		head = buf_init(buf->arena);
	paint(buf, C_TITLE, term.err_colour, str_of(progress.what));
	buf_str(buf, buf_as_str(&head));
	if (progress.label[0] && taken + 2 < columns) {
		buf_text(buf, "  ");
		add_label(buf, columns - taken - 2);
	}
	buf_text(buf, "  ");
	paint(buf, C_DIM, term.err_colour, str_of(elapsed));
	progress.drawn = clock_now();
}

static void redraw(void)
{
	struct arena *arena = arena_new(NULL);
	struct buf buf = buf_init(arena);
	progress_hide(&buf);
	progress.shown = true;
	progress_draw(&buf);
	(void)write_fully(STDERR_FILENO, buf_as_str(&buf));
	arena_free(arena);
}

bool progress_start(const char *what, size_t total)
{
	progress_end();
	if (!term.cursor || term.options.quiet || term.options.json)
		return false;
	progress.active = true;
	progress.what = what;
	progress.done = 0;
	progress.total = total;
	progress.label[0] = '\0';
	progress.started = clock_now();
	return true;
}

void progress_tick(void)
{
	if (!progress.active)
		return;
	double now = clock_now();
	if (progress.shown ? now - progress.drawn >= REDRAW_EVERY : now - progress.started >= SHOW_AFTER)
		redraw();
}

void progress_step(size_t done, const char *label)
{
	if (!progress.active)
		return;
	size_t len = label ? strnlen(label, LABEL_MAX - 1) : 0;
	if (len)
		memcpy(progress.label, label, len);
	progress.label[len] = '\0';
	progress.done = done;
	progress_tick();
}

void progress_end(void)
{
	if (progress.shown)
		(void)write_fully(STDERR_FILENO, STR("\r\x1b[K"));
	progress.active = progress.shown = false;
}
