#include "format/prisma/psl/decimal.h"

#include "format/prisma/psl/coerce.h"

/* More digits than numeric can have. */
enum { EXPONENT_MAX = 16383 };

struct decimal {
	bool negative;
	struct str whole, fraction;
	long long exponent;
};

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.ptr[i] < '0' || s.ptr[i] > '9') && (s.ptr[i] != '_' || i == 0))
			return false;
	return true;
}

static bool take_exponent(struct str *number, struct decimal *decimal)
{
	for (size_t i = 0; i < number->len; i++) {
		if ((number->ptr[i] | 0x20) != 'e')
			continue;
		struct str exponent = str_slice(*number, i + 1, number->len);
		if (exponent.len && exponent.ptr[0] == '+')
			exponent = str_slice(exponent, 1, exponent.len);
		number->len = i;
		return text_integer(exponent, &decimal->exponent) && decimal->exponent <= EXPONENT_MAX &&
			decimal->exponent >= -EXPONENT_MAX;
	}
	return true;
}

static bool decimal_parse(struct str text, struct decimal *ret_decimal)
{
	struct decimal decimal = { 0 };
	if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
		decimal.negative = text.ptr[0] == '-';
		text = str_slice(text, 1, text.len);
	}
	if (!take_exponent(&text, &decimal))
		return false;
	if (!str_cut(text, '.', &decimal.whole, &decimal.fraction))
		decimal.fraction = (struct str){ 0 };
	if (!is_digits(decimal.whole) || !is_digits(decimal.fraction) || !(decimal.whole.len + decimal.fraction.len))
		return false;
	*ret_decimal = decimal;
	return true;
}

bool decimal_is(struct str text)
{
	struct decimal decimal;
	return decimal_parse(text, &decimal);
}

static void add_digits(struct buf *buf, struct str digits)
{
	for (size_t i = 0; i < digits.len; i++)
		if (digits.ptr[i] != '_')
			buf_char(buf, digits.ptr[i]);
}

static bool is_zero(const struct buf *digits)
{
	return strspn(digits->ptr, "0") == digits->len;
}

void decimal_sql(struct buf *buf, struct str text)
{
	struct decimal decimal = { 0 };
	struct buf digits = buf_init(buf->arena);
	decimal_parse(text, &decimal);
	add_digits(&digits, decimal.whole);
	long long point = (long long)digits.len;
	add_digits(&digits, decimal.fraction);
	point += decimal.exponent;
	if (decimal.negative && !is_zero(&digits))
		buf_char(buf, '-');
	long long first = (long long)strspn(digits.ptr, "0");
	/* The digits before the point, one at least, then those behind it. */
	if (is_zero(&digits) && point > (long long)digits.len)
		point = first = (long long)digits.len;
	if (first >= point)
		buf_char(buf, '0');
	for (long long i = first; i < point; i++)
		buf_char(buf, i < (long long)digits.len ? digits.ptr[i] : '0');
	if (point < (long long)digits.len)
		buf_char(buf, '.');
	for (long long i = point; i < (long long)digits.len; i++)
		buf_char(buf, i >= 0 ? digits.ptr[i] : '0');
}
