#include "format/drizzle/ts/regex.h"

#include <stdint.h>

/*
 * A matcher that goes back: each part of the pattern is tried at a place, and calls for what comes behind it.  The pattern is read anew each time; schemas
 * are small.
 */

enum { MAX_STEPS = 2000000, MAX_DEPTH = 2000, READ_A_STEP = 8 };

struct matcher {
	const struct regex *regex;
	struct str text;
	struct match *match;
	unsigned depth;
	unsigned long steps;
	bool refused;
};

/* What stands behind a part: the rest of its alternative, then the rest of what is around it. */
struct behind {
	const char *at, *end;
	const struct behind *outer;
	unsigned group;          /* that ends there, or 0 */
	const char *group_start; /* in the text */
	const struct loop *loop; /* that goes on there, or NULL */
};

struct loop {
	const char *part, *part_end, *rest, *rest_end; /* in the pattern */
	const struct behind *behind;
	unsigned least, most, turns;
	unsigned groups_from, groups_to; /* that begin in the part: the first, and behind the last */
	bool lazy;
	const char *before; /* where the turn began */
};

static bool match_rest(struct matcher *m, const char *at, const char *end, const char *text,
		       const struct behind *behind);

static bool refuse(struct matcher *m)
{
	m->refused = true;
	return false;
}

static const char *text_end(const struct matcher *m)
{
	return m->text.ptr + m->text.len;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static char folded(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
}

/* ---- one character ---- */

/* \d and its kin; -1: it is none of these. */
static int in_escape(char escape, char c)
{
	bool space = c == ' ' || (c >= '\t' && c <= '\r');
	switch (escape) {
	case 'd':
		return c >= '0' && c <= '9';
	case 'D':
		return !(c >= '0' && c <= '9');
	case 'w':
		return is_word(c);
	case 'W':
		return !is_word(c);
	case 's':
		return space;
	case 'S':
		return !space;
	default:
		return -1;
	}
}

static bool is_plain_escape(char c)
{
	return !is_word(c) || strchr("nrtfv0", c);
}

static char escaped(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'f':
		return '\f';
	case 'v':
		return '\v';
	case '0':
		return 0;
	default:
		return c;
	}
}

/* Behind the "]" of a class that begins at "["; NULL: there is none. */
static const char *class_end(const char *at, const char *end)
{
	for (at++; at < end; at++) {
		if (*at == '\\')
			at++;
		else if (*at == ']')
			return at + 1;
	}
	return NULL;
}

static bool in_class_as(struct matcher *m, const char *at, const char *end, char c)
{
	bool found = false;
	for (; at < end; at++) {
		char low = *at;
		if (low == '\\' && at + 1 < end) {
			int in = in_escape(*++at, c);
			found = found || in > 0;
			if (in >= 0)
				continue;
			if (!is_plain_escape(*at) && *at != 'b')
				return refuse(m);
			low = *at == 'b' ? '\b' : escaped(*at);
		}
		char high = low;
		if (at + 2 < end && at[1] == '-') {
			at += 2;
			high = *at;
			if (high == '\\' && at + 1 < end) {
				if (!is_plain_escape(*++at))
					return refuse(m);
				high = escaped(*at);
			}
		}
		found = found || (c >= low && c <= high);
	}
	return found;
}

static bool in_class(struct matcher *m, const char *at, const char *end, char c)
{
	char upper = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	bool negated = at < end && *at == '^', found;
	at += negated;
	found = in_class_as(m, at, end, m->regex->fold ? folded(c) : c) ||
		(m->regex->fold && in_class_as(m, at, end, upper));
	return !m->refused && found != negated;
}

/* ---- parts of the pattern ---- */

/* Behind the ")" of a group that begins at "("; NULL: there is none. */
static const char *group_end(const char *at, const char *end)
{
	unsigned depth = 0;
	while (at && at < end) {
		if (*at == '\\')
			at++;
		else if (*at == '[') {
			at = class_end(at, end);
			continue;
		} else if (*at == '(')
			depth++;
		else if (*at == ')' && --depth == 0)
			return at + 1;
		at++;
	}
	return NULL;
}

/* The end of the alternative that begins at `at`: "|" or the end. */
static const char *alternative_end(const char *at, const char *end)
{
	while (at && at < end && *at != '|') {
		if (*at == '\\')
			at++;
		else if (*at == '[' || *at == '(') {
			at = *at == '[' ? class_end(at, end) : group_end(at, end);
			continue;
		}
		at++;
	}
	return at && at > end ? end : at;
}

static const char *part_end(const char *at, const char *end)
{
	if (*at == '[')
		return class_end(at, end);
	if (*at == '(')
		return group_end(at, end);
	if (*at == '\\')
		return at + 1 < end ? at + 2 : NULL;
	return at + 1;
}

/* "{2,3}?" and the like at `at`; what is none is one time. */
static const char *read_quantifier(const char *at, const char *end, struct loop *loop)
{
	loop->least = loop->most = 1;
	if (at >= end)
		return at;
	if (*at == '*' || *at == '+' || *at == '?') {
		loop->least = *at == '+';
		loop->most = *at == '?' ? 1 : UINT32_MAX;
		at++;
	} else if (*at == '{' && at + 1 < end && at[1] >= '0' && at[1] <= '9') {
		unsigned least = 0, most = 0;
		const char *digit = at + 1;
		for (; digit < end && *digit >= '0' && *digit <= '9' && least < 100000; digit++)
			least = least * 10 + (unsigned)(*digit - '0');
		bool open = digit < end && *digit == ',', said = false;
		for (digit += open; digit < end && *digit >= '0' && *digit <= '9' && most < 100000;
		     digit++, said = true)
			most = most * 10 + (unsigned)(*digit - '0');
		if (digit >= end || *digit != '}')
			return at;
		loop->least = least;
		loop->most = !open ? least : said ? most : UINT32_MAX;
		at = digit + 1;
	} else {
		return at;
	}
	loop->lazy = at < end && *at == '?';
	return at + loop->lazy;
}

/* How many groups begin in front of a place in the pattern, and itself. */
static unsigned group_number(const struct matcher *m, const char *group)
{
	unsigned n = 0;
	const char *end = m->regex->pattern.ptr + m->regex->pattern.len;
	for (const char *at = m->regex->pattern.ptr; at && at <= group; at++) {
		if (*at == '\\')
			at++;
		else if (*at == '[') {
			at = class_end(at, end);
			if (!at)
				return 0;
			at--;
		} else if (*at == '(' &&
			   (at + 1 >= end || at[1] != '?' ||
			    (at + 3 < end && at[2] == '<' && at[3] != '=' && at[3] != '!')))
			n++;
	}
	return n;
}

/* ---- matching ---- */

static bool match_behind(struct matcher *m, const char *text, const struct behind *behind);

static bool match_alternatives(struct matcher *m, const char *at, const char *end, const char *text,
			       const struct behind *behind)
{
	for (;;) {
		const char *stop = alternative_end(at, end);
		if (!stop)
			return refuse(m);
		m->steps += (unsigned long)(stop - at) / READ_A_STEP;
		if (match_rest(m, at, stop, text, behind))
			return true;
		if (m->refused || stop >= end)
			return false;
		at = stop + 1;
	}
}

/* (?=x) and (?!x): what they match is not taken. */
static bool looks(struct matcher *m, const char *at, const char *end, const char *text)
{
	return match_alternatives(m, at, end, text, NULL);
}

static bool match_group(struct matcher *m, const struct loop *loop, const char *text, const struct behind *behind)
{
	const char *at = loop->part + 1, *end = loop->part_end - 1;
	unsigned number = 0;
	if (at + 1 < end && *at == '?' && (at[1] == '=' || at[1] == '!')) {
		struct match kept = *m->match;
		bool found = looks(m, at + 2, end, text), wanted = at[1] == '=';
		if (!wanted || !found)
			*m->match = kept;
		m->match->groups[0] = kept.groups[0];
		if (!m->refused && found == wanted && match_behind(m, text, behind))
			return true;
		*m->match = kept;
		return false;
	}
	if (at + 1 < end && *at == '?' && at[1] == ':') {
		at += 2;
	} else {
		number = group_number(m, loop->part);
		m->steps += (unsigned long)(loop->part - m->regex->pattern.ptr) / READ_A_STEP;
		if (at < end && *at == '?') {
			const char *name = at + 1 < end && at[1] == '<' ? memchr(at, '>', (size_t)(end - at)) : NULL;
			if (!name || at[2] == '=' || at[2] == '!')
				return refuse(m);
			at = name + 1;
		}
		if (!number || number >= REGEX_GROUPS)
			return refuse(m);
	}
	struct behind inner = { .at = end, .end = end, .outer = behind, .group = number, .group_start = text };
	struct str old = m->match->groups[number];
	if (match_alternatives(m, at, end, text, &inner))
		return true;
	m->match->groups[number] = old;
	return false;
}

static bool ends_line(char c)
{
	return c == '\n' || c == '\r';
}

/* ^ $ \b \B: 1 or 0; -1: it is none of these. */
static int match_place(const struct matcher *m, const char *part, const char *text)
{
	bool first = text == m->text.ptr, last = text == text_end(m);
	if (*part == '^')
		return first || (m->regex->lines && ends_line(text[-1]));
	if (*part == '$')
		return last || (m->regex->lines && ends_line(*text));
	if (*part != '\\' || (part[1] != 'b' && part[1] != 'B'))
		return -1;
	bool edge = (!first && is_word(text[-1])) != (!last && is_word(*text));
	return edge == (part[1] == 'b');
}

/* A reference \1: how far it goes, or NULL.  To a group that is not there it would be a character, by its octal number. */
static const char *match_reference(struct matcher *m, const char *part, const char *text)
{
	unsigned number = (unsigned)(part[1] - '0');
	struct str group = m->match->groups[number];
	if (number >= m->match->len)
		return refuse(m), NULL;
	if (!group.ptr)
		return text;
	if ((size_t)(text_end(m) - text) < group.len)
		return NULL;
	for (size_t i = 0; i < group.len; i++)
		if (m->regex->fold ? folded(group.ptr[i]) != folded(text[i]) : group.ptr[i] != text[i])
			return NULL;
	return text + group.len;
}

static bool match_character(struct matcher *m, const char *part, const char *end, char c)
{
	if (*part == '.')
		return m->regex->dot_all || !ends_line(c);
	if (*part == '[')
		return in_class(m, part + 1, end - 1, c);
	if (*part == '\\') {
		int in = in_escape(part[1], c);
		if (in < 0 && !is_plain_escape(part[1]))
			return refuse(m);
		return in >= 0 ? in > 0 : c == escaped(part[1]);
	}
	return m->regex->fold ? folded(c) == folded(*part) : c == *part;
}

/* The part once, and then what stands behind. */
static bool match_once(struct matcher *m, const struct loop *loop, const char *text, const struct behind *behind)
{
	const char *part = loop->part;
	int place = match_place(m, part, text);
	if (*part == '(')
		return match_group(m, loop, text, behind);
	if (place >= 0)
		return place && match_behind(m, text, behind);
	if (*part == '\\' && part[1] >= '1' && part[1] <= '9') {
		const char *after = match_reference(m, part, text);
		return after && match_behind(m, after, behind);
	}
	return text < text_end(m) && match_character(m, part, loop->part_end, *text) && !m->refused &&
		match_behind(m, text + 1, behind);
}

/* Each turn begins without what the one before has taken into its groups. */
static bool turn(struct matcher *m, const struct loop *loop, const char *text, const struct behind *again)
{
	struct match kept;
	if (loop->groups_from >= loop->groups_to)
		return match_once(m, loop, text, again);
	kept = *m->match;
	for (unsigned i = loop->groups_from; i < loop->groups_to; i++)
		m->match->groups[i] = (struct str){ 0 };
	if (match_once(m, loop, text, again))
		return true;
	*m->match = kept;
	return false;
}

/* As RepeatMatcher of the standard (ECMA-262, 22.2.2.3.1): a turn that nobody needed and that took nothing is none. */
static bool match_turn(struct matcher *m, const struct loop *loop, const char *text)
{
	struct loop next = *loop;
	struct behind again = { .outer = loop->behind, .loop = &next };
	next.turns = loop->turns + 1;
	next.before = text;
	if (loop->turns > loop->least && text == loop->before)
		return false;
	bool more = loop->turns < loop->most, enough = loop->turns >= loop->least;
	if (enough && loop->lazy && match_rest(m, loop->rest, loop->rest_end, text, loop->behind))
		return true;
	if (!m->refused && more && turn(m, loop, text, &again))
		return true;
	return !m->refused && enough && !loop->lazy && match_rest(m, loop->rest, loop->rest_end, text, loop->behind);
}

static bool match_loop(struct matcher *m, const struct loop *loop, const char *text)
{
	if (++m->steps > MAX_STEPS || m->depth > MAX_DEPTH)
		return refuse(m);
	m->depth++;
	bool ok = match_turn(m, loop, text);
	m->depth--;
	return ok;
}

static bool match_behind(struct matcher *m, const char *text, const struct behind *behind)
{
	struct str old;
	if (!behind) {
		m->match->groups[0].len = (size_t)(text - m->match->groups[0].ptr);
		return true;
	}
	if (behind->loop)
		return match_loop(m, behind->loop, text);
	if (!behind->group)
		return match_rest(m, behind->at, behind->end, text, behind->outer);
	old = m->match->groups[behind->group];
	m->match->groups[behind->group] = (struct str){ behind->group_start, (size_t)(text - behind->group_start) };
	if (match_behind(m, text, behind->outer))
		return true;
	m->match->groups[behind->group] = old;
	return false;
}

static bool match_rest(struct matcher *m, const char *at, const char *end, const char *text,
		       const struct behind *behind)
{
	if (at >= end)
		return match_behind(m, text, behind);
	struct loop loop = { .part = at, .part_end = part_end(at, end), .behind = behind, .rest_end = end };
	if (!loop.part_end || loop.part_end > end || strchr("*+?)", *at))
		return refuse(m);
	m->steps += (unsigned long)(loop.part_end - at) / READ_A_STEP;
	loop.rest = read_quantifier(loop.part_end, end, &loop);
	loop.before = text;
	if (*at == '(' && loop.most > 1) {
		loop.groups_from = at > m->regex->pattern.ptr ? group_number(m, at - 1) + 1 : 1;
		loop.groups_to = group_number(m, loop.part_end - 1) + 1;
	}
	return match_loop(m, &loop, text);
}

/* ---- from outside ---- */

bool regex_parse(struct str written, struct regex *ret_regex)
{
	size_t last = written.len;
	*ret_regex = (struct regex){ 0 };
	while (last > 1 && written.ptr[last - 1] != '/')
		last--;
	if (last < 3 || written.ptr[0] != '/')
		return false;
	ret_regex->pattern = str_slice(written, 1, last - 1);
	for (size_t i = last; i < written.len; i++) {
		char flag = written.ptr[i];
		if (!strchr("gimsuyd", flag))
			return false;
		ret_regex->global = ret_regex->global || flag == 'g';
		ret_regex->fold = ret_regex->fold || flag == 'i';
		ret_regex->lines = ret_regex->lines || flag == 'm';
		ret_regex->dot_all = ret_regex->dot_all || flag == 's';
		ret_regex->sticky = ret_regex->sticky || flag == 'y';
	}
	return true;
}

static bool is_ascii(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] >= 0x80)
			return false;
	return true;
}

enum regex_result regex_find(const struct regex *regex, struct str text, size_t from, struct match *ret_match)
{
	struct matcher m = { .regex = regex, .text = text, .match = ret_match };
	const char *end = regex->pattern.ptr + regex->pattern.len;
	unsigned groups = group_number(&m, end - 1);
	*ret_match = (struct match){ 0 };
	if (!is_ascii(text) || !is_ascii(regex->pattern) || groups >= REGEX_GROUPS)
		return REGEX_REFUSED;
	for (; from <= text.len; from++) {
		*ret_match = (struct match){ .len = groups + 1, .steps = m.steps };
		ret_match->groups[0].ptr = text.ptr + from;
		bool found = match_alternatives(&m, regex->pattern.ptr, end, text.ptr + from, NULL);
		ret_match->steps = m.steps;
		if (m.refused)
			return REGEX_REFUSED;
		if (found)
			return REGEX_FOUND;
		if (regex->sticky)
			break;
	}
	return REGEX_NONE;
}
