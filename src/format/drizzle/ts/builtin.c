#include "format/drizzle/ts/builtin.h"

#include <math.h>

/*
 * JavaScript's own: what the files of its parts share, and the members of functions, numbers and dates.  Only what is a pure function of its arguments.
 */

bool call_array(struct call *call, struct slots items, struct value *ret_value)
{
	*ret_value = js_array(call->interp->arena);
	ret_value->array->items = items;
	return true;
}

bool call_function(struct call *call, size_t index, struct value *ret_function)
{
	if (!call_arg(call, index, ret_function))
		return false;
	return ret_function->kind == V_CLOSURE || ret_function->kind == V_NATIVE || ret_function->kind == V_HOST ||
		call_refuse(call, "%s where a function is needed", js_describe(call->interp->arena, ret_function));
}

/* fn(item, index, array) */
bool call_each(struct call *call, const struct value *function, struct slot *item, size_t index,
	       struct value *ret_value)
{
	struct slot *args[] = { item, slot_ready(call->interp->arena, js_number((double)index)),
				slot_ready(call->interp->arena, call->self) };
	return js_call(call->interp, call->node, function, NULL, args, LEN(args), ret_value);
}

bool call_test(struct call *call, const struct value *function, struct slot *item, size_t index, bool *ret_truth)
{
	struct value value;
	return call_each(call, function, item, index, &value) && js_truth(call->interp, call->node, &value, ret_truth);
}

bool call_integer(struct call *call, size_t index, double otherwise, double *ret_number)
{
	struct value value;
	*ret_number = otherwise;
	if (!call_arg(call, index, &value))
		return false;
	if (value.kind == V_UNDEFINED)
		return true;
	if (!js_to_number(call->interp, call->node, &value, ret_number))
		return false;
	*ret_number = isnan(*ret_number) ? 0 : trunc(*ret_number);
	return true;
}

bool call_place(struct call *call, size_t len, size_t *ret_place, bool *ret_there)
{
	double number;
	if (!call_integer(call, 0, 0, &number))
		return false;
	if (number < 0)
		number += (double)len;
	*ret_there = number >= 0 && number < (double)len;
	*ret_place = *ret_there ? (size_t)number : 0;
	return true;
}

bool call_position(struct call *call, size_t index, size_t len, size_t otherwise, size_t *ret_position)
{
	double number;
	if (!call_integer(call, index, (double)otherwise, &number))
		return false;
	if (number < 0)
		number = number + (double)len < 0 ? 0 : number + (double)len;
	*ret_position = number > (double)len ? len : (size_t)number;
	return true;
}

bool call_identity(struct call *call, struct value *ret_value)
{
	return call_arg(call, 0, ret_value);
}

/* ---- functions ---- */

/* f.call(self, ...): what a function of ours is a method of, it stays. */
static bool function_call(struct call *call, struct value *ret_value)
{
	struct value self, function = call->native->self;
	if (!call_arg(call, 0, &self))
		return false;
	size_t skip = call->nargs ? 1 : 0;
	return js_call(call->interp, call->node, &function, &self, call->args + skip, call->nargs - skip, ret_value);
}

static bool function_bind(struct call *call, struct value *ret_value)
{
	*ret_value = call->native->self;
	return call->nargs <= 1 || call_refuse(call, "bind() with arguments is not understood");
}

static const struct method function_methods[] = { { "call", function_call, 0 }, { "bind", function_bind, 0 } };

/* ---- numbers, dates ---- */

static bool to_text(struct call *call, struct value *ret_value)
{
	struct str text;
	double radix;
	if (!call_integer(call, 0, 10, &radix))
		return false;
	if (radix != 10)
		return call_refuse(call, "toString() with a base is not understood");
	if (!js_to_text(call->interp, call->node, &call->self, &text))
		return false;
	*ret_value = js_string(text);
	return true;
}

static bool date_iso(struct call *call, struct value *ret_value)
{
	struct str json;
	if (!js_json(call->interp, call->node, &call->self, &json))
		return false;
	*ret_value = js_string(str_slice(json, 1, json.len - 1));
	return true;
}

static bool date_time(struct call *call, struct value *ret_value)
{
	*ret_value = js_number(call->self.number);
	return true;
}

static const struct method number_methods[] = { { "toString", to_text, 0 }, { "toFixed", NULL, 0 } };
static const struct method date_methods[] = { { "toISOString", date_iso, 0 },
					      { "toJSON", date_iso, 0 },
					      { "getTime", date_time, 0 } };

#define METHODS(table) ((struct methods){ table, LEN(table) })

static bool find_method(struct interp *interp, struct methods methods, const struct value *self, struct str key,
			struct value *ret_value)
{
	for (size_t i = 0; i < methods.len; i++) {
		const struct method *method = &methods.ptr[i];
		if (!method->run || !str_eq(str_of(method->name), key))
			continue;
		struct native *native = arena_alloc(interp->arena, sizeof(*native));
		*native = (struct native){ method->name, method->run, method->tag, *self };
		*ret_value = (struct value){ .kind = V_NATIVE, .native = native };
		return true;
	}
	return false;
}

/* As JavaScript counts: a character beyond the first 65,536 is two. */
static size_t utf16_length(struct str text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		n += (c & 0xc0) != 0x80;
		n += c >= 0xf0;
	}
	return n;
}

static bool element(struct interp *interp, const struct value *object, struct str key, struct value *ret_value)
{
	unsigned long long index;
	struct slots items;
	if (!str_to_u64(key, &index))
		return true;
	if (!js_items(interp, NULL, object, &items))
		return false;
	return index >= items.len || slot_value(interp, items.ptr[index], ret_value);
}

bool builtin_member(struct interp *interp, const struct value *object, struct str key, struct value *ret_value)
{
	*ret_value = js_undefined();
	if (object->kind == V_STRING && js_is_symbol(object->text))
		return true;
	if (object->kind == V_ARRAY || object->kind == V_STRING) {
		bool array = object->kind == V_ARRAY;
		if (str_eq(key, STR("length"))) {
			*ret_value = js_number((double)(array ? object->array->items.len : utf16_length(object->text)));
			return true;
		}
		return find_method(interp, array ? array_methods : string_methods, object, key, ret_value) ||
			element(interp, object, key, ret_value);
	}
	if (object->kind == V_CLOSURE || object->kind == V_NATIVE)
		find_method(interp, METHODS(function_methods), object, key, ret_value);
	else if (object->kind == V_REGEX)
		find_method(interp, regex_methods, object, key, ret_value);
	else if (object->kind == V_DATE)
		find_method(interp, METHODS(date_methods), object, key, ret_value);
	else if (object->kind == V_NUMBER || object->kind == V_BIGINT || object->kind == V_BOOLEAN)
		find_method(interp, METHODS(number_methods), object, key, ret_value);
	return true;
}
