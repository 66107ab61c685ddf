#include "format/prisma/psl/literal.h"

#include "base/json.h"
#include "format/prisma/psl/coerce.h"
#include "format/prisma/psl/datetime.h"
#include "format/prisma/psl/decimal.h"

void string_sql(struct buf *buf, struct str text)
{
	buf_char(buf, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'')
			buf_char(buf, '\'');
		buf_char(buf, text.ptr[i]);
	}
	buf_char(buf, '\'');
}

/* ---- Base64, strict: padded, nothing else in between, no bits left over ---- */

static int base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c ? strchr(digits, c) : NULL;
	return found ? (int)(found - digits) : -1;
}

/* Four characters; returns how many bytes they make, 0: they are none. */
static size_t base64_group(const char *group, bool last, unsigned char bytes[3])
{
	size_t digits = !last || group[3] != '=' ? 4 : group[2] != '=' ? 3 : 2;
	unsigned bits = 0;
	for (size_t i = 0; i < 4; i++) {
		int digit = i < digits ? base64_digit(group[i]) : 0;
		if (digit < 0)
			return 0;
		bits = bits << 6 | (unsigned)digit;
	}
	bytes[0] = (unsigned char)(bits >> 16);
	bytes[1] = (unsigned char)(bits >> 8);
	bytes[2] = (unsigned char)bits;
	bool left_over = (digits == 3 && bytes[2]) || (digits == 2 && (bytes[1] || bytes[2]));
	return left_over ? 0 : digits - 1;
}

/* buf may be NULL: only whether it is Base64. */
static bool base64_hex(struct str text, struct buf *buf)
{
	unsigned char bytes[3];
	if (text.len % 4)
		return false;
	for (size_t i = 0; i < text.len; i += 4) {
		size_t n = base64_group(text.ptr + i, i + 4 == text.len, bytes);
		if (!n)
			return false;
		for (size_t k = 0; buf && k < n; k++)
			buf_printf(buf, "%02x", bytes[k]);
	}
	return true;
}

/* ---- what is one ---- */

static bool is_json(struct str text)
{
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct json value;
	bool ok = json_parse(arena, JSON_PLAIN, "default", text, &value, &err);
	arena_free(arena);
	return ok;
}

static bool is_word(const struct psl_value *value, const char *word)
{
	return value->kind == PSL_WORD && str_eq(value->text, str_of(word));
}

static bool is_decimal(const struct psl_value *value)
{
	return value->kind == PSL_NUMBER || (value->kind == PSL_STRING && decimal_is(value->text));
}

const char *literal_wrong(enum psl_scalar scalar, const struct psl_value *value)
{
	bool is_string = value->kind == PSL_STRING;
	long long integer;
	switch (scalar) {
	case PSL_INT:
	case PSL_BIGINT:
		return value->kind == PSL_NUMBER && text_integer(value->text, &integer) ? NULL : "a whole number";
	case PSL_FLOAT:
		return value->kind == PSL_NUMBER ? NULL : "a number";
	case PSL_DECIMAL:
		return is_decimal(value) ? NULL : "a number";
	case PSL_BOOLEAN:
		return is_word(value, "true") || is_word(value, "false") ? NULL : "true or false";
	case PSL_TEXT:
		return is_string ? NULL : "a string";
	case PSL_DATETIME:
		return is_string && datetime_sql(NULL, value->text) ? NULL
								    : "a point in time like \"2020-12-31T23:59:59Z\"";
	case PSL_JSON:
		return is_string && is_json(value->text) ? NULL : "JSON in a string";
	case PSL_BYTES:
		return is_string && base64_hex(value->text, NULL) ? NULL : "Base64 in a string";
	case PSL_SCALARS:
		break;
	}
	return "nothing";
}

void literal_sql(struct buf *buf, enum psl_scalar scalar, const struct psl_value *value)
{
	switch (scalar) {
	case PSL_INT:
	case PSL_BIGINT:
	case PSL_FLOAT:
	case PSL_DECIMAL:
		decimal_sql(buf, value->text);
		break;
	case PSL_BOOLEAN:
		buf_str(buf, value->text);
		break;
	case PSL_TEXT:
	case PSL_JSON:
		string_sql(buf, value->text);
		break;
	case PSL_DATETIME:
		datetime_sql(buf, value->text);
		break;
	case PSL_BYTES:
		buf_text(buf, "'\\x");
		base64_hex(value->text, buf);
		buf_char(buf, '\'');
		break;
	case PSL_SCALARS:
		break;
	}
}
