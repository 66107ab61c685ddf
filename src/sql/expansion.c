#include "sql/expansion.h"

void expansion_add(struct expansion *expansion, struct str text, size_t source, bool is_value)
{
	struct arena *arena = expansion->text.arena;
	vec_push(arena, &expansion->pieces,
		 (struct piece){ .at = expansion->text.len, .source = source, .is_value = is_value });
	buf_str(&expansion->text, text);
}

size_t expansion_source(const struct expansion *expansion, size_t offset)
{
	size_t low = 0, high = expansion->pieces.len;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (expansion->pieces.ptr[middle].at <= offset)
			low = middle;
		else
			high = middle;
	}
	const struct piece *piece = &expansion->pieces.ptr[low];
	return piece->is_value ? piece->source : piece->source + (offset - piece->at);
}
