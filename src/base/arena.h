/*
 * arena.h - memory that lives as long as an operation.
 *
 * Everything an operation allocates comes from its arena and goes with it; nothing is freed by hand.
 * What needs more than free() (a PGresult, a FILE, a child process) is tied to the arena with
 * arena_defer().  Memory is always zeroed.  Running out of memory aborts the program: the journal in
 * the database is honest, and the next run goes on from there.
 *
 * Not thread-safe: an arena belongs to one thread.
 */
#ifndef BRANT_BASE_ARENA_H
#define BRANT_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new arena; with a parent it is freed with the parent at the latest. */
struct arena *arena_new(struct arena *parent);

/* Runs what was deferred, last first, frees the child arenas and all memory.  NULL is allowed. */
void arena_free(struct arena *arena);

/* size bytes of zeroed memory, aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));

/* The same memory with room for size bytes, its first old_size bytes kept (it may move). */
void *arena_grow(struct arena *arena, void *ptr, size_t old_size, size_t size) __attribute__((returns_nonnull));

char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_printf(struct arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));

/* fn(ptr) is called when the arena is freed. */
void arena_defer(struct arena *arena, void (*fn)(void *ptr), void *ptr);

#endif
