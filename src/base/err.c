#include "base/err.h"

#include <stdarg.h>

bool err_set(struct err *err, enum err_code code, const char *name, const char *fmt, ...)
{
	struct arena *arena = err->arena;
	va_list args;
	va_start(args, fmt);
	char *message = arena_vprintf(arena, fmt, args);
	va_end(args);
	*err = (struct err){ .arena = arena, .code = code, .name = name, .message = message };
	return false;
}

bool err_detail(struct err *err, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	err->detail = arena_vprintf(err->arena, fmt, args);
	va_end(args);
	return false;
}

bool err_hint(struct err *err, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	err->hint = arena_vprintf(err->arena, fmt, args);
	va_end(args);
	return false;
}

bool err_at(struct err *err, const char *file, unsigned line, unsigned column)
{
	err->file = file ? arena_strdup(err->arena, file) : NULL;
	err->line = line;
	err->column = column;
	return false;
}

bool err_prefix(struct err *err, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *prefix = arena_vprintf(err->arena, fmt, args);
	va_end(args);
	err->message = arena_printf(err->arena, "%s: %s", prefix, err->message ? err->message : "failed");
	return false;
}

static const char *copy(struct err *to, const char *text)
{
	return text ? arena_strdup(to->arena, text) : NULL;
}

void err_copy(struct err *to, const struct err *from)
{
	struct err made = *from;
	made.arena = to->arena;
	made.name = copy(to, from->name);
	made.message = copy(to, from->message);
	made.detail = copy(to, from->detail);
	made.hint = copy(to, from->hint);
	made.file = copy(to, from->file);
	made.server_context = copy(to, from->server_context);
	*to = made;
}

void err_clear(struct err *err)
{
	*err = (struct err){ .arena = err->arena };
}

int err_exit_status(enum err_code code)
{
	switch (code) {
	case ERR_NONE:
		return 0;
	case ERR_FAILED:
		return 1;
	case ERR_USAGE:
		return 2;
	case ERR_DECISION:
		return 3;
	case ERR_REFUSED:
		return 4;
	case ERR_BUSY:
		return 5;
	case ERR_PENDING:
		return 6;
	case ERR_CANCELLED:
		return 130;
	}
	return 1;
}
