/* A schema: anything is read to the end, in bounds, and what is accepted becomes DDL. */
#include "format/prisma/psl/psl.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	/* Files are UTF-8 without NUL bytes before they come here; two of them, so that places in both are told apart. */
	struct str text = { arena_strndup(arena, (const char *)data, size), size };
	if (!memchr(text.ptr, '\0', size) && str_bad_utf8(text) < 0) {
		struct psl_file files[] = { { "a.prisma", str_slice(text, 0, size / 2) },
					    { "b.prisma", str_slice(text, size / 2, size) } };
		bool whole = str_find(text, STR("// two files")) < 0;
		if (whole)
			files[0].text = text;
		struct psl *psl = psl_parse(arena, files, whole ? 1 : 2);
		psl_check(psl);
		if (psl_ok(psl, &err))
			psl_ddl(arena, psl);
	}
	arena_free(arena);
	return 0;
}
