#include "format/drizzle/dsl/column.h"

/*
 * Values in SQL, written out: as drizzle-orm's inlineParams() does it.  What is compared with a column first becomes what the column's driver would be sent
 * (mapToDriverValue): a list is an array's text, an object JSON.
 */

/* ---- what a column sends ---- */

/* {1,"a b"}: drizzle-orm's makePgArray() */
static bool add_elements(struct interp *interp, const struct node *at, const struct array *array, struct buf *out)
{
	if (++interp->depth > INTERP_MAX_DEPTH)
		return interp_refuse(interp, at, "this list is nested too deeply");
	buf_char(out, '{');
	for (size_t i = 0; i < array->items.len; i++) {
		struct value item;
		struct str text;
		if (i)
			buf_char(out, ',');
		if (!slot_value(interp, array->items.ptr[i], &item))
			return false;
		item = js_settle(interp, &item);
		if (item.kind == V_ARRAY) {
			if (!add_elements(interp, at, item.array, out))
				return false;
			continue;
		}
		if (!js_to_text(interp, at, &item, &text))
			return false;
		if (item.kind != V_STRING) {
			buf_str(out, text);
			continue;
		}
		buf_char(out, '"');
		for (size_t k = 0; k < text.len; k++) {
			if (text.ptr[k] == '"' || text.ptr[k] == '\\')
				buf_char(out, '\\');
			buf_char(out, text.ptr[k]);
		}
		buf_char(out, '"');
	}
	buf_char(out, '}');
	interp->depth--;
	return true;
}

static bool is_json(const struct column_thing *column)
{
	return column->kind->type && strncmp(column->kind->type, "json", 4) == 0;
}

static bool to_driver(struct interp *interp, const struct column_thing *column, const struct node *at,
		      struct value *value)
{
	struct value parameters, function;
	struct slot *slot, *args[] = { slot_ready(interp->arena, *value) };
	if (!slot_value(interp, column->custom, &parameters))
		return false;
	if (!js_member(interp, &parameters, "toDriver", &slot))
		return true;
	return slot_value(interp, slot, &function) && js_call(interp, at, &function, &parameters, args, 1, value);
}

static bool encode(struct interp *interp, const struct column_thing *column, const struct node *at, struct value *value)
{
	struct buf text = buf_init(interp->arena);
	struct str json;
	if (value->kind == V_NULL)
		return true;
	if (column->custom && !column->sizes.len)
		return to_driver(interp, column, at, value);
	if (value->kind == V_ARRAY && column->sizes.len) {
		if (!add_elements(interp, at, value->array, &text))
			return false;
		*value = js_string(buf_as_str(&text));
	} else if (is_json(column) || (value->kind == V_ARRAY && column->kind->form == TYPE_DIMENSIONS)) {
		if (!js_json(interp, at, value, &json))
			return false;
		*value = js_string(json);
	}
	return true;
}

/* ---- writing ---- */

bool dsl_literal_text(struct interp *interp, const struct node *at, const struct value *value, struct str *ret_text)
{
	struct value settled = js_settle(interp, value);
	struct str text;
	if (settled.kind == V_NULL) {
		*ret_text = STR("null");
		return true;
	}
	if (settled.kind == V_NUMBER || settled.kind == V_BOOLEAN || settled.kind == V_BIGINT)
		return js_to_text(interp, at, &settled, ret_text);
	if (settled.kind == V_STRING) {
		text = settled.text;
	} else if (settled.kind == V_DATE) {
		if (!js_json(interp, at, &settled, &text))
			return false;
		text = str_slice(text, 1, text.len - 1);
	} else if (settled.kind == V_OBJECT) {
		if (!js_json(interp, at, &settled, &text))
			return false;
	} else {
		return interp_refuse(interp, at, "%s in SQL is not understood", js_describe(interp->arena, &settled));
	}
	/* A backslash stays as it is, as drizzle-orm leaves it: standard_conforming_strings is on. */
	struct buf quoted = buf_init(interp->arena);
	buf_char(&quoted, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'')
			buf_char(&quoted, '\'');
		buf_char(&quoted, text.ptr[i]);
	}
	buf_char(&quoted, '\'');
	*ret_text = buf_as_str(&quoted);
	return true;
}

bool dsl_render_parameter(struct rendering *r, const struct value *value, const struct column_thing *column,
			  const struct node *at)
{
	struct value sent = js_settle(r->interp, value);
	struct str text;
	if (r->mode == SQL_PLAIN && !r->inline_parameters)
		return interp_refuse(r->interp, at, "a default cannot have parameters; write the value with sql.raw()");
	if (!r->inline_parameters) {
		buf_printf(r->out, "$%u", ++r->parameters);
		return true;
	}
	if (column && !encode(r->interp, column, at, &sent))
		return false;
	if (js_is(&sent, &sql_class))
		return dsl_render_value(r, &sent, at);
	if (!dsl_literal_text(r->interp, at, &sent, &text))
		return false;
	buf_str(r->out, text);
	return true;
}
