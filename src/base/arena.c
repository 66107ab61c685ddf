#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Chunks grow from 4 KiB to 256 KiB, so that an operation on a small project stays small.  A request
 * that does not fit a chunk gets one of its own.  With BRANT_ARENA_EXACT (the sanitizer builds) every
 * allocation is a malloc of its own size, because ASan cannot see an overflow inside a shared chunk.
 */
enum { CHUNK_MIN = 4096, CHUNK_MAX = 256 * 1024 };

struct chunk {
	struct chunk *next;
	size_t used, size;
	alignas(max_align_t) unsigned char data[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *ptr);
	void *ptr;
};

struct arena {
	struct chunk *chunks;
	struct deferred *deferred;
	struct arena *parent, *children, *next, *prev;
	size_t next_size;
};

static void *must_alloc(size_t size)
{
	void *ptr = calloc(1, size);
	if (!ptr) {
		fputs("brant: out of memory\n", stderr);
		abort();
	}
	return ptr;
}

struct arena *arena_new(struct arena *parent)
{
	struct arena *arena = must_alloc(sizeof(*arena));
	arena->next_size = CHUNK_MIN;
	arena->parent = parent;
	if (parent) {
		arena->next = parent->children;
		if (arena->next)
			arena->next->prev = arena;
		parent->children = arena;
	}
	return arena;
}

static void unlink_from_parent(struct arena *arena)
{
	if (!arena->parent)
		return;
	if (arena->prev)
		arena->prev->next = arena->next;
	else
		arena->parent->children = arena->next;
	if (arena->next)
		arena->next->prev = arena->prev;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	while (arena->children)
		arena_free(arena->children);
	while (arena->deferred) {
		struct deferred *d = arena->deferred;
		arena->deferred = d->next;
		d->fn(d->ptr);
	}
	unlink_from_parent(arena);
	for (struct chunk *c = arena->chunks, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	free(arena);
}

static struct chunk *chunk_add(struct arena *arena, size_t size)
{
	struct chunk *chunk = must_alloc(sizeof(*chunk) + size);
	chunk->size = size;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return chunk;
}

static size_t align_up(size_t size)
{
	size_t mask = alignof(max_align_t) - 1;
	return (size + mask) & ~mask;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t need = align_up(size ? size : 1);
	if (need < size) {
		fputs("brant: out of memory\n", stderr);
		abort();
	}
#ifdef BRANT_ARENA_EXACT
	struct chunk *own = chunk_add(arena, size ? size : 1);
	return own->data;
#else
	struct chunk *chunk = arena->chunks;
	if (!chunk || chunk->size - chunk->used < need) {
		if (need > arena->next_size / 2) {
			/* A large piece gets its own chunk, placed second so that the first stays in use. */
			struct chunk *large = chunk_add(arena, need);
			large->used = need;
			if (chunk) {
				arena->chunks = chunk;
				large->next = chunk->next;
				chunk->next = large;
			}
			return large->data;
		}
		chunk = chunk_add(arena, arena->next_size);
		if (arena->next_size < CHUNK_MAX)
			arena->next_size *= 2;
	}
	void *ptr = chunk->data + chunk->used;
	chunk->used += need;
	return ptr;
#endif
}

void *arena_grow(struct arena *arena, void *ptr, size_t old_size, size_t size)
{
#ifndef BRANT_ARENA_EXACT
	struct chunk *chunk = arena->chunks;
	size_t old_need = align_up(old_size), need = align_up(size);
	if (ptr && chunk && (unsigned char *)ptr + old_need == chunk->data + chunk->used && need >= old_need &&
	    chunk->size - chunk->used >= need - old_need) {
		chunk->used += need - old_need;
		return ptr;
	}
#endif
	void *grown = arena_alloc(arena, size);
	if (old_size)
		memcpy(grown, ptr, old_size);
	return grown;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);
	if (len)
		memcpy(copy, text, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *fmt, va_list args)
{
	char most[256]; /* texts are shorter */
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(most, sizeof(most), fmt, args);
	if (len < 0) {
		va_end(again);
		return arena_strdup(arena, fmt);
	}
	char *text = arena_alloc(arena, (size_t)len + 1);
	if ((size_t)len < sizeof(most))
		memcpy(text, most, (size_t)len + 1);
	else
		vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	return text;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *text = arena_vprintf(arena, fmt, args);
	va_end(args);
	return text;
}

void arena_defer(struct arena *arena, void (*fn)(void *ptr), void *ptr)
{
	struct deferred *d = arena_alloc(arena, sizeof(*d));
	*d = (struct deferred){ .next = arena->deferred, .fn = fn, .ptr = ptr };
	arena->deferred = d;
}
