#include <stdarg.h>
#include <stdlib.h>

#include "format/prisma/psl/reader.h"

/* What is behind these would not be read, and looking for near names is not free. */
enum { PROBLEMS_MAX = 1000, HINTS_MAX = 50 };

static void add_problem(struct psl *psl, struct str at, enum psl_problem_kind kind, const char *fmt, va_list args)
{
	if (psl->problems.len >= PROBLEMS_MAX)
		return;
	const char *message = arena_vprintf(psl->arena, fmt, args);
	vec_push(psl->arena, &psl->problems, (struct psl_problem){ .at = at, .kind = kind, .message = message });
}

void psl_problem(struct psl *psl, struct str at, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	add_problem(psl, at, PSL_INVALID, fmt, args);
	va_end(args);
}

void psl_foreign(struct psl *psl, struct str at, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	add_problem(psl, at, PSL_PROVIDER, fmt, args);
	va_end(args);
}

void psl_syntax(struct reader *r, struct str at, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	add_problem(r->psl, at, PSL_SYNTAX, fmt, args);
	va_end(args);
	r->told = true;
}

void psl_hint(struct psl *psl, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	psl->problems.ptr[psl->problems.len - 1].hint = arena_vprintf(psl->arena, fmt, args);
	va_end(args);
}

bool psl_wants_hint(const struct psl *psl)
{
	return psl->problems.len <= HINTS_MAX;
}

void psl_hint_nearest(struct psl *psl, struct str word, const struct words *known)
{
	const char *near = psl_wants_hint(psl) ? suggest(psl->arena, str_dup(psl->arena, word), known) : NULL;
	if (near)
		psl_hint(psl, "Did you mean \"%s\"?", near);
}

/* ---- places ---- */

static const struct psl_file *file_of(const struct psl *psl, struct str at)
{
	for (size_t i = 0; i < psl->files.len; i++) {
		const struct psl_file *file = &psl->files.ptr[i];
		if (at.ptr >= file->text.ptr && at.ptr <= file->text.ptr + file->text.len)
			return file;
	}
	return NULL;
}

bool psl_place(const struct psl *psl, struct str at, const struct psl_file **ret_file, unsigned *ret_line,
	       unsigned *ret_column)
{
	const struct psl_file *file = at.ptr ? file_of(psl, at) : NULL;
	unsigned line = 1, column = 1;
	if (!file)
		return false;
	for (const char *c = file->text.ptr; c < at.ptr; c++) {
		if (*c == '\n' || (*c == '\r' && c[1] != '\n'))
			line++, column = 1;
		else if (((unsigned char)*c & 0xc0) != 0x80)
			column++;
	}
	*ret_file = file;
	*ret_line = line;
	*ret_column = column;
	return true;
}

/* ---- the error ---- */

enum { OTHERS_MAX = 10 };

static int compare_places(const void *a, const void *b)
{
	const struct psl_problem *left = a, *right = b;
	return left->at.ptr < right->at.ptr ? -1 : left->at.ptr > right->at.ptr;
}

/* Their messages are made here, once and for people: what is behind the tenth would not be read. */
static const char *tell_others(const struct psl *psl, const struct psl_problem *others, size_t nothers)
{
	struct buf buf = buf_init(psl->arena);
	buf_printf(&buf, "There %s %zu more:", nothers == 1 ? "is" : "are", nothers);
	for (size_t i = 0; i < nothers && i < OTHERS_MAX; i++) {
		const struct psl_file *file;
		unsigned line, column;
		buf_text(&buf, "\n");
		if (psl_place(psl, others[i].at, &file, &line, &column))
			buf_printf(&buf, "%s:%u:%u: ", file->path, line, column);
		buf_text(&buf, others[i].message);
	}
	return buf.ptr;
}

static void set_error(struct err *err, const struct psl_problem *problem)
{
	switch (problem->kind) {
	case PSL_SYNTAX:
		err_set(err, ERR_USAGE, "prisma-syntax", "%s", problem->message);
		break;
	case PSL_INVALID:
		err_set(err, ERR_USAGE, "prisma-invalid", "%s", problem->message);
		break;
	case PSL_PROVIDER:
		err_set(err, ERR_USAGE, "prisma-provider", "%s", problem->message);
		break;
	}
}

bool psl_ok(const struct psl *psl, struct err *err)
{
	size_t n = psl->problems.len;
	const struct psl_file *file;
	unsigned line, column;
	if (!n)
		return true;
	struct psl_problem *sorted = arena_alloc(psl->arena, n * sizeof(*sorted));
	memcpy(sorted, psl->problems.ptr, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_places);
	set_error(err, sorted);
	if (psl_place(psl, sorted->at, &file, &line, &column))
		err_at(err, file->path, line, column);
	if (sorted->hint)
		err_hint(err, "%s", sorted->hint);
	if (n > 1)
		err_detail(err, "%s", tell_others(psl, sorted + 1, n - 1));
	return false;
}
