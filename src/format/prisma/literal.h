/*
 * literal.h - values in a configuration that is a program.
 *
 * prisma.config.ts is TypeScript, and nobody runs it here.  What people write into it are literals, and those can be read without knowing much of
 * the language: tokens, and which property of which object one is in.
 *
 *     const url = process.env.DIRECT_URL ?? process.env.DATABASE_URL
 *     defineConfig({ schema: "db", migrations: { path: path.join(__dirname, "db", "migrations") }, datasource: { url } })
 *
 * A constant of the same file counts as what it is given.  What is computed otherwise is not known, and never guessed.
 */
#ifndef BRANT_FORMAT_PRISMA_LITERAL_H
#define BRANT_FORMAT_PRISMA_LITERAL_H

#include "base/str.h"

struct prisma_value {
	struct strs
		variables; /* of the environment, the first that is set counts: env("A"), process.env.A || process.env.B */
	struct str text; /* where none of them is; ptr NULL: no literal */
	bool is_file;    /* text is the path of the file that is read there: readFileSync("path", "utf8") */
};

struct prisma_values {
	struct prisma_value *ptr;
	size_t len, cap;
};

/*
 * The values of a property of an object literal in JavaScript or TypeScript text, by its path ("migrations", "path"), NULL at its end: all places, in
 * order; of an array its elements.
 */
struct prisma_values prisma_literals(struct arena *arena, struct str text, const char *const *path);

#endif
