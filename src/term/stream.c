#include "term/stream.h"

#include <unistd.h>

#include "base/file.h"
#include "term/internal.h"
#include "term/json.h"

void stream_object(const struct stream_field *fields, size_t nfields)
{
	if (!term.options.json)
		return;
	struct arena *arena = arena_new(NULL);
	struct buf buf = buf_init(arena);
	struct writer writer = { .buf = &buf };
	writer_open(&writer, '{');
	for (size_t i = 0; i < nfields; i++) {
		writer_key(&writer, fields[i].key);
		if (fields[i].is_number)
			writer_raw(&writer, arena_printf(arena, "%lld", fields[i].number));
		else
			writer_text(&writer, fields[i].text);
	}
	writer_close(&writer, '}');
	buf_char(&buf, '\n');
	(void)write_fully(STDOUT_FILENO, buf_as_str(&buf));
	arena_free(arena);
}
