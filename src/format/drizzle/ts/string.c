#include <strings.h>

#include "format/drizzle/ts/builtin.h"

/* The methods of strings.  Lengths and positions are bytes: what is not ASCII is refused where that would show. */

enum shape { LOWER, UPPER, TRIM, TRIM_START, TRIM_END, SAME };

static bool string_shape(struct call *call, struct value *ret_value)
{
	enum shape shape = (enum shape)call->native->tag;
	char *text = str_dup(call->interp->arena, call->self.text);
	if (shape >= TRIM && shape <= TRIM_END) {
		struct str inner = str_trim(call->self.text), all = call->self.text;
		size_t from = inner.len ? (size_t)(inner.ptr - all.ptr) : all.len,
		       to = inner.len ? from + inner.len : 0;
		*ret_value =
			js_string(str_slice(all, shape == TRIM_END ? 0 : from, shape == TRIM_START ? all.len : to));
		return true;
	}
	for (char *c = text; *c && shape != SAME; c++) {
		if (*c & (char)0x80)
			return call_refuse(call, "letters outside of ASCII are not changed here");
		if (shape == LOWER && *c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 'a' - 'A');
		if (shape == UPPER && *c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	}
	*ret_value = js_string((struct str){ text, call->self.text.len });
	return true;
}

static bool string_split(struct call *call, struct value *ret_value)
{
	struct slots out = { 0 };
	struct str rest = call->self.text, separator;
	struct value what;
	if (!call_arg(call, 0, &what))
		return false;
	if (call->nargs > 1)
		return call_refuse(call, "split() with a limit is not understood");
	if (what.kind == V_REGEX)
		return split_matches(call, &what, ret_value);
	if (!call_text(call, 0, &separator))
		return false;
	if (!separator.len)
		return js_items(call->interp, call->node, &call->self, &out) && call_array(call, out, ret_value);
	for (ptrdiff_t at; (at = str_find(rest, separator)) >= 0;) {
		struct str piece = str_slice(rest, 0, (size_t)at);
		vec_push(call->interp->arena, &out, slot_ready(call->interp->arena, js_string(piece)));
		rest = str_slice(rest, (size_t)at + separator.len, rest.len);
	}
	vec_push(call->interp->arena, &out, slot_ready(call->interp->arena, js_string(rest)));
	return call_array(call, out, ret_value);
}

static size_t first_character(struct str text)
{
	size_t len = text.len ? 1 : 0;
	while (len && len < text.len && (text.ptr[len] & (char)0xc0) == (char)0x80)
		len++;
	return len;
}

/* Where a position or a length counts. */
static bool needs_ascii(struct call *call, struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] & (char)0x80)
			return call_refuse(call, "positions in a text that is not ASCII are not counted here");
	return true;
}

/* replace() (the first only) and replaceAll() */
static bool string_replace(struct call *call, struct value *ret_value)
{
	struct str rest = call->self.text, what;
	struct buf text = buf_init(call->interp->arena);
	struct value search, function;
	if (!call_arg(call, 0, &search) || !call_arg(call, 1, &function))
		return false;
	if (search.kind == V_REGEX)
		return replace_matches(call, &search, &function, ret_value);
	if (!call_text(call, 0, &what))
		return false;
	for (ptrdiff_t at; (at = str_find(rest, what)) >= 0;) {
		buf_str(&text, str_slice(rest, 0, (size_t)at));
		if (!replace_found(call, &function, str_slice(rest, (size_t)at, (size_t)at + what.len), &text))
			return false;
		/* Nothing is found between any two characters, and at both ends. */
		size_t behind = (size_t)at + (what.len ? what.len : first_character(rest));
		buf_str(&text, what.len ? (struct str){ 0 } : str_slice(rest, 0, behind));
		bool last = !call->native->tag || (!what.len && !rest.len);
		rest = str_slice(rest, behind, rest.len);
		if (last)
			break;
	}
	buf_str(&text, rest);
	*ret_value = js_string(buf_as_str(&text));
	return true;
}

enum test { TEST_STARTS, TEST_ENDS, TEST_INCLUDES, TEST_INDEX };

static bool string_test(struct call *call, struct value *ret_value)
{
	struct str what;
	if (!call_text(call, 0, &what))
		return false;
	if (call->nargs > 1)
		return call_refuse(call, "a search from a position on is not understood");
	if (call->native->tag == TEST_INDEX && !needs_ascii(call, call->self.text))
		return false;
	switch ((enum test)call->native->tag) {
	case TEST_STARTS:
		*ret_value = js_boolean(str_starts(call->self.text, what));
		break;
	case TEST_ENDS:
		*ret_value = js_boolean(str_ends(call->self.text, what));
		break;
	case TEST_INCLUDES:
		*ret_value = js_boolean(str_find(call->self.text, what) >= 0);
		break;
	case TEST_INDEX:
		*ret_value = js_number((double)str_find(call->self.text, what));
		break;
	}
	return true;
}

/* As locales have it: letters first by the alphabet, small before large; what is neither letter nor digit is refused. */
static bool string_order(struct call *call, struct value *ret_value)
{
	struct str sides[2] = { call->self.text };
	int by_letter, by_case = 0;
	if (!call_text(call, 0, &sides[1]))
		return false;
	if (call->nargs > 1)
		return call_refuse(call, "localeCompare() with options is not understood");
	for (size_t k = 0; k < LEN(sides); k++)
		for (size_t i = 0; i < sides[k].len; i++)
			if (!strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
				    sides[k].ptr[i]) ||
			    !sides[k].ptr[i])
				return call_refuse(call, "localeCompare() of what is more than letters and digits");
	size_t common = sides[0].len < sides[1].len ? sides[0].len : sides[1].len;
	by_letter = common ? strncasecmp(sides[0].ptr, sides[1].ptr, common) : 0;
	for (size_t i = 0; !by_case && i < common; i++)
		by_case = (sides[1].ptr[i] > sides[0].ptr[i]) - (sides[1].ptr[i] < sides[0].ptr[i]);
	if (!by_letter)
		by_letter = (sides[0].len > sides[1].len) - (sides[0].len < sides[1].len);
	if (!by_letter)
		by_letter = by_case;
	*ret_value = js_number((by_letter > 0) - (by_letter < 0));
	return true;
}

static bool string_slice(struct call *call, struct value *ret_value)
{
	size_t len = call->self.text.len, from, to;
	if (!needs_ascii(call, call->self.text) || !call_position(call, 0, len, 0, &from) ||
	    !call_position(call, 1, len, len, &to))
		return false;
	*ret_value = js_string(from < to ? str_slice(call->self.text, from, to) : (struct str){ "", 0 });
	return true;
}

/* Its two positions in any order; what is in front of the text is its start. */
static bool string_substring(struct call *call, struct value *ret_value)
{
	double len = (double)call->self.text.len, from, to;
	if (!needs_ascii(call, call->self.text) || !call_integer(call, 0, 0, &from) || !call_integer(call, 1, len, &to))
		return false;
	from = from < 0 ? 0 : from > len ? len : from;
	to = to < 0 ? 0 : to > len ? len : to;
	*ret_value =
		js_string(str_slice(call->self.text, (size_t)(from < to ? from : to), (size_t)(from < to ? to : from)));
	return true;
}

static bool string_at(struct call *call, struct value *ret_value)
{
	size_t at;
	bool there;
	if (!needs_ascii(call, call->self.text) || !call_place(call, call->self.text.len, &at, &there))
		return false;
	*ret_value = there ? js_string(str_slice(call->self.text, at, at + 1)) : js_undefined();
	return true;
}

static bool string_char_at(struct call *call, struct value *ret_value)
{
	double at;
	if (!needs_ascii(call, call->self.text) || !call_integer(call, 0, 0, &at))
		return false;
	bool there = at >= 0 && at < (double)call->self.text.len;
	*ret_value = js_string(there ? str_slice(call->self.text, (size_t)at, (size_t)at + 1) : (struct str){ "", 0 });
	return true;
}

/* padStart(), padEnd() and repeat() */
static bool string_fill(struct call *call, struct value *ret_value)
{
	struct buf text = buf_init(call->interp->arena);
	struct value length;
	struct str fill = STR(" "), self = call->self.text;
	double wanted;
	bool repeat = call->native->tag == 2;
	if (!call_arg(call, 0, &length) || !js_to_number(call->interp, call->node, &length, &wanted) ||
	    (call->nargs > 1 && !call_text(call, 1, &fill)))
		return false;
	if (!repeat && (!needs_ascii(call, self) || !needs_ascii(call, fill)))
		return false;
	if (!(wanted >= 0 && wanted <= 10000))
		return call_refuse(call, "a text of that length");
	for (double i = 0; repeat && i < wanted; i++)
		buf_str(&text, self);
	if (call->native->tag == 1)
		buf_str(&text, self);
	for (size_t i = self.len; !repeat && fill.len && i < (size_t)wanted; i++)
		buf_char(&text, fill.ptr[(i - self.len) % fill.len]);
	if (!call->native->tag)
		buf_str(&text, self);
	*ret_value = js_string(buf_as_str(&text));
	return true;
}

static bool string_concat(struct call *call, struct value *ret_value)
{
	struct buf text = buf_init(call->interp->arena);
	buf_str(&text, call->self.text);
	for (size_t i = 0; i < call->nargs; i++) {
		struct value value;
		struct str piece;
		if (!call_arg(call, i, &value) || !js_to_text(call->interp, call->node, &value, &piece))
			return false;
		buf_str(&text, piece);
	}
	*ret_value = js_string(buf_as_str(&text));
	return true;
}

static const struct method methods[] = {
	{ "toLowerCase", string_shape, LOWER },
	{ "toUpperCase", string_shape, UPPER },
	{ "trim", string_shape, TRIM },
	{ "trimStart", string_shape, TRIM_START },
	{ "trimEnd", string_shape, TRIM_END },
	{ "toString", string_shape, SAME },
	{ "valueOf", string_shape, SAME },
	{ "split", string_split, 0 },
	{ "replace", string_replace, 0 },
	{ "replaceAll", string_replace, 1 },
	{ "startsWith", string_test, TEST_STARTS },
	{ "endsWith", string_test, TEST_ENDS },
	{ "includes", string_test, TEST_INCLUDES },
	{ "indexOf", string_test, TEST_INDEX },
	{ "slice", string_slice, 0 },
	{ "substring", string_substring, 0 },
	{ "match", string_match, 0 },
	{ "localeCompare", string_order, 0 },
	{ "at", string_at, 0 },
	{ "charAt", string_char_at, 0 },
	{ "padStart", string_fill, 0 },
	{ "padEnd", string_fill, 1 },
	{ "repeat", string_fill, 2 },
	{ "concat", string_concat, 0 },
};

const struct methods string_methods = { methods, LEN(methods) };
