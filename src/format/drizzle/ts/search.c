#include "format/drizzle/ts/builtin.h"
#include "format/drizzle/ts/regex.h"

/* Texts and regular expressions: replace(), split(), match(), test(). */

/* The expression that an argument is, and the text that it is looked for in. */
static bool take_regex(struct call *call, const struct value *value, struct regex *ret_regex)
{
	return regex_parse(value->text, ret_regex) ||
		call_refuse(call, "the regular expression " STR_FMT " is not understood", STR_ARG(value->text));
}

static bool find(struct call *call, const struct regex *regex, struct str text, size_t from, struct match *match,
		 bool *ret_found)
{
	enum regex_result result = regex_find(regex, text, from, match);
	*ret_found = result == REGEX_FOUND;
	call->interp->steps += 100 + text.len + match->steps;
	if (call->interp->steps > INTERP_MAX_STEPS)
		return call_refuse(call, "this computes for too long");
	return result != REGEX_REFUSED ||
		call_refuse(call, "the regular expression /" STR_FMT "/ on this text is not understood",
			    STR_ARG(regex->pattern));
}

static struct value group_value(const struct match *match, unsigned group)
{
	return match->groups[group].ptr ? js_string(match->groups[group]) : js_undefined();
}

/* $1, $&, $`, $' and $$ */
static void expand(struct str whole, const struct match *match, struct str by, struct buf *out)
{
	size_t from = (size_t)(match->groups[0].ptr - whole.ptr), to = from + match->groups[0].len;
	for (size_t i = 0; i < by.len; i++) {
		char next = i + 1 < by.len ? by.ptr[i + 1] : 0;
		unsigned group = next >= '1' && next <= '9' ? (unsigned)(next - '0') : 0;
		bool known = (next && strchr("&$`'", next)) || (group && group < match->len);
		if (by.ptr[i] != '$' || !known) {
			buf_char(out, by.ptr[i]);
			continue;
		}
		i++;
		if (next == '$')
			buf_char(out, '$');
		else if (next == '`' || next == '\'')
			buf_str(out, next == '`' ? str_slice(whole, 0, from) : str_slice(whole, to, whole.len));
		else if (match->groups[group].ptr)
			buf_str(out, match->groups[group]);
	}
}

/* What a function makes of the match, its groups, the place and the whole text. */
static bool replaced(struct call *call, const struct value *by, const struct match *match, struct buf *out)
{
	struct slot *args[REGEX_GROUPS + 2];
	size_t n = 0;
	struct value value;
	struct str text;
	if (by->kind != V_CLOSURE && by->kind != V_NATIVE && by->kind != V_HOST) {
		if (!js_to_text(call->interp, call->node, by, &text))
			return false;
		expand(call->self.text, match, text, out);
		return true;
	}
	for (; n < match->len; n++)
		args[n] = slot_ready(call->interp->arena, group_value(match, (unsigned)n));
	args[n++] = slot_ready(call->interp->arena, js_number((double)(match->groups[0].ptr - call->self.text.ptr)));
	args[n++] = slot_ready(call->interp->arena, call->self);
	if (!js_call(call->interp, call->node, by, NULL, args, n, &value) ||
	    !js_to_text(call->interp, call->node, &value, &text))
		return false;
	buf_str(out, text);
	return true;
}

bool replace_found(struct call *call, const struct value *by, struct str found, struct buf *out)
{
	struct match match = { .groups = { found }, .len = 1 };
	return replaced(call, by, &match, out);
}

/* Behind a match; one that took nothing is not found again at the same place. */
static size_t behind(struct str text, const struct match *match)
{
	return (size_t)(match->groups[0].ptr - text.ptr) + match->groups[0].len + !match->groups[0].len;
}

bool replace_matches(struct call *call, const struct value *what, const struct value *by, struct value *ret_value)
{
	struct buf out = buf_init(call->interp->arena);
	struct str text = call->self.text;
	struct regex regex;
	struct match match;
	size_t from = 0, kept = 0;
	bool found = true;
	if (!take_regex(call, what, &regex))
		return false;
	while (found && from <= text.len) {
		if (!find(call, &regex, text, from, &match, &found))
			return false;
		if (!found)
			break;
		buf_str(&out, str_slice(text, kept, (size_t)(match.groups[0].ptr - text.ptr)));
		if (!replaced(call, by, &match, &out))
			return false;
		kept = (size_t)(match.groups[0].ptr - text.ptr) + match.groups[0].len;
		from = behind(text, &match);
		found = regex.global;
	}
	buf_str(&out, str_slice(text, kept, text.len));
	*ret_value = js_string(buf_as_str(&out));
	return true;
}

bool split_matches(struct call *call, const struct value *at, struct value *ret_value)
{
	struct arena *arena = call->interp->arena;
	struct slots out = { 0 };
	struct str text = call->self.text;
	struct regex regex;
	struct match match;
	size_t from = 0, kept = 0;
	bool found = true;
	if (!take_regex(call, at, &regex) || (!text.len && !find(call, &regex, text, 0, &match, &found)))
		return false;
	if (!text.len && found)
		return call_array(call, out, ret_value);
	while (from < text.len) {
		if (!find(call, &regex, text, from, &match, &found))
			return false;
		size_t start = found ? (size_t)(match.groups[0].ptr - text.ptr) : text.len;
		if (start >= text.len)
			break;
		from = start + match.groups[0].len;
		if (from == kept) { /* nothing, where the last piece ended */
			from++;
			continue;
		}
		vec_push(arena, &out, slot_ready(arena, js_string(str_slice(text, kept, start))));
		for (unsigned i = 1; i < match.len; i++)
			vec_push(arena, &out, slot_ready(arena, group_value(&match, i)));
		kept = from;
	}
	vec_push(arena, &out, slot_ready(arena, js_string(str_slice(text, kept, text.len))));
	return call_array(call, out, ret_value);
}

/* text.match(/x/): the match and its groups; with the flag g all matches; null where there is none. */
bool string_match(struct call *call, struct value *ret_value)
{
	struct arena *arena = call->interp->arena;
	struct slots out = { 0 };
	struct value what;
	struct regex regex;
	struct match match;
	bool found = true;
	if (!call_arg(call, 0, &what))
		return false;
	if (what.kind != V_REGEX)
		return call_refuse(call, "match() with %s is not understood", js_describe(arena, &what));
	if (!take_regex(call, &what, &regex))
		return false;
	for (size_t from = 0; found && from <= call->self.text.len; from = behind(call->self.text, &match)) {
		if (!find(call, &regex, call->self.text, from, &match, &found))
			return false;
		for (unsigned i = 0; found && i < (regex.global ? 1 : match.len); i++)
			vec_push(arena, &out, slot_ready(arena, group_value(&match, i)));
		found = found && regex.global;
	}
	*ret_value = (struct value){ .kind = V_NULL };
	return !out.len || call_array(call, out, ret_value);
}

/* /x/.test(text) */
static bool regex_test(struct call *call, struct value *ret_value)
{
	struct regex regex;
	struct match match;
	struct value value;
	struct str text;
	bool found;
	if (!call_arg(call, 0, &value) || !js_to_text(call->interp, call->node, &value, &text) ||
	    !take_regex(call, &call->self, &regex) || !find(call, &regex, text, 0, &match, &found))
		return false;
	*ret_value = js_boolean(found);
	return !(regex.global || regex.sticky) ||
		call_refuse(call, "test() with the flag g goes on where it was, and that is not understood");
}

static const struct method methods[] = { { "test", regex_test, 0 } };
const struct methods regex_methods = { methods, LEN(methods) };
