#include <math.h>
#include <time.h>

#include "format/drizzle/ts/builtin.h"

/* What every module finds: Array, String, Number, JSON, Date, Math, process, ... */

static bool array_is(struct call *call, struct value *ret_value)
{
	struct value value;
	if (!call_arg(call, 0, &value))
		return false;
	if (value.kind == V_OPAQUE)
		return call_refuse(call, "Array.isArray() of %s", js_describe(call->interp->arena, &value));
	*ret_value = js_boolean(value.kind == V_ARRAY);
	return true;
}

/* Array.from(items, fn) and Array.from({ length: n }, fn) */
static bool array_from(struct call *call, struct value *ret_value)
{
	struct value list, length, function;
	struct slots items = { 0 };
	struct slot *slot;
	double n;
	if (!call_arg(call, 0, &list))
		return false;
	if (js_member(call->interp, &list, "length", &slot)) {
		if (!slot_value(call->interp, slot, &length) || !js_to_number(call->interp, call->node, &length, &n))
			return false;
		if (!(n >= 0 && n <= 100000))
			return call_refuse(call, "an array of that length");
		for (int i = 0; i < (int)n; i++)
			vec_push(call->interp->arena, &items, slot_ready(call->interp->arena, js_undefined()));
	} else if (!js_items(call->interp, call->node, &list, &items)) {
		return false;
	}
	if (call->nargs < 2)
		return call_array(call, items, ret_value);
	struct slots out = { 0 };
	if (!call_function(call, 1, &function))
		return false;
	for (size_t i = 0; i < items.len; i++) {
		struct value value;
		if (!call_each(call, &function, items.ptr[i], i, &value))
			return false;
		vec_push(call->interp->arena, &out, slot_ready(call->interp->arena, value));
	}
	return call_array(call, out, ret_value);
}

static bool array_of(struct call *call, struct value *ret_value)
{
	struct slots items = { call->args, call->nargs, call->nargs };
	return call_array(call, items, ret_value);
}

static bool make_string(struct call *call, struct value *ret_value)
{
	struct value value;
	struct str text;
	if (!call_arg(call, 0, &value) || !js_to_text(call->interp, call->node, &value, &text))
		return false;
	*ret_value = js_string(text);
	return true;
}

static bool make_number(struct call *call, struct value *ret_value)
{
	struct value value;
	double number;
	if (!call_arg(call, 0, &value) || !js_to_number(call->interp, call->node, &value, &number))
		return false;
	*ret_value = js_number(number);
	return true;
}

/* As much of a text as is a number. */
static bool parse_number(struct call *call, bool whole, struct value *ret_value)
{
	struct value value;
	struct str text;
	double base;
	if (!call_arg(call, 0, &value) || !js_to_text(call->interp, call->node, &value, &text) ||
	    (whole && !call_integer(call, 1, 0, &base)))
		return false;
	const char *at = str_dup(call->interp->arena, str_trim(text));
	size_t sign = *at == '-' || *at == '+', digits = strspn(at + sign, "0123456789");
	bool hex = digits == 1 && at[sign] == '0' && (at[sign + 1] == 'x' || at[sign + 1] == 'X');
	bool point = !whole && at[sign + digits] == '.' && strspn(at + sign + digits + 1, "0123456789");
	if (whole && (hex || (base != 0 && base != 10)))
		return call_refuse(call, "parseInt() of another base than ten is not understood");
	if (whole || hex)
		at = str_dup(call->interp->arena, (struct str){ at, sign + digits });
	if (!whole && str_starts(str_of(at + sign), STR("Infinity")))
		*ret_value = js_number(*at == '-' ? -INFINITY : INFINITY);
	else
		*ret_value = js_number(digits || point ? strtod(at, NULL) : NAN);
	return true;
}

static bool parse_int(struct call *call, struct value *ret_value)
{
	return parse_number(call, true, ret_value);
}

static bool parse_float(struct call *call, struct value *ret_value)
{
	return parse_number(call, false, ret_value);
}

static bool make_bigint(struct call *call, struct value *ret_value)
{
	if (!make_string(call, ret_value))
		return false;
	ret_value->kind = V_BIGINT;
	return true;
}

static bool make_boolean(struct call *call, struct value *ret_value)
{
	struct value value;
	bool truth;
	if (!call_arg(call, 0, &value) || !js_truth(call->interp, call->node, &value, &truth))
		return false;
	*ret_value = js_boolean(truth);
	return true;
}

static bool json_stringify(struct call *call, struct value *ret_value)
{
	struct value value;
	struct str json;
	if (call->nargs > 1)
		return call_refuse(call, "JSON.stringify() with more than a value");
	*ret_value = js_undefined();
	if (!call_arg(call, 0, &value))
		return false;
	if (value.kind == V_UNDEFINED || value.kind == V_CLOSURE || value.kind == V_NATIVE || value.kind == V_CLASS ||
	    (value.kind == V_STRING && js_is_symbol(value.text)))
		return true;
	if (!js_json(call->interp, call->node, &value, &json))
		return false;
	*ret_value = js_string(json);
	return true;
}

/* The forms that Date takes for UTC: YYYY-MM-DD and YYYY-MM-DDTHH:MM:SS(.mmm)Z. */
static bool parse_date(struct str text, double *ret_ms)
{
	struct tm tm = { 0 };
	int ms = 0;
	if (!str_take_number(&text, "", 4, &tm.tm_year) || !str_take_number(&text, "-", 2, &tm.tm_mon) ||
	    !str_take_number(&text, "-", 2, &tm.tm_mday))
		return false;
	if (str_take_number(&text, "T", 2, &tm.tm_hour)) {
		if (!str_take_number(&text, ":", 2, &tm.tm_min) || !str_take_number(&text, ":", 2, &tm.tm_sec))
			return false;
		str_take_number(&text, ".", 3, &ms);
		if (!str_eq(text, STR("Z")))
			return false;
		text.len = 0;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*ret_ms = (double)timegm(&tm) * 1000 + ms;
	return text.len == 0;
}

static bool make_date(struct call *call, struct value *ret_value)
{
	struct value value;
	if (!call->nargs) {
		*ret_value = js_opaque(STR("the time of the day"));
		return true;
	}
	if (!call_arg(call, 0, &value))
		return false;
	*ret_value = (struct value){ .kind = V_DATE, .number = value.kind == V_STRING ? 0 : value.number };
	if (value.kind == V_NUMBER && !(fabs(value.number) <= 8.64e15))
		return call_refuse(call, "a date that is none");
	if (value.kind == V_NUMBER || (value.kind == V_STRING && parse_date(value.text, &ret_value->number)))
		return call->nargs == 1 || call_refuse(call, "a date like this is not understood");
	if (value.kind == V_OPAQUE) {
		*ret_value = value;
		return true;
	}
	return call_refuse(call, "a date like this is not understood");
}

/* Halves go up, also below zero. */
static double round_up(double number)
{
	return floor(number + 0.5);
}

static bool math_round(struct call *call, struct value *ret_value)
{
	static double (*const functions[])(double) = { floor, ceil, trunc, fabs, round_up };
	if (!make_number(call, ret_value))
		return false;
	ret_value->number = functions[call->native->tag](ret_value->number);
	return true;
}

static bool math_extreme(struct call *call, struct value *ret_value)
{
	double best = call->native->tag ? -INFINITY : INFINITY;
	for (size_t i = 0; i < call->nargs; i++) {
		struct value value;
		double number;
		if (!call_arg(call, i, &value) || !js_to_number(call->interp, call->node, &value, &number))
			return false;
		if (isnan(number) || (!isnan(best) && (call->native->tag ? number > best : number < best)))
			best = number;
	}
	*ret_value = js_number(best);
	return true;
}

static bool math_pow(struct call *call, struct value *ret_value)
{
	struct value by;
	double power;
	if (!make_number(call, ret_value) || !call_arg(call, 1, &by) ||
	    !js_to_number(call->interp, call->node, &by, &power))
		return false;
	ret_value->number = js_power(ret_value->number, power);
	return true;
}

static const struct method array_statics[] = { { "isArray", array_is, 0 },
					       { "from", array_from, 0 },
					       { "of", array_of, 0 } };
static const struct method json_statics[] = { { "stringify", json_stringify, 0 } };
static const struct method number_statics[] = { { "parseInt", parse_int, 0 }, { "parseFloat", parse_float, 0 } };
static const struct method math_statics[] = {
	{ "floor", math_round, 0 }, { "ceil", math_round, 1 },  { "trunc", math_round, 2 }, { "abs", math_round, 3 },
	{ "round", math_round, 4 }, { "min", math_extreme, 0 }, { "max", math_extreme, 1 }, { "pow", math_pow, 0 },
};

/* ---- process ---- */

static bool environment_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)interp, (void)host;
	*ret_value = (struct value){ .kind = V_ENV, .text = key };
	return true;
}

/* process.env.NAME = "...": from now on for all who look. */
static bool environment_set(struct interp *interp, struct host *host, struct str key, struct slot *slot)
{
	(void)host;
	map_set(interp->arena, &interp->assigned, key, slot);
	return true;
}

static const struct host_class environment_class = { .name = "the environment",
						     .get = environment_get,
						     .set = environment_set };

static struct value class_host(struct arena *arena, const struct host_class *class)
{
	struct host *host = arena_alloc(arena, sizeof(*host));
	*host = (struct host){ .class = class };
	return js_host(host);
}

static bool process_cwd(struct call *call, struct value *ret_value)
{
	*ret_value = js_text(call->interp->root);
	return true;
}

static const struct method process_methods[] = { { "cwd", process_cwd, 0 } };

static bool process_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)host;
	*ret_value =
		str_eq(key, STR("env")) ? class_host(interp->arena, &environment_class) : js_opaque(STR("process"));
	return true;
}

static bool number_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)host, (void)interp;
	if (str_eq(key, STR("MAX_SAFE_INTEGER")))
		*ret_value = js_number(9007199254740991.0);
	else if (str_eq(key, STR("MIN_SAFE_INTEGER")))
		*ret_value = js_number(-9007199254740991.0);
	return true;
}

/* Two of the same description are not the same, unless Symbol.for() made them. */
static bool make_symbol(struct call *call, struct value *ret_value)
{
	static const char shared[] = "for ";
	bool is_shared = call->native && call->native->tag;
	struct value description;
	struct str text = STR("");
	if (!call_arg(call, 0, &description))
		return false;
	if (!js_is_nullish(&description) && !js_to_text(call->interp, call->node, &description, &text))
		return false;
	*ret_value =
		js_text(is_shared ? arena_printf(call->interp->arena, "#Symbol(%s" STR_FMT ")", shared, STR_ARG(text))
				  : arena_printf(call->interp->arena, "#Symbol(%zu " STR_FMT ")",
						 ++call->interp->symbols, STR_ARG(text)));
	return true;
}

static const struct method symbol_statics[] = { { "for", make_symbol, 1 } };

static bool symbol_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)host;
	*ret_value = js_text(arena_printf(interp->arena, "#Symbol(." STR_FMT ")", STR_ARG(key)));
	return true;
}

/* console.log() and the like: nothing that a schema is made of. */
static bool nothing_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)host, (void)interp, (void)key;
	*ret_value = js_opaque(STR("console"));
	return true;
}

static const struct host_class own_classes[] = {
	{ .name = "Array", .methods = array_statics, .nmethods = LEN(array_statics), .call = array_of },
	{ .name = "String", .call = make_string },
	{ .name = "Number",
	  .methods = number_statics,
	  .nmethods = LEN(number_statics),
	  .call = make_number,
	  .get = number_get },
	{ .name = "parseInt", .call = parse_int },
	{ .name = "parseFloat", .call = parse_float },
	{ .name = "Boolean", .call = make_boolean },
	{ .name = "BigInt", .call = make_bigint },
	{ .name = "JSON", .methods = json_statics, .nmethods = LEN(json_statics) },
	{ .name = "Date", .call = make_date },
	{ .name = "Math", .methods = math_statics, .nmethods = LEN(math_statics) },
	{ .name = "process", .methods = process_methods, .nmethods = LEN(process_methods), .get = process_get },
	{ .name = "Symbol",
	  .methods = symbol_statics,
	  .nmethods = LEN(symbol_statics),
	  .call = make_symbol,
	  .get = symbol_get },
	{ .name = "console", .get = nothing_get },
};

static void add_global(struct interp *interp, const char *name, struct value value)
{
	map_set(interp->arena, &interp->globals->names, str_of(name), slot_ready(interp->arena, value));
}

void globals_fill(struct interp *interp)
{
	struct arena *arena = interp->arena;
	for (size_t i = 0; i < LEN(own_classes); i++)
		add_global(interp, own_classes[i].name, class_host(arena, &own_classes[i]));
	add_global(interp, object_class.name, class_host(arena, &object_class));
	add_global(interp, set_maker_class.name, class_host(arena, &set_maker_class));
	add_global(interp, map_maker_class.name, class_host(arena, &map_maker_class));
	for (size_t i = 0; i < LEN(number_statics); i++)
		add_global(interp, number_statics[i].name,
			   js_native(arena, number_statics[i].name, number_statics[i].run, number_statics[i].tag));
	add_global(interp, "undefined", js_undefined());
	add_global(interp, "NaN", js_number(NAN));
	add_global(interp, "Infinity", js_number(INFINITY));
}
