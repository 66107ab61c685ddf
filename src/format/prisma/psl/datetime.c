#include "format/prisma/psl/datetime.h"

struct datetime {
	unsigned year, month, day, hour, minute, second;
	struct str fraction; /* digits, up to nine */
	char sign;
	unsigned zone_hour, zone_minute;
};

static bool take_number(struct str *text, size_t digits, unsigned *ret_number)
{
	unsigned number = 0;
	if (text->len < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (text->ptr[i] < '0' || text->ptr[i] > '9')
			return false;
		number = number * 10 + (unsigned)(text->ptr[i] - '0');
	}
	*text = str_slice(*text, digits, text->len);
	*ret_number = number;
	return true;
}

static bool take_char(struct str *text, const char *any_of)
{
	if (!text->len || !text->ptr[0] || !strchr(any_of, text->ptr[0]))
		return false;
	*text = str_slice(*text, 1, text->len);
	return true;
}

static bool take_fraction(struct str *text, struct str *ret_fraction)
{
	size_t digits = 0;
	if (!take_char(text, "."))
		return true;
	while (digits < text->len && text->ptr[digits] >= '0' && text->ptr[digits] <= '9')
		digits++;
	*ret_fraction = str_slice(*text, 0, digits < 9 ? digits : 9);
	*text = str_slice(*text, digits, text->len);
	return digits > 0;
}

static bool take_zone(struct str *text, struct datetime *at)
{
	at->sign = '+';
	if (take_char(text, "Zz"))
		return true;
	bool negative = text->len && text->ptr[0] == '-';
	bool ok = take_char(text, "+-") && take_number(text, 2, &at->zone_hour) && take_char(text, ":") &&
		take_number(text, 2, &at->zone_minute) && at->zone_hour < 24 && at->zone_minute < 60;
	if (negative && (at->zone_hour || at->zone_minute))
		at->sign = '-';
	return ok;
}

static unsigned days_in(unsigned year, unsigned month)
{
	static const unsigned days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

static bool in_range(const struct datetime *at)
{
	return at->month >= 1 && at->month <= 12 && at->day >= 1 && at->day <= days_in(at->year, at->month) &&
		at->hour < 24 && at->minute < 60 && at->second <= 60;
}

static bool take_datetime(struct str text, struct datetime *at)
{
	bool date = take_number(&text, 4, &at->year) && take_char(&text, "-") && take_number(&text, 2, &at->month) &&
		take_char(&text, "-") && take_number(&text, 2, &at->day) && take_char(&text, "Tt ");
	bool time = date && take_number(&text, 2, &at->hour) && take_char(&text, ":") &&
		take_number(&text, 2, &at->minute) && take_char(&text, ":") && take_number(&text, 2, &at->second);
	return time && take_fraction(&text, &at->fraction) && take_zone(&text, at) && !text.len && in_range(at);
}

/* In groups of three digits, as many as it takes. */
static void add_fraction(struct buf *buf, struct str fraction)
{
	while (fraction.len && fraction.ptr[fraction.len - 1] == '0')
		fraction.len--;
	if (!fraction.len)
		return;
	buf_char(buf, '.');
	buf_str(buf, fraction);
	for (size_t i = fraction.len; i % 3; i++)
		buf_char(buf, '0');
}

bool datetime_sql(struct buf *buf, struct str text)
{
	struct datetime at = { 0 };
	if (!take_datetime(text, &at))
		return false;
	if (!buf)
		return true;
	buf_printf(buf, "'%04u-%02u-%02u %02u:%02u:%02u", at.year, at.month, at.day, at.hour, at.minute, at.second);
	add_fraction(buf, at.fraction);
	buf_printf(buf, " %c%02u:%02u'", at.sign, at.zone_hour, at.zone_minute);
	return true;
}
