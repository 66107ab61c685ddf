/*
 * compose.c - statements as drizzle-kit writes them: one behind the other, a breakpoint between them, no newline at the end.
 *
 * drizzle-kit runs all that is pending in one transaction.  So that it can apply what brant makes, too, a statement that refuses one is preceded by
 * a COMMIT, as people do it by hand.
 */
#include "format/drizzle/drizzle.h"

static bool has_breakpoints(const struct format_settings *settings)
{
	const struct drizzle_config *config = settings->extra;
	return !config || config->breakpoints;
}

static void separate(struct buf *buf, bool breakpoints, bool tall)
{
	if (breakpoints)
		buf_text(buf, tall ? "\n" DRIZZLE_BREAKPOINT "\n" : DRIZZLE_BREAKPOINT "\n");
	else
		buf_text(buf, "\n");
}

struct str drizzle_compose(struct arena *arena, const struct format_settings *settings,
			   const struct statements *statements, size_t from, size_t to)
{
	bool breakpoints = has_breakpoints(settings);
	struct buf buf = buf_init(arena);
	for (size_t i = from; i < to; i++) {
		const struct statement *statement = &statements->ptr[i];
		if (i > from)
			separate(&buf, breakpoints, strchr(statements->ptr[i - 1].sql, '\n') != NULL);
		if (statement->why)
			buf_printf(&buf, "-- %s\n", statement->why);
		if (statement->loses)
			buf_printf(&buf, "-- loses %s\n", statement->loses);
		if (statement->lone) {
			buf_text(&buf, "COMMIT;");
			separate(&buf, breakpoints, false);
		}
		buf_printf(&buf, "%s;", statement->sql);
	}
	return buf_as_str(&buf);
}
