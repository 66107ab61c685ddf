#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "format/drizzle/ts/evaluate.h"

/* ---- environment ---- */

struct value js_settle(const struct interp *interp, const struct value *value)
{
	if (value->kind != V_ENV)
		return *value;
	const struct slot *assigned = map_get(&interp->assigned, value->text);
	if (assigned)
		return assigned->value;
	const char *key = str_dup(interp->arena, value->text);
	const char *text = interp->environment ? interp->environment(interp, key) : getenv(key);
	return text ? js_text(text) : js_undefined();
}

/* ---- conversions ---- */

static bool refuse_opaque(struct interp *interp, const struct node *at, const struct value *value)
{
	return interp_refuse(interp, at, "the value of this matters, but it is %s", js_describe(interp->arena, value));
}

/* A date as toISOString() writes it. */
static struct str date_text(struct arena *arena, double ms)
{
	double days = floor(ms / 86400000.0), rest = ms - days * 86400000.0;
	long z = (long)days + 719468;
	long era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned doe = (unsigned)(z - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153, day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
	long year = (long)yoe + era * 400 + (month <= 2);
	long long left = (long long)rest;
	if (year < 0 || year > 9999)
		return str_of(arena_printf(arena, "%c%06ld-%02u-%02uT%02lld:%02lld:%02lld.%03lldZ",
					   year < 0 ? '-' : '+', labs(year), month, day, left / 3600000,
					   left / 60000 % 60, left / 1000 % 60, left % 1000));
	return str_of(arena_printf(arena, "%04ld-%02u-%02uT%02lld:%02lld:%02lld.%03lldZ", year, month, day,
				   left / 3600000, left / 60000 % 60, left / 1000 % 60, left % 1000));
}

static bool join_items(struct interp *interp, const struct node *at, const struct value *array, struct str separator,
		       struct str *ret_text)
{
	struct buf text = buf_init(interp->arena);
	for (size_t i = 0; i < array->array->items.len; i++) {
		struct value item;
		struct str piece = { 0 };
		if (!slot_value(interp, array->array->items.ptr[i], &item) ||
		    (!js_is_nullish(&item) && !js_to_text(interp, at, &item, &piece)))
			return false;
		if (i)
			buf_str(&text, separator);
		buf_str(&text, piece);
	}
	*ret_text = buf_as_str(&text);
	return true;
}

bool js_to_key(struct interp *interp, const struct node *at, const struct value *value, struct str *ret_key)
{
	bool symbol = value->kind == V_STRING && js_is_symbol(value->text);
	if (symbol)
		*ret_key = value->text;
	return symbol || js_to_text(interp, at, value, ret_key);
}

bool js_to_text(struct interp *interp, const struct node *at, const struct value *unsettled, struct str *ret_text)
{
	struct value settled = js_settle(interp, unsettled), *value = &settled;
	if (unsettled->kind == V_ENV && settled.kind == V_UNDEFINED)
		return interp_refuse(interp, at, "this needs the environment variable " STR_FMT ", which is not set",
				     STR_ARG(unsettled->text));
	if (++interp->depth > INTERP_MAX_DEPTH)
		return interp_refuse(interp, at, "this is nested too deeply");
	bool ok = true;
	if (value->kind == V_STRING && js_is_symbol(value->text))
		ok = interp_refuse(interp, at, "a symbol where a text is needed");
	else if (value->kind == V_STRING || value->kind == V_BIGINT || value->kind == V_REGEX)
		*ret_text = value->text;
	else if (value->kind == V_NUMBER)
		*ret_text = number_text(interp->arena, value->number);
	else if (value->kind == V_BOOLEAN)
		*ret_text = value->truth ? STR("true") : STR("false");
	else if (value->kind == V_UNDEFINED)
		*ret_text = STR("undefined");
	else if (value->kind == V_NULL)
		*ret_text = STR("null");
	else if (value->kind == V_ARRAY)
		ok = join_items(interp, at, value, STR(","), ret_text);
	else if (value->kind == V_OPAQUE)
		ok = refuse_opaque(interp, at, value);
	else
		ok = interp_refuse(interp, at, "%s where a text is needed", js_describe(interp->arena, value));
	interp->depth--;
	return ok;
}

bool js_truth(struct interp *interp, const struct node *at, const struct value *value, bool *ret_truth)
{
	struct value settled = js_settle(interp, value);
	if (settled.kind == V_OPAQUE)
		return refuse_opaque(interp, at, value);
	if (js_is_nullish(&settled))
		*ret_truth = false;
	else if (settled.kind == V_BOOLEAN)
		*ret_truth = settled.truth;
	else if (settled.kind == V_NUMBER)
		*ret_truth = settled.number != 0 && !isnan(settled.number);
	else if (settled.kind == V_STRING)
		*ret_truth = settled.text.len != 0;
	else
		*ret_truth = settled.kind != V_BIGINT || !str_eq(settled.text, STR("0"));
	return true;
}

/* A text as Number() has it: strtod() knows more ("inf", "0x1p3", "-0x1f"), and less ("0b1"). */
static double number_of(const char *text)
{
	static const char decimal[] = "0123456789", bits[] = "01", octets[] = "01234567",
			  hex[] = "0123456789abcdefABCDEF";
	char letter = text[0] == '0' ? (char)(text[1] | 0x20) : 0, *end;
	const char *digits = letter == 'b' ? bits : letter == 'o' ? octets : letter == 'x' ? hex : NULL;
	if (digits) {
		double number = 0;
		const char *at = text + 2;
		for (; *at && strchr(digits, *at); at++)
			number = number *
					(letter == 'b'           ? 2
						 : letter == 'o' ? 8
								 : 16) +
				(*at <= '9' ? *at - '0' : (*at | 0x20) - 'a' + 10);
		return *at || at == text + 2 ? NAN : number;
	}
	const char *unsigned_text = text + (text[0] == '-' || text[0] == '+');
	bool infinite = strcmp(unsigned_text, "Infinity") == 0;
	if (!infinite && unsigned_text[strspn(unsigned_text, "0123456789.eE+-")])
		return NAN;
	double number = strtod(text, &end);
	return *end || (*text && !infinite && !strpbrk(text, decimal)) ? NAN : number;
}

bool js_to_number(struct interp *interp, const struct node *at, const struct value *value, double *ret_number)
{
	struct value settled = js_settle(interp, value);
	if (settled.kind == V_NUMBER || settled.kind == V_DATE) {
		*ret_number = settled.number;
		return true;
	}
	if (settled.kind == V_BOOLEAN || settled.kind == V_NULL) {
		*ret_number = settled.kind == V_BOOLEAN && settled.truth;
		return true;
	}
	if (settled.kind == V_STRING) {
		*ret_number = number_of(str_dup(interp->arena, str_trim(settled.text)));
		return true;
	}
	if (settled.kind == V_OPAQUE)
		return refuse_opaque(interp, at, value);
	return interp_refuse(interp, at, "%s where a number is needed", js_describe(interp->arena, value));
}

/* ---- JSON.stringify ---- */

static void json_string(struct buf *json, struct str text)
{
	static const char plain[] = "\"\\\n\r\t\b\f", letters[] = "\"\\nrtbf";
	buf_char(json, '"');
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		const char *known = strchr(plain, c);
		if (c && known)
			buf_printf(json, "\\%c", letters[known - plain]);
		else if ((unsigned char)c < 0x20)
			buf_printf(json, "\\u%04x", (unsigned)c);
		else
			buf_char(json, c);
	}
	buf_char(json, '"');
}

static bool json_add_value(struct interp *interp, const struct node *at, const struct value *value, struct buf *json);

static bool json_object(struct interp *interp, const struct node *at, const struct object *object, struct buf *json)
{
	bool first = true;
	buf_char(json, '{');
	for (size_t i = 0; i < object->map.len; i++) {
		struct value value;
		if (!slot_value(interp, object->map.ptr[i].value, &value))
			return false;
		if (value.kind == V_UNDEFINED || value.kind == V_CLOSURE || value.kind == V_NATIVE ||
		    value.kind == V_CLASS || js_is_symbol(object->map.ptr[i].key) ||
		    (value.kind == V_STRING && js_is_symbol(value.text)))
			continue;
		if (!first)
			buf_char(json, ',');
		first = false;
		json_string(json, object->map.ptr[i].key);
		buf_char(json, ':');
		if (!json_add_value(interp, at, &value, json))
			return false;
	}
	buf_char(json, '}');
	return true;
}

static bool json_array(struct interp *interp, const struct node *at, const struct array *array, struct buf *json)
{
	buf_char(json, '[');
	for (size_t i = 0; i < array->items.len; i++) {
		struct value value;
		if (i)
			buf_char(json, ',');
		if (!slot_value(interp, array->items.ptr[i], &value) || !json_add_value(interp, at, &value, json))
			return false;
	}
	buf_char(json, ']');
	return true;
}

static bool json_add_value(struct interp *interp, const struct node *at, const struct value *unsettled,
			   struct buf *json)
{
	struct value settled = js_settle(interp, unsettled), *value = &settled;
	struct str text;
	bool ok = true;
	if (++interp->depth > INTERP_MAX_DEPTH)
		return interp_refuse(interp, at, "this is nested too deeply");
	if (value->kind == V_OBJECT) {
		struct value own;
		ok = js_get(interp, at, value, STR("toJSON"), &own) &&
			(own.kind == V_UNDEFINED ||
			 interp_refuse(interp, at, "an object with a toJSON() of its own is not understood")) &&
			json_object(interp, at, value->object, json);
	} else if (value->kind == V_ARRAY) {
		ok = json_array(interp, at, value->array, json);
	} else if (value->kind == V_STRING && !js_is_symbol(value->text)) {
		json_string(json, value->text);
	} else if (value->kind == V_DATE) {
		json_string(json, date_text(interp->arena, value->number));
	} else if (value->kind == V_UNDEFINED || value->kind == V_CLOSURE || value->kind == V_STRING ||
		   (value->kind == V_NUMBER && !isfinite(value->number))) {
		buf_text(json, "null");
	} else if (value->kind == V_BIGINT || value->kind == V_HOST) {
		ok = interp_refuse(interp, at, "%s cannot be written as JSON", js_describe(interp->arena, value));
	} else {
		ok = js_to_text(interp, at, value, &text);
		buf_str(json, ok ? text : (struct str){ 0 });
	}
	interp->depth--;
	return ok;
}

bool js_json(struct interp *interp, const struct node *at, const struct value *value, struct str *ret_json)
{
	struct buf json = buf_init(interp->arena);
	if (!json_add_value(interp, at, value, &json))
		return false;
	*ret_json = buf_as_str(&json);
	return true;
}

/* ---- members ---- */

static bool host_get(struct interp *interp, const struct value *object, struct str key, struct value *ret_value)
{
	const struct host_class *class = object->host->class;
	struct slot *own = map_get(&object->host->own, key);
	if (own)
		return slot_value(interp, own, ret_value);
	for (size_t i = 0; i < class->nmethods; i++) {
		if (!str_eq(str_of(class->methods[i].name), key))
			continue;
		struct native *native = arena_alloc(interp->arena, sizeof(*native));
		*native = (struct native){ .name = class->methods[i].name,
					   .run = class->methods[i].run,
					   .tag = class->methods[i].tag,
					   .self = *object };
		*ret_value = (struct value){ .kind = V_NATIVE, .native = native };
		return true;
	}
	*ret_value = js_undefined();
	return !class->get || class->get(interp, object->host, key, ret_value);
}

static bool is_word_of(struct str word, const char *words)
{
	for (struct str rest = str_of(words), one; rest.len;) {
		str_cut(rest, ' ', &one, &rest);
		if (str_eq(one, word))
			return true;
	}
	return false;
}

/* What JavaScript has and this does not: to give undefined would be a lie ("items.keys ? ... : ..."). */
static bool refuse_inherited(struct interp *interp, const struct node *at, const struct value *object, struct str key)
{
	static const char all[] =
		"constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf";
	static const char functions[] = "apply arguments bind call caller length name prototype";
	static const char arrays[] =
		"copyWithin entries fill findLast findLastIndex flat keys lastIndexOf pop reduceRight shift splice toSpliced unshift values with";
	static const char texts[] =
		"anchor charCodeAt codePointAt isWellFormed lastIndexOf localeCompare matchAll normalize search substr toLocaleLowerCase "
		"toLocaleUpperCase toWellFormed description";
	static const char numbers[] = "toExponential toFixed toPrecision description";
	const char *own = object->kind == V_CLOSURE || object->kind == V_NATIVE ? functions
		: object->kind == V_ARRAY                                       ? arrays
		: object->kind == V_STRING                                      ? texts
		: object->kind == V_OBJECT                                      ? ""
										: numbers;
	if (!is_word_of(key, own) && !is_word_of(key, all))
		return true;
	const struct node *property = at ? node_role(at, R_PROPERTY) : NULL;
	return interp_refuse(interp, property ? property : at, "\"" STR_FMT "\" of %s is not known here%s",
			     STR_ARG(key), js_describe(interp->arena, object),
			     js_near_member(interp->arena, object, key));
}

bool js_get(struct interp *interp, const struct node *at, const struct value *object, struct str key,
	    struct value *ret_value)
{
	struct value settled = js_settle(interp, object);
	if (settled.kind == V_OPAQUE) {
		*ret_value = settled;
		return true;
	}
	if (js_is_nullish(&settled))
		return interp_refuse(interp, at, "the member \"" STR_FMT "\" of %s", STR_ARG(key),
				     js_describe(interp->arena, object));
	if (settled.kind == V_HOST)
		return host_get(interp, &settled, key, ret_value);
	if (settled.kind == V_CLASS)
		return class_member(interp, settled.class, key, ret_value);
	if (settled.kind == V_CLOSURE)
		return function_member(interp, &settled, key, ret_value) &&
			(ret_value->kind != V_UNDEFINED || refuse_inherited(interp, at, &settled, key));
	struct slot *slot = settled.kind == V_OBJECT ? map_get(js_members_for(settled.object, key), key) : NULL;
	if (slot)
		return slot_value(interp, slot, ret_value);
	bool found = false;
	if (settled.kind == V_OBJECT && !object_method(interp, at, &settled, key, &found, ret_value))
		return false;
	if (found)
		return true;
	return builtin_member(interp, &settled, key, ret_value) &&
		(ret_value->kind != V_UNDEFINED || refuse_inherited(interp, at, &settled, key));
}

bool js_member(struct interp *interp, const struct value *object, const char *key, struct slot **ret_slot)
{
	struct slot *slot = object->kind == V_OBJECT ? js_object_get(object->object, str_of(key)) : NULL;
	(void)interp;
	if (!slot || (slot->state == SLOT_READY && slot->value.kind == V_UNDEFINED))
		return false;
	*ret_slot = slot;
	return true;
}

static void add_characters(struct interp *interp, struct str text, struct slots *items)
{
	for (size_t i = 0, next; i < text.len; i = next) {
		for (next = i + 1; next < text.len && ((unsigned char)text.ptr[next] & 0xc0) == 0x80;)
			next++;
		vec_push(interp->arena, items, slot_ready(interp->arena, js_string(str_slice(text, i, next))));
	}
}

bool js_items(struct interp *interp, const struct node *at, const struct value *value, struct slots *ret_items)
{
	*ret_items = (struct slots){ 0 };
	if (value->kind == V_ARRAY)
		*ret_items = value->array->items;
	else if (value->kind == V_STRING)
		add_characters(interp, value->text, ret_items);
	else if (value->kind == V_HOST && value->host->class->items)
		*ret_items = value->host->class->items(interp, value->host);
	else if (value->kind == V_OPAQUE)
		return refuse_opaque(interp, at, value);
	else
		return interp_refuse(interp, at, "%s where an array is needed", js_describe(interp->arena, value));
	/* The caller may add to its own list, never to the array's. */
	ret_items->cap = ret_items->len;
	return true;
}

bool js_members(struct interp *interp, const struct node *at, const struct value *value, struct object **ret_object)
{
	if (value->kind == V_OBJECT) {
		*ret_object = value->object;
		return true;
	}
	if (value->kind == V_CLASS) {
		*ret_object = value->class->fields;
		return true;
	}
	*ret_object = arena_alloc(interp->arena, sizeof(**ret_object));
	if (value->kind == V_CLOSURE) {
		(*ret_object)->map = value->closure->own;
		return true;
	}
	if (value->kind == V_HOST && value->host->class->members) {
		*ret_object = value->host->class->members(interp, value->host);
		return true;
	}
	if (value->kind == V_ARRAY || value->kind == V_STRING) {
		struct slots items;
		if (!js_items(interp, at, value, &items))
			return false;
		for (size_t i = 0; i < items.len; i++)
			js_object_set(interp->arena, *ret_object, str_of(arena_printf(interp->arena, "%zu", i)),
				      items.ptr[i]);
		return true;
	}
	if (value->kind == V_OPAQUE)
		return refuse_opaque(interp, at, value);
	return interp_refuse(interp, at, "the members of %s", js_describe(interp->arena, value));
}

/* ---- arguments ---- */

bool call_arg(struct call *call, size_t index, struct value *ret_value)
{
	*ret_value = js_undefined();
	return index >= call->nargs || slot_value(call->interp, call->args[index], ret_value);
}

bool call_text(struct call *call, size_t index, struct str *ret_text)
{
	struct value value;
	if (!call_arg(call, index, &value))
		return false;
	value = js_settle(call->interp, &value);
	if (value.kind == V_STRING) {
		*ret_text = value.text;
		return true;
	}
	return call_refuse(call, "argument %zu is %s and should be a string", index + 1,
			   js_describe(call->interp->arena, &value));
}

bool call_refuse(struct call *call, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *message = arena_vprintf(call->interp->arena, fmt, args);
	va_end(args);
	return interp_refuse(call->interp, call->node, "%s", message);
}
