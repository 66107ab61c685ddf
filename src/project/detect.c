#include "project/detect.h"

static bool unknown(struct arena *arena, const char *name, struct err *err)
{
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
	for (size_t i = 0; formats[i]; i++)
		if (formats[i]->detect(arena, root, ret_migrations)) {
			*ret_format = formats[i];
			return true;
		}
	*ret_format = &format_plain; /* nothing there yet: plain SQL needs no tool */
	return true;
}
