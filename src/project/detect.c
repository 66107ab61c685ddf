#include "project/detect.h"

#include "base/file.h"

/* Files that only this tool has.  A tool for which there is a format is found by that format instead. */
struct tool {
	const char *format, *title;
	const char *marks[8];
};

static const struct tool tools[] = {
	{ "prisma",
	  "Prisma Migrate",
	  { "prisma/schema.prisma", "prisma/migrations", "prisma/schema", "schema.prisma", "prisma.config.ts",
	    "prisma.config.js", "prisma.config.mjs" } },
	{ "drizzle",
	  "Drizzle Kit",
	  { "drizzle.config.ts", "drizzle.config.js", "drizzle.config.mjs", "drizzle.config.cjs", "drizzle.config.mts",
	    "drizzle.config.cts", "drizzle.config.json" } },
	{ "alembic", "Alembic", { "alembic.ini", "alembic/env.py", "migrations/alembic.ini", "migrations/env.py" } },
};

static const char *mark_of(struct arena *arena, const char *root, const struct tool *tool)
{
	for (size_t i = 0; i < LEN(tool->marks) && tool->marks[i]; i++)
		if (file_exists(path_join(arena, root, tool->marks[i])))
			return tool->marks[i];
	return NULL;
}

static bool unsupported(const struct tool *tool, const char *mark, struct err *err)
{
	err_set(err, ERR_USAGE, "format-unsupported", "the project's migrations are made by %s", tool->title);
	if (mark)
		err_detail(err, "There is \"%s\".  This version of brant handles plain SQL only.", mark);
	else
		err_detail(err, "This version of brant handles plain SQL only.");
	return err_hint(err,
			"If the migrations for brant are SQL files in a folder of their own, set \"format: plain\" and "
			"\"migrations: FOLDER\" in brant.yaml.");
}

static bool unknown(struct arena *arena, const char *name, struct err *err)
{
	for (size_t i = 0; i < LEN(tools); i++)
		if (strcmp(tools[i].format, name) == 0)
			return unsupported(&tools[i], NULL, err);
	struct buf list = buf_init(arena);
	for (size_t i = 0; formats[i]; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", formats[i]->name);
	err_set(err, ERR_USAGE, "format-unknown", "there is no format \"%s\"", name);
	return err_hint(err, "Formats are %s.", list.ptr);
}

static bool chosen(struct arena *arena, const char *root, const char *name, const struct format **ret_format,
		   const char **ret_migrations, struct err *err)
{
	const struct format *format = format_find(name);
	if (!format)
		return unknown(arena, name, err);
	*ret_format = format;
	if (!format->detect(arena, root, ret_migrations))
		*ret_migrations = NULL;
	return true;
}

bool detect_format(struct arena *arena, const char *root, const char *name, const struct format **ret_format,
		   const char **ret_migrations, struct err *err)
{
	*ret_migrations = NULL;
	if (name)
		return chosen(arena, root, name, ret_format, ret_migrations, err);
	for (size_t i = 0; i < LEN(tools); i++) {
		const char *mark = format_find(tools[i].format) ? NULL : mark_of(arena, root, &tools[i]);
		if (mark)
			return unsupported(&tools[i], mark, err);
	}
	for (size_t i = 0; formats[i]; i++)
		if (formats[i]->detect(arena, root, ret_migrations)) {
			*ret_format = formats[i];
			return true;
		}
	*ret_format = &format_plain; /* nothing there yet: plain SQL needs no tool */
	return true;
}
