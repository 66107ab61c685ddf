/*
 * vec.h - a growing array in an arena.
 *
 *     VEC(struct migration) all = { 0 };
 *     vec_push(arena, &all, (struct migration){ .version = v });
 *     for (size_t i = 0; i < all.len; i++) use(&all.ptr[i]);
 *
 * Pointers into it are valid until the next push.
 */
#ifndef BRANT_BASE_VEC_H
#define BRANT_BASE_VEC_H

#include "base/arena.h"

#define VEC(type)                \
	struct {                 \
		type *ptr;       \
		size_t len, cap; \
	}

#define vec_reserve_(arena, v)                                                                                  \
	((v)->len < (v)->cap ? (void)0                                                                          \
			     : (void)((v)->ptr = arena_grow((arena), (v)->ptr, (v)->cap * sizeof(*(v)->ptr),    \
							    ((v)->cap ? (v)->cap * 2 : 8) * sizeof(*(v)->ptr)), \
				      (v)->cap = (v)->cap ? (v)->cap * 2 : 8))

/* Appends a value and returns the address of the new element. */
#define vec_push(arena, v, ...) (vec_reserve_(arena, v), (v)->ptr[(v)->len] = (__VA_ARGS__), &(v)->ptr[(v)->len++])

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
