#include <math.h>

#include "format/drizzle/ts/evaluators.h"

bool eval_ternary(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	struct value condition;
	bool truth;
	const struct node *test = node_role(node, R_CONDITION);
	if (!interp_eval(interp, scope, test, &condition) || !js_truth(interp, test, &condition, &truth))
		return false;
	return interp_eval(interp, scope, node_role(node, truth ? R_CONSEQUENCE : R_ALTERNATIVE), ret_value);
}

/* C says 1 where JavaScript does not know. */
double js_power(double base, double exponent)
{
	return isnan(exponent) || (fabs(base) == 1 && isinf(exponent)) ? NAN : pow(base, exponent);
}

static const char *type_of(const struct value *value)
{
	static const char *const names[] = {
		[V_UNDEFINED] = "undefined", [V_NULL] = "object",   [V_BOOLEAN] = "boolean",  [V_NUMBER] = "number",
		[V_BIGINT] = "bigint",       [V_STRING] = "string", [V_REGEX] = "object",     [V_DATE] = "object",
		[V_ARRAY] = "object",        [V_OBJECT] = "object", [V_CLOSURE] = "function", [V_NATIVE] = "function",
		[V_CLASS] = "function",      [V_HOST] = "object",
	};
	if (value->kind == V_STRING && js_is_symbol(value->text))
		return "symbol";
	return value->kind == V_HOST && value->host->class->call ? "function" : names[value->kind];
}

/* A number as the 32 bits that operators on bits see. */
static int32_t bits_of(double number)
{
	return isfinite(number) ? (int32_t)(uint32_t)(int64_t)fmod(trunc(number), 4294967296.0) : 0;
}

/* & | ^ << >> >>>; false where the operator is another. */
static bool calculate_bits(struct str operator, double left, double right, double *ret_number)
{
	uint32_t a = (uint32_t)bits_of(left), b = (uint32_t)bits_of(right), by = b & 31;
	if (str_eq(operator, STR("&")))
		*ret_number = (int32_t)(a & b);
	else if (str_eq(operator, STR("|")))
		*ret_number = (int32_t)(a | b);
	else if (str_eq(operator, STR("^")))
		*ret_number = (int32_t)(a ^ b);
	else if (str_eq(operator, STR("<<")))
		*ret_number = (int32_t)(a << by);
	else if (str_eq(operator, STR(">>>")))
		*ret_number = a >> by;
	else if (str_eq(operator, STR(">>")))
		*ret_number = (int32_t)a >> by;
	else
		return false;
	return true;
}

bool eval_unary(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	const struct node *argument = node_role(node, R_ARGUMENT), *operator= node_role(node, R_OPERATOR);
	struct value value;
	bool truth;
	double number;
	if (str_eq(operator->text, STR("delete")))
		return eval_delete(interp, scope, node, ret_value);
	if (!interp_eval(interp, scope, argument, &value))
		return false;
	char c = operator->text.ptr[0];
	if (c == '~') {
		bool ok = js_to_number(interp, argument, &value, &number);
		*ret_value = js_number(ok ? ~bits_of(number) : 0);
		return ok;
	}
	if (c == '!') {
		bool ok = js_truth(interp, argument, &value, &truth);
		*ret_value = js_boolean(ok && !truth);
		return ok;
	}
	if (str_eq(operator->text, STR("typeof"))) {
		value = js_settle(interp, &value);
		if (value.kind == V_OPAQUE)
			return interp_refuse(interp, node, "the type of %s", js_describe(interp->arena, &value));
		*ret_value = js_text(type_of(&value));
		return true;
	}
	if (c == '-' && value.kind == V_BIGINT) {
		*ret_value = value;
		ret_value->text = str_of(arena_printf(interp->arena, "-" STR_FMT, STR_ARG(value.text)));
		return true;
	}
	if (c == '-' || c == '+') {
		bool ok = js_to_number(interp, argument, &value, &number);
		*ret_value = js_number(ok && c == '-' ? -number : ok ? number : 0);
		return ok;
	}
	*ret_value = js_undefined();
	return str_eq(operator->text, STR("void")) ||
		interp_refuse(interp, node, "\"" STR_FMT "\" is not understood", STR_ARG(operator->text));
}

static bool same_value(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == V_UNDEFINED || a->kind == V_NULL)
		return true;
	if (a->kind == V_BOOLEAN)
		return a->truth == b->truth;
	if (a->kind == V_NUMBER || a->kind == V_DATE)
		return a->number == b->number;
	if (a->kind == V_STRING || a->kind == V_BIGINT || a->kind == V_REGEX)
		return str_eq(a->text, b->text);
	return a->object == b->object;
}

bool js_same(struct interp *interp, const struct node *at, const struct value *left, const struct value *right,
	     bool *ret_same)
{
	const struct value sides[] = { js_settle(interp, left), js_settle(interp, right) };
	for (size_t i = 0; i < LEN(sides); i++)
		if (sides[i].kind == V_OPAQUE)
			return interp_refuse(interp, at, "a comparison with %s", js_describe(interp->arena, &sides[i]));
	*ret_same = same_value(&sides[0], &sides[1]);
	return true;
}

static bool compare(struct interp *interp, const struct node *node, struct str operator, struct value left,
		    struct value right, struct value *ret_value)
{
	left = js_settle(interp, &left);
	right = js_settle(interp, &right);
	bool nothing = js_is_nullish(&left) || js_is_nullish(&right);
	bool loose = operator.len == 2 && js_is_nullish(&left) && js_is_nullish(&right);
	bool same;
	if (!js_same(interp, node, &left, &right, &same))
		return false;
	if (operator.len == 2 && !nothing && left.kind != right.kind)
		return interp_refuse(interp, node, "\"" STR_FMT "\" between %s and %s is not understood",
				     STR_ARG(operator), js_describe(interp->arena, &left),
				     js_describe(interp->arena, &right));
	*ret_value = js_boolean((loose || same) == (operator.ptr[0] == '='));
	return true;
}

/* What "+" adds up instead of joining. */
static bool is_numeric(const struct value *value)
{
	return value->kind == V_NUMBER || value->kind == V_BIGINT || value->kind == V_BOOLEAN || js_is_nullish(value);
}

static bool add_values(struct interp *interp, const struct node *node, const struct value *left,
		       const struct value *right, struct value *ret_value)
{
	struct str a, b;
	double x, y;
	if (is_numeric(left) && is_numeric(right)) {
		if (!js_to_number(interp, node, left, &x) || !js_to_number(interp, node, right, &y))
			return false;
		*ret_value = js_number(x + y);
		return true;
	}
	if (!js_to_text(interp, node, left, &a) || !js_to_text(interp, node, right, &b))
		return false;
	*ret_value = js_string(str_of(arena_printf(interp->arena, STR_FMT STR_FMT, STR_ARG(a), STR_ARG(b))));
	return true;
}

bool calculate(struct interp *interp, const struct node *node, struct str operator, const struct value * left,
	       const struct value *right, struct value *ret_value)
{
	double a, b;
	if (str_eq(operator, STR("+")))
		return add_values(interp, node, left, right, ret_value);
	if (left->kind == V_STRING && right->kind == V_STRING && (operator.ptr[0] == '<' || operator.ptr[0] == '>')) {
		a = str_cmp(left->text, right->text); /* in the order of their bytes, which is that of their letters */
		b = 0;
	} else if (!js_to_number(interp, node, left, &a) || !js_to_number(interp, node, right, &b)) {
		return false;
	}
	double bits;
	if (calculate_bits(operator, a, b, &bits)) {
		*ret_value = js_number(bits);
		return true;
	}
	bool equal = operator.len == 2 && operator.ptr[1] == '=';
	switch (operator.ptr[0]) {
	case '<':
		*ret_value = js_boolean(a < b || (equal && a == b));
		return true;
	case '>':
		*ret_value = js_boolean(a > b || (equal && a == b));
		return true;
	case '-':
		*ret_value = js_number(a - b);
		return true;
	case '/':
		*ret_value = js_number(a / b);
		return true;
	case '%':
		*ret_value = js_number(fmod(a, b));
		return true;
	case '*':
		*ret_value = js_number(operator.len == 2 ? js_power(a, b) : a * b);
		return true;
	default:
		return interp_refuse(interp, node, "the operator \"" STR_FMT "\" is not understood", STR_ARG(operator));
	}
}

/* && || ??: does the left side decide? */
bool left_decides(struct interp *interp, const struct node *at, struct str operator, const struct value * left,
		  bool *ret_decides)
{
	struct value settled = js_settle(interp, left);
	bool truth;
	if (str_eq(operator, STR("??"))) {
		*ret_decides = !js_is_nullish(&settled);
		return true;
	}
	if (!js_truth(interp, at, &settled, &truth))
		return false;
	*ret_decides = truth == str_eq(operator, STR("||"));
	return true;
}

bool eval_binary(struct interp *interp, struct scope *scope, const struct node *node, struct value *ret_value)
{
	const struct node *left_node = node_role(node, R_LEFT), *right_node = node_role(node, R_RIGHT);
	struct str operator= node_role(node, R_OPERATOR)->text;
	struct value left, right;
	bool decides;
	if (!interp_eval(interp, scope, left_node, &left))
		return false;
	if (str_eq(operator, STR("&&")) || str_eq(operator, STR("||")) || str_eq(operator, STR("??"))) {
		if (!left_decides(interp, left_node, operator, & left, &decides))
			return false;
		*ret_value = left;
		return decides || interp_eval(interp, scope, right_node, ret_value);
	}
	if (!interp_eval(interp, scope, right_node, &right))
		return false;
	if (str_eq(operator, STR("in"))) {
		struct object *members;
		struct str key;
		if (!js_to_key(interp, left_node, &left, &key) || !js_members(interp, right_node, &right, &members))
			return false;
		*ret_value = js_boolean(js_object_get(members, key) != NULL);
		return true;
	}
	if (operator.len> 1 && operator.ptr[1] == '=' &&(operator.ptr[0] == '=' || operator.ptr[0] == '!'))
		return compare(interp, node, operator, left, right, ret_value);
	return calculate(interp, node, operator, & left, &right, ret_value);
}
