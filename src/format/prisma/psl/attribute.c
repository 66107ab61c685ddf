#include "format/prisma/psl/reader.h"

/* The name and the arguments; "@" or "@@" is read. */
static bool read_rest_of_attribute(struct reader *r, size_t from, struct psl_attributes *attributes)
{
	struct psl_attribute made = { 0 };
	read_blanks(r);
	if (!read_path(r, &made.name))
		return false;
	if (!read_arguments(r, &made.args) && r->told) {
		psl_hint(r->psl,
			 "An attribute stands on one line, its arguments in parentheses with commas between them.");
		return false;
	}
	made.at = read_since(r, from);
	vec_push(r->arena, attributes, made);
	return true;
}

bool read_field_attributes(struct reader *r, struct psl_attributes *ret_attributes)
{
	for (;;) {
		read_blanks(r);
		size_t from = r->pos;
		if (!read_text(r, "@"))
			return true;
		if (!read_rest_of_attribute(r, from, ret_attributes))
			return false;
	}
}

bool read_block_attribute(struct reader *r, struct psl_attributes *attributes)
{
	size_t from = r->pos;
	if (!read_text(r, "@@"))
		return false;
	if (read_rest_of_attribute(r, from, attributes) && read_rest(r))
		return true;
	if (!r->told)
		psl_syntax(r, str_slice(r->text, from, from + 2), "a broken attribute");
	skip_line(r);
	return true;
}
