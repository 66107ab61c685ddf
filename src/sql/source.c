#include "sql/source.h"

#include "base/file.h"

static struct str before(const struct source *source, size_t offset)
{
	return str_slice(source->text, 0, offset < source->text.len ? offset : source->text.len);
}

void source_position(const struct source *source, size_t offset, unsigned *ret_line, unsigned *ret_column)
{
	struct str head = before(source, offset);
	unsigned line = 1;
	size_t start = 0;
	while (start < head.len) {
		const char *end = memchr(head.ptr + start, '\n', head.len - start);
		if (!end)
			break;
		line++;
		start = (size_t)(end - head.ptr) + 1;
	}
	unsigned column = 1;
	for (size_t i = start; i < head.len; i++)
		column += ((unsigned char)head.ptr[i] & 0xc0) != 0x80;
	*ret_line = line;
	*ret_column = column;
}

bool source_err_at(struct err *err, const struct source *source, size_t offset)
{
	unsigned line, column;
	source_position(source, offset, &line, &column);
	return err_at(err, source->path, line, column);
}

static bool check_utf16(const struct source *source, struct err *err)
{
	struct str text = source->text;
	if (!str_starts(text, STR("\xff\xfe")) && !str_starts(text, STR("\xfe\xff")))
		return true;
	err_set(err, ERR_FAILED, "utf16", "\"%s\" is UTF-16, not UTF-8", source->path);
	err_hint(err, "Save the file as UTF-8, for example with: iconv -f UTF-16 -t UTF-8.");
	return err_at(err, source->path, 1, 1);
}

static bool check_nul(const struct source *source, struct err *err)
{
	const char *nul = source->text.len ? memchr(source->text.ptr, '\0', source->text.len) : NULL;
	if (!nul)
		return true;
	err_set(err, ERR_FAILED, "nul-byte", "\"%s\" has a NUL byte", source->path);
	err_detail(
		err,
		"PostgreSQL cannot store or read U+0000, so this is no SQL text; the file may be binary, UTF-16 or damaged.");
	return source_err_at(err, source, (size_t)(nul - source->text.ptr));
}

bool source_check(struct source *source, struct err *err)
{
	if (!check_utf16(source, err))
		return false;
	if (str_starts(source->text, STR("\xef\xbb\xbf")))
		source->text = str_slice(source->text, 3, source->text.len);
	if (!check_nul(source, err))
		return false;
	ptrdiff_t bad = str_bad_utf8(source->text);
	if (bad < 0)
		return true;
	err_set(err, ERR_FAILED, "not-utf8", "\"%s\" is not valid UTF-8: byte 0x%02x", source->path,
		(unsigned char)source->text.ptr[bad]);
	err_hint(
		err,
		"If the file is Latin-1 or Windows-1252, convert it, for example with: iconv -f WINDOWS-1252 -t UTF-8.");
	return source_err_at(err, source, (size_t)bad);
}

bool source_load(struct arena *arena, const char *path, struct source *ret_source, struct err *err)
{
	struct source source = { .path = arena_strdup(arena, path) };
	if (!file_read(arena, path, &source.text, err) || !source_check(&source, err))
		return false;
	*ret_source = source;
	return true;
}
