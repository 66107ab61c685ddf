#include "cmd/layout.h"

const char brant_summary[] = "plans, checks, applies and repairs PostgreSQL schema migrations";

const char brant_text[] =
	"brant works on the migrations that a project has, whatever tool wrote them, and records them in that tool's own table. It is made "
	"for databases that are reached through PgBouncer in transaction mode, and works as well on a direct connection.\n"
	"\n"
	"Results go to standard output, everything else to standard error. No question is asked when standard input is not a terminal: the "
	"command fails with status 3 and names the option that answers it. Errors have names; \"brant explain NAME\" tells more.";

const struct exit_status exit_statuses[] = {
	{ 0, "done, or nothing to do" },
	{ 1, "failed" },
	{ 2, "usage: the command line or the configuration makes no sense" },
	{ 3, "a person has to decide; the message names the option that answers" },
	{ 4, "refused: boundary, hazard, drift or an edited migration" },
	{ 5, "busy: another runner is at work" },
	{ 6, "status --exit-code: migrations are pending; diff --exit-code: one has to be written" },
	{ 130, "interrupted" },
	{ 0 },
};

const struct named variables[] = {
	{ "DATABASE_URL", "the database, where --url is not given; also read from the file .env of the project" },
	{ "NO_COLOR", "when set, no colours (but with --color=always)" },
	{ "CLICOLOR_FORCE", "when set and not 0, colours also without a terminal" },
	{ 0 },
};

const struct named files[] = {
	{ "brant.yaml", "the settings of the project, all of them optional" },
	{ ".env", "variables of the project, DATABASE_URL among them" },
	{ ".brant/", "the local project that \"brant dev\" and --local run" },
	{ 0 },
};

/* Adds words of a paragraph to lines until it is used up. */
static void fill(struct arena *arena, struct strs *lines, struct str paragraph, size_t width)
{
	struct buf line = buf_init(arena);
	size_t used = 0;
	struct str word, rest = str_trim(paragraph);
	for (bool more = rest.len > 0; more;) {
		more = str_cut(rest, ' ', &word, &rest);
		size_t own = str_width(word);
		if (used && used + 1 + own > width) {
			vec_push(arena, lines, buf_as_str(&line));
			line = buf_init(arena);
			used = 0;
		}
		if (used)
			buf_char(&line, ' ');
		buf_str(&line, word);
		used += (used > 0) + own;
	}
	if (line.len)
		vec_push(arena, lines, buf_as_str(&line));
}

struct strs wrap(struct arena *arena, const char *text, size_t width)
{
	struct strs lines = { 0 };
	struct buf paragraph = buf_init(arena);
	struct str line, rest = str_of(text);
	for (bool more = rest.len > 0; more;) {
		more = str_cut(rest, '\n', &line, &rest);
		bool as_is = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '#');
		if (line.len && !as_is) {
			buf_printf(&paragraph, STR_FMT " ", STR_ARG(line));
			continue;
		}
		fill(arena, &lines, buf_as_str(&paragraph), width);
		paragraph = buf_init(arena);
		if (more || line.len)
			vec_push(arena, &lines, line);
	}
	fill(arena, &lines, buf_as_str(&paragraph), width);
	return lines;
}

char *option_label(struct arena *arena, const struct option *option)
{
	char letter[8];
	snprintf(letter, sizeof(letter), option->letter ? "-%c, " : "    ", option->letter);
	return arena_printf(arena, "%s--%s%s%s", letter, option->name, option->argument ? " " : "",
			    option->argument ? option->argument : "");
}

char *alias_list(struct arena *arena, const struct cmd *cmd)
{
	struct buf list = buf_init(arena);
	for (size_t i = 0; i < LEN(cmd->aliases) && cmd->aliases[i]; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", cmd->aliases[i]);
	return list.len ? list.ptr : NULL;
}
