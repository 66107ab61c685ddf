#include "format/drizzle/dsl/column.h"

/* A number among the options; *ret_text is NULL where it is not there. */
static bool option_text(struct interp *interp, const struct column_thing *column, const char *name,
			const char **ret_text)
{
	struct slot *slot;
	struct value value;
	struct str text;
	*ret_text = NULL;
	if (!js_member(interp, &column->config, name, &slot))
		return true;
	if (!slot_value(interp, slot, &value))
		return false;
	if (js_is_nullish(&value))
		return true;
	if (!js_to_text(interp, column->at, &value, &text))
		return false;
	*ret_text = str_dup(interp->arena, text);
	return true;
}

static bool option_true(struct interp *interp, const struct column_thing *column, const char *name, bool *ret_true)
{
	struct slot *slot;
	struct value value;
	*ret_true = false;
	if (!js_member(interp, &column->config, name, &slot))
		return true;
	return slot_value(interp, slot, &value) && js_truth(interp, column->at, &value, ret_true);
}

static bool numeric_type(struct interp *interp, const struct column_thing *column, const char **ret_type)
{
	const char *precision, *scale;
	if (!option_text(interp, column, "precision", &precision) || !option_text(interp, column, "scale", &scale))
		return false;
	const char *comma = dsl_of(interp)->line == DRIZZLE_0 ? ", " : ",";
	if (!precision)
		*ret_type = "numeric";
	else if (!scale)
		*ret_type = arena_printf(interp->arena, "numeric(%s)", precision);
	else
		*ret_type = arena_printf(interp->arena, "numeric(%s%s%s)", precision, comma, scale);
	return true;
}

/* 0.x writes "timestamp (3)", with a space, for dates; not for strings. */
static bool time_type(struct interp *interp, const struct column_thing *column, const char **ret_type)
{
	const char *precision, *mode;
	bool zone;
	if (!option_text(interp, column, "precision", &precision) || !option_text(interp, column, "mode", &mode) ||
	    !option_true(interp, column, "withTimezone", &zone))
		return false;
	bool spaced = column->kind->form == TYPE_TIMESTAMP && dsl_of(interp)->line == DRIZZLE_0 &&
		!(mode && strcmp(mode, "string") == 0);
	*ret_type = arena_printf(interp->arena, "%s%s%s%s%s%s", column->kind->type, precision && spaced ? " " : "",
				 precision ? "(" : "", precision ? precision : "", precision ? ")" : "",
				 zone ? " with time zone" : "");
	return true;
}

static bool interval_type(struct interp *interp, const struct column_thing *column, const char **ret_type)
{
	const char *fields, *precision;
	if (!option_text(interp, column, "fields", &fields) || !option_text(interp, column, "precision", &precision))
		return false;
	if (precision && strcmp(precision, "0") == 0)
		precision = NULL;
	*ret_type = arena_printf(interp->arena, "interval%s%s%s%s%s", fields ? " " : "", fields ? fields : "",
				 precision ? "(" : "", precision ? precision : "", precision ? ")" : "");
	return true;
}

static bool geometry_type(struct interp *interp, const struct column_thing *column, const char **ret_type)
{
	const char *srid;
	if (!option_text(interp, column, "srid", &srid))
		return false;
	*ret_type = srid && dsl_of(interp)->line == DRIZZLE_1 ? arena_printf(interp->arena, "geometry(point,%s)", srid)
							      : "geometry(point)";
	return true;
}

static bool sized_type(struct interp *interp, const struct column_thing *column, const char **ret_type)
{
	bool dimensions = column->kind->form == TYPE_DIMENSIONS;
	const char *size;
	if (!option_text(interp, column, dimensions ? "dimensions" : "length", &size))
		return false;
	if (!size && dimensions)
		return interp_refuse(interp, column->at, "%s() without its dimensions", column->kind->function);
	*ret_type = size ? arena_printf(interp->arena, "%s(%s)", column->kind->type, size) : column->kind->type;
	return true;
}

static bool text_result(struct interp *interp, const struct column_thing *column, const struct value *function,
			const struct value *self, struct slot **args, size_t nargs, const char **ret_type)
{
	struct value result;
	if (!js_call(interp, column->at, function, self, args, nargs, &result))
		return false;
	result = js_settle(interp, &result);
	if (result.kind != V_STRING)
		return interp_refuse(interp, column->at, "the type of this column is %s",
				     js_describe(interp->arena, &result));
	*ret_type = str_dup(interp->arena, result.text);
	return true;
}

static bool custom_type(struct interp *interp, const struct column_thing *column, const char **ret_type)
{
	struct value parameters, function;
	struct slot *slot, *args[] = { slot_ready(interp->arena, column->config) };
	if (!slot_value(interp, column->custom, &parameters))
		return false;
	if (!js_member(interp, &parameters, "dataType", &slot))
		return interp_refuse(interp, column->at, "this custom type has no dataType()");
	return slot_value(interp, slot, &function) &&
		text_result(interp, column, &function, &parameters, args, 1, ret_type);
}

bool column_own_type(struct interp *interp, const struct column_thing *column, const char **ret_type)
{
	*ret_type = column->kind->type;
	switch (column->kind->form) {
	case TYPE_PLAIN:
	case TYPE_SERIAL:
		return true;
	case TYPE_LENGTH:
	case TYPE_DIMENSIONS:
		return sized_type(interp, column, ret_type);
	case TYPE_NUMERIC:
		return numeric_type(interp, column, ret_type);
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
		return time_type(interp, column, ret_type);
	case TYPE_INTERVAL:
		return interval_type(interp, column, ret_type);
	case TYPE_GEOMETRY:
		return geometry_type(interp, column, ret_type);
	case TYPE_CUSTOM:
		return custom_type(interp, column, ret_type);
	case TYPE_ENUM:
		*ret_type = column->enumeration->name;
		return true;
	}
	return true;
}

static bool base_type(struct interp *interp, const struct column_thing *column, const char **ret_type)
{
	struct slot *assigned = map_get(&column->host.own, STR("getSQLType"));
	struct value function, self = js_host((void *)(uintptr_t)column);
	if (!assigned)
		return column_own_type(interp, column, ret_type);
	return slot_value(interp, assigned, &function) &&
		text_result(interp, column, &function, &self, NULL, 0, ret_type);
}

/* ---- how it can stand in DDL ---- */

static bool dimensions_text(struct interp *interp, const struct column_thing *column, const char **ret_text)
{
	struct buf text = buf_init(interp->arena);
	for (size_t i = 0; i < column->sizes.len; i++) {
		struct value size = js_undefined();
		if (column->sizes.ptr[i] && !slot_value(interp, column->sizes.ptr[i], &size))
			return false;
		if (size.kind == V_NUMBER)
			buf_printf(&text, "[" STR_FMT "]", STR_ARG(number_text(interp->arena, size.number)));
		else
			buf_text(&text, "[]");
	}
	*ret_text = text.ptr;
	return true;
}

bool dsl_column_type(struct interp *interp, const struct column_thing *column, const char **ret_type,
		     const char **ret_meant)
{
	const char *base, *dimensions;
	if (!base_type(interp, column, &base) || !dimensions_text(interp, column, &dimensions))
		return false;
	const char *meant = map_get(&column->host.own, STR("getSQLType")) ? base
		: column->kind->form == TYPE_ENUM
		? drizzle_enum_sql(interp->arena, column->enumeration->schema, column->enumeration->name)
		: column->kind->form == TYPE_CUSTOM ? drizzle_type_sql(interp->arena, base)
						    : base;
	*ret_type = arena_printf(interp->arena, "%s%s", base, dimensions);
	*ret_meant = arena_printf(interp->arena, "%s%s", meant, dimensions);
	return true;
}
