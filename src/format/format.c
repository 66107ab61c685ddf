#include "format/format.h"

const struct format *const formats[] = { &format_prisma, &format_drizzle, &format_alembic, &format_plain, NULL };

const struct format *format_find(const char *name)
{
	for (size_t i = 0; formats[i]; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}
