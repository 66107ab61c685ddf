#include "format/prisma/psl/coerce.h"

#include <errno.h>
#include <stdlib.h>

/* ---- values ---- */

static const char *kind_said(enum psl_value_kind kind)
{
	switch (kind) {
	case PSL_STRING:
		return "the string";
	case PSL_NUMBER:
		return "the number";
	case PSL_WORD:
		return "the word";
	case PSL_CALL:
		return "the function";
	case PSL_ARRAY:
		return "the list";
	case PSL_OBJECT:
		return "the object";
	}
	return "";
}

enum { SAID_MAX = 60 };

static bool unexpected(struct psl *psl, const struct psl_value *value, const char *what)
{
	struct str said = str_head(value->at, SAID_MAX);
	const char *more = said.len < value->at.len ? "..." : "";
	psl_problem(psl, value->at, "expected %s, found %s " STR_FMT "%s", what, kind_said(value->kind), STR_ARG(said),
		    more);
	return false;
}

bool value_string(struct psl *psl, const struct psl_value *value, struct str *ret_string)
{
	if (value->kind != PSL_STRING)
		return unexpected(psl, value, "a string");
	*ret_string = value->text;
	return true;
}

bool value_word(struct psl *psl, const struct psl_value *value, struct str *ret_word)
{
	if (value->kind != PSL_WORD)
		return unexpected(psl, value, "a name");
	*ret_word = value->text;
	return true;
}

bool text_integer(struct str text, long long *ret_integer)
{
	char digits[32], *end;
	if (!text.len || text.len >= sizeof(digits))
		return false;
	memcpy(digits, text.ptr, text.len);
	digits[text.len] = '\0';
	errno = 0;
	long long integer = strtoll(digits, &end, 10);
	if (*end || errno)
		return false;
	*ret_integer = integer;
	return true;
}

bool value_integer(struct psl *psl, const struct psl_value *value, long long *ret_integer)
{
	if (value->kind != PSL_NUMBER || !text_integer(value->text, ret_integer))
		return unexpected(psl, value, "a whole number");
	return true;
}

bool value_boolean(struct psl *psl, const struct psl_value *value, bool *ret_boolean)
{
	bool yes = value->kind == PSL_WORD && str_eq(value->text, STR("true"));
	if (!yes && !(value->kind == PSL_WORD && str_eq(value->text, STR("false"))))
		return unexpected(psl, value, "true or false");
	*ret_boolean = yes;
	return true;
}

struct psl_arguments value_items(struct arena *arena, struct psl_value *value)
{
	struct psl_arguments one = { 0 };
	if (value->kind == PSL_ARRAY)
		return value->args;
	vec_push(arena, &one, (struct psl_argument){ .at = value->at, .value = value });
	return one;
}

bool value_is_call(const struct psl_value *value, const char *name)
{
	return value && value->kind == PSL_CALL && str_eq(value->text, str_of(name));
}

struct words words_of(struct arena *arena, const char *const *names)
{
	struct words words = { 0 };
	for (size_t i = 0; names[i]; i++)
		vec_push(arena, &words, names[i]);
	return words;
}

/* ---- arguments ---- */

static struct psl_value *take(struct psl *psl, struct psl_argument *argument)
{
	argument->seen = true;
	if (!argument->value)
		psl_problem(psl, argument->at, "\"" STR_FMT "\" has no value", STR_ARG(argument->name));
	return argument->value;
}

struct psl_value *argument(struct psl *psl, struct psl_attribute *attribute, const char *name, bool unnamed)
{
	struct psl_argument *found = NULL;
	for (size_t i = 0; i < attribute->args.len; i++) {
		struct psl_argument *each = &attribute->args.ptr[i];
		bool fits = str_eq(each->name, str_of(name)) || (unnamed && !each->name.len);
		if (!fits || each->seen)
			continue;
		if (found) {
			each->seen = true;
			psl_problem(psl, each->at, "\"%s\" is given twice to \"" STR_FMT "\"", name,
				    STR_ARG(attribute->name));
		} else {
			found = each;
		}
	}
	return found ? take(psl, found) : NULL;
}

struct str argument_name(struct psl *psl, struct psl_attribute *attribute, const char *name)
{
	struct str said = { 0 };
	struct psl_value *value = argument(psl, attribute, name, false);
	if (value && value_string(psl, value, &said) && !said.len)
		psl_problem(psl, value->at, "\"%s\" must not be empty", name);
	return said;
}

void arguments_done(struct psl *psl, struct psl_attribute *attribute, const char *const *known)
{
	struct words words = words_of(psl->arena, known);
	for (size_t i = 0; i < attribute->args.len; i++) {
		struct psl_argument *each = &attribute->args.ptr[i];
		if (each->seen)
			continue;
		if (!each->name.len) {
			psl_problem(psl, each->at, "\"" STR_FMT "\" takes no argument like " STR_FMT,
				    STR_ARG(attribute->name), STR_ARG(each->at));
			continue;
		}
		psl_problem(psl, each->at, "\"" STR_FMT "\" has no argument \"" STR_FMT "\"", STR_ARG(attribute->name),
			    STR_ARG(each->name));
		psl_hint_nearest(psl, each->name, &words);
	}
}

/* ---- attributes ---- */

struct psl_attribute *attribute_once(struct psl *psl, struct psl_attributes *attributes, const char *name)
{
	struct psl_attribute *found = NULL;
	for (size_t i = 0; i < attributes->len; i++) {
		struct psl_attribute *each = &attributes->ptr[i];
		if (!str_eq(each->name, str_of(name)))
			continue;
		each->seen = true;
		if (found)
			psl_problem(psl, each->at, "\"" STR_FMT "\" is given twice", STR_ARG(each->name));
		else
			found = each;
	}
	return found;
}

void attributes_done(struct psl *psl, struct psl_attributes *attributes, const char *sign, const char *const *known)
{
	struct words words = words_of(psl->arena, known);
	for (size_t i = 0; i < attributes->len; i++) {
		struct psl_attribute *each = &attributes->ptr[i];
		if (each->seen)
			continue;
		psl_problem(psl, each->at, "there is no attribute \"%s" STR_FMT "\" here", sign, STR_ARG(each->name));
		psl_hint_nearest(psl, each->name, &words);
	}
}
