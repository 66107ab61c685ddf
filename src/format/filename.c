#include "format/filename.h"

#include "base/str.h"

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

bool file_name_from(struct arena *arena, const char *name, const char **ret_name, struct err *err)
{
	struct buf buf = buf_init(arena);
	for (const char *p = name; *p; p++) {
		unsigned char c = (unsigned char)*p;
		char last = buf.len ? buf.ptr[buf.len - 1] : '_';
		/* Of dots only that of a number stays (v1.2): ".down" has a meaning. */
		bool keep = c >= 0x80 || is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' ||
			(c == '.' && is_digit((unsigned char)last) && is_digit((unsigned char)p[1]));
		if (c >= 'A' && c <= 'Z')
			buf_char(&buf, (char)(c + 32));
		else if (keep)
			buf_char(&buf, (char)c);
		else if (last != '_')
			buf_char(&buf, '_');
	}
	while (buf.len && buf.ptr[buf.len - 1] == '_')
		buf.ptr[--buf.len] = '\0';
	if (!buf.len || str_bad_utf8(str_of(name)) >= 0) {
		err_set(err, ERR_USAGE, "bad-name", "\"%s\" makes no file name", name);
		return err_hint(err, "Use letters and digits, for example: brant new add_user_bio");
	}
	if (buf.len > 200)
		return err_set(err, ERR_USAGE, "bad-name", "the name is too long: %zu bytes of at most 200", buf.len);
	*ret_name = buf.ptr;
	return true;
}
