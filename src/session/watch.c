#include "session/watch.h"

#include "base/clock.h"

static void on_waiting(void *ctx, const char *holder, double seconds_left)
{
	struct session_watch *watch = ctx;
	(void)seconds_left;
	if (watch->last_waiting && strcmp(watch->last_waiting, holder) == 0)
		return;
	watch->last_waiting = arena_strdup(watch->arena, holder);
	term_line(C_WARN, "waiting for %s", holder);
}

/* Fewer are read as lines. */
enum { BAR_FROM = 21 };

/* What runs now; without a bar each migration has its own time. */
static void show_current(struct session_watch *watch, const char *more)
{
	size_t done = watch->applied.len - watch->before;
	const char *id = done < watch->nplanned ? watch->planned[done]->id : "";
	struct arena *scratch = arena_new(watch->arena);
	progress_step(watch->bar ? done : 0, more ? arena_printf(scratch, "%s: %s", id, more) : id);
	arena_free(scratch);
}

static void on_planned(void *ctx, struct migration *const *migrations, size_t n)
{
	struct session_watch *watch = ctx;
	watch->planned = migrations;
	watch->nplanned = n;
	watch->before = watch->applied.len;
	watch->bar = !watch->verb || (n >= BAR_FROM && !term_verbose());
	if (!n)
		return;
	watch->bar = progress_start(watch->doing, watch->bar ? n : 0) && watch->bar;
	show_current(watch, NULL);
}

static void on_tick(void *ctx)
{
	(void)ctx;
	progress_tick();
}

/* Whom a build waits for is worth a line of its own, also in a log: until that one ends, nothing goes on. */
static void say_waiting_build(struct session_watch *watch, const char *phase)
{
	struct str who = str_of(strstr(phase, "pid "));
	struct str name = { 0 }, rest;
	str_cut(who, ',', &name, &rest);
	if (!who.len || (watch->last_locker && str_eq(str_of(watch->last_locker), name)))
		return;
	watch->last_locker = str_dup(watch->arena, name);
	term_line(C_WARN, "%s", phase);
}

static void on_indexing(void *ctx, const char *phase)
{
	say_waiting_build(ctx, phase);
	show_current(ctx, phase);
}

static void on_backfilling(void *ctx, const struct migration *migration, const struct backfill_progress *progress)
{
	struct session_watch *watch = ctx;
	(void)migration;
	session_show_backfill(watch->arena, &watch->backfill_said, progress);
}

static void on_applied(void *ctx, const struct migration *migration, double seconds)
{
	struct session_watch *watch = ctx;
	vec_push(watch->arena, &watch->applied, (struct applied_row){ migration, seconds });
	if (!watch->bar && watch->verb) {
		struct arena *scratch = arena_new(watch->arena);
		progress_start(watch->doing, 0);
		term_line(C_PLAIN, "%s %s  %s", watch->verb, migration->id, clock_text(scratch, seconds));
		arena_free(scratch);
	}
	show_current(watch, NULL);
}

static const char *backfill_line(struct arena *arena, const struct backfill_progress *p)
{
	struct buf buf = buf_init(arena);
	long long share = p->estimated > 0 ? p->scanned * 100 / p->estimated : 100;
	buf_printf(&buf, "%lld %% of about %lld rows, %.0f rows/s", share > 100 ? 100 : share, p->estimated,
		   p->rows_a_second);
	if (p->seconds_left >= 0)
		buf_printf(&buf, ", %s left", clock_text(arena, p->seconds_left));
	if (p->pass > 1)
		buf_printf(&buf, ", pass %lld", p->pass);
	if (p->workers > 1)
		buf_printf(&buf, ", %lld workers", p->workers);
	buf_printf(&buf, ", %lld changed", p->changed);
	return buf.ptr;
}

void session_show_backfill(struct arena *arena, struct backfill_said *said, const struct backfill_progress *p)
{
	struct arena *scratch = arena_new(arena);
	bool done = strcmp(p->state, "done") == 0;
	const char *line = backfill_line(scratch, p), *why = p->waits_for ? p->waits_for : "";
	progress_step(0, arena_printf(scratch, "%s: %s", p->name, line));
	/* Short waits come and go by the second: the same reason is not told at each of them. */
	if (*why && (!said->why || strcmp(why, said->why) != 0 || clock_now() > said->why_at + 60)) {
		said->why = arena_strdup(arena, why);
		term_line(C_WARN, "%s: waiting: %s", p->name, why);
	}
	if (*why)
		said->why_at = clock_now();
	if (!done && !term_stderr_is_tty() && clock_now() > said->at + 10) {
		said->at = clock_now();
		term_line(C_DIM, "  %s: %s", p->name, line);
	}
	if (done)
		term_line(C_DIM, "  %s: %lld rows changed in %s, %.0f rows/s%s", p->name, p->changed,
			  clock_text(scratch, p->seconds), p->rows_a_second,
			  p->left_over > 0 ? arena_printf(scratch, "; WHERE still holds for %lld", p->left_over) : "");
	arena_free(scratch);
}

static void on_stepped(void *ctx, const struct step *step, double seconds)
{
	struct session_watch *watch = ctx;
	struct arena *scratch = arena_new(watch->arena);
	if (!watch->bar && watch->verb)
		term_line(C_DIM, "  %s: step %u of %u  %s", step->migration->id, step->position, step->of,
			  clock_text(scratch, seconds));
	if (step->position < step->of)
		show_current(watch, arena_printf(scratch, "step %u of %u", step->position + 1, step->of));
	arena_free(scratch);
}

static void on_retrying(void *ctx, const struct migration *migration, const struct err *err, const char *blocker,
			double pause, long long attempt, long long attempts)
{
	(void)ctx;
	term_line(C_WARN, "%s: %s; again in %.1f s (%lld of %lld)", migration->id, err->message, pause, attempt,
		  attempts);
	if (blocker)
		term_line(C_WARN, "  blocked by %s", blocker);
}

static void on_echo(void *ctx, struct str text)
{
	(void)ctx;
	term_line(C_PLAIN, STR_FMT, STR_ARG(text));
}

static void on_note(void *ctx, const char *name, const char *text)
{
	(void)ctx;
	(void)name;
	term_line(C_WARN, "%s", text);
}

struct run_watcher session_watcher(struct session_watch *watch)
{
	return (struct run_watcher){
		.ctx = watch,
		.planned = on_planned,
		.tick = on_tick,
		.indexing = on_indexing,
		.backfilling = on_backfilling,
		.waiting = on_waiting,
		.applied = on_applied,
		.stepped = on_stepped,
		.retrying = on_retrying,
		.echo = on_echo,
		/* What a replay on a throwaway server says was said when it was applied. */
		.notice = watch->verb ? term_notice : NULL,
		.note = on_note,
	};
}

void session_report_applied(struct ctx *ctx, const struct session_watch *watch)
{
	static const struct column columns[] = { { "version", NULL, false },
						 { "name", NULL, false },
						 { "file", NULL, false },
						 { "milliseconds", NULL, true } };
	struct table *table = report_table(ctx->report, "migrations", NULL, columns, LEN(columns));
	for (size_t i = 0; i < watch->applied.len; i++) {
		const struct applied_row *row = &watch->applied.ptr[i];
		table_row(table);
		table_cell(table, C_PLAIN, "%s", row->migration->version);
		table_cell(table, C_PLAIN, "%s", row->migration->name);
		table_cell(table, C_PLAIN, "%s", row->migration->path);
		table_cell(table, C_PLAIN, "%.1f", row->seconds * 1000);
	}
}
