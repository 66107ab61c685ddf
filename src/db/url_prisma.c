/*
 * The URL that "prisma init" writes for the database of "prisma dev": prisma+postgres://localhost:51213/?api_key=KEY.  The key is no secret, but JSON in Base64
 * that has the database's own URL in it, and that one is what "prisma migrate" connects to.  (Elsewhere the key is one, and the way leads through a proxy.)
 */
#include "base/json.h"
#include "db/url.h"

static int digit_of(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	const char *found = c ? strchr(digits, c) : NULL;
	if (found)
		return (int)(found - digits);
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Up to what is no digit of it: padding, encoded or not, or the next parameter. */
static struct str decoded(struct arena *arena, struct str text)
{
	struct buf buf = buf_init(arena);
	unsigned bits = 0, n = 0;
	for (size_t i = 0; i < text.len && digit_of(text.ptr[i]) >= 0; i++) {
		bits = bits << 6 | (unsigned)digit_of(text.ptr[i]);
		n += 6;
		if (n < 8)
			continue;
		n -= 8;
		buf_char(&buf, (char)(bits >> n & 0xff));
	}
	return buf_as_str(&buf);
}

static bool is_here(struct str rest)
{
	static const struct str hosts[] = { STR("localhost"), STR("127.0.0.1"), STR("[::1]") };
	for (size_t i = 0; i < LEN(hosts); i++)
		if (str_starts(rest, hosts[i]) && rest.len > hosts[i].len && strchr(":/?", rest.ptr[hosts[i].len]))
			return true;
	return false;
}

struct str url_of_prisma_dev(struct arena *arena, struct str text)
{
	static const struct str scheme = STR("prisma+postgres://"), key = STR("api_key=");
	struct err ignored = { .arena = arena };
	struct json json;
	if (!str_starts(text, scheme) || !is_here(str_slice(text, scheme.len, text.len)))
		return text;
	ptrdiff_t at = str_find(text, key);
	struct str said = decoded(arena, at < 0 ? STR("") : str_slice(text, (size_t)at + key.len, text.len));
	if (!said.len || str_bad_utf8(said) >= 0 || !json_parse(arena, JSON_PLAIN, "the URL", said, &json, &ignored) ||
	    json.kind != JS_OBJECT)
		return text;
	const char *url = json_get_text(&json, "databaseUrl", NULL);
	return url ? url_clean(str_of(url)) : text;
}
