#include "base/duration.h"

static bool unit_seconds(struct str unit, double *ret_seconds)
{
	static const struct {
		struct str name;
		double seconds;
	} units[] = {
		{ STR(""), 1 },     { STR("s"), 1 },  { STR("sec"), 1 },  { STR("ms"), 1e-3 }, { STR("us"), 1e-6 },
		{ STR("min"), 60 }, { STR("m"), 60 }, { STR("h"), 3600 }, { STR("d"), 86400 },
	};
	for (size_t i = 0; i < LEN(units); i++)
		if (str_eq(unit, units[i].name)) {
			*ret_seconds = units[i].seconds;
			return true;
		}
	return false;
}

/* Digits with an optional fraction; not strtod(), which reads the user's locale, hexadecimal and "inf". */
static bool take_number(struct str *text, double *ret_number)
{
	double number = 0, place = 1;
	size_t i = 0, digits = 0;
	if (!text->len)
		return false;
	for (; i < text->len && text->ptr[i] >= '0' && text->ptr[i] <= '9'; i++, digits++)
		number = number * 10 + (text->ptr[i] - '0');
	if (i < text->len && text->ptr[i] == '.')
		for (i++; i < text->len && text->ptr[i] >= '0' && text->ptr[i] <= '9'; i++, digits++)
			number += (text->ptr[i] - '0') * (place /= 10);
	*text = str_slice(*text, i, text->len);
	*ret_number = number;
	return digits > 0;
}

bool duration_parse(struct str text, double *ret_seconds)
{
	double number, unit;
	text = str_trim(text);
	if (str_eq(text, STR("off"))) {
		*ret_seconds = 0;
		return true;
	}
	if (!take_number(&text, &number) || !unit_seconds(str_trim(text), &unit))
		return false;
	double seconds = number * unit;
	if (seconds > 2147483.0)
		return false;
	*ret_seconds = seconds;
	return true;
}
