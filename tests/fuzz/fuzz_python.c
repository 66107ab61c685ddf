/* Reading a revision: whatever the bytes, values or an error with a place, and never more than the text. */
#include <assert.h>
#include <stdint.h>

#include "format/alembic/python.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct source source = { "a.py", { (const char *)data, size } };
	struct py_module module;
	if (!source_check(&source, &err)) {
		assert(err.name);
	} else if (!py_module_read(arena, &source, &module, &err)) {
		assert(strcmp(err.name, "python-syntax") == 0 && err.line >= 1);
	} else {
		for (size_t i = 0; i < module.names.len; i++) {
			const struct py_value *value = module.names.ptr[i].value;
			assert(value->offset <= size);
			assert(value->kind != PY_STRING || value->items.len == 1);
		}
	}
	arena_free(arena);
	return 0;
}
