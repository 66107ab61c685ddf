/*
 * map.h - from strings to pointers, in an arena.
 *
 * Keys are borrowed: their bytes must outlive the map.  Entries are kept in the order in which they were
 * added and can be walked as an array.
 */
#ifndef BRANT_BASE_MAP_H
#define BRANT_BASE_MAP_H

#include <stdint.h>

#include "base/str.h"

struct map_entry {
	struct str key;
	void *value;
	uint64_t hash;
};

struct map {
	struct map_entry *ptr;
	size_t len, cap;
	uint32_t *slots; /* index + 1 of an entry, 0 = empty; a power of two of them */
	size_t nslots;
};

/* Adds or replaces; returns the value that was there before, or NULL. */
void *map_set(struct arena *arena, struct map *map, struct str key, void *value);

/* Adds one that is not there yet as the entry of that index; those behind it move.  Takes as long as the map is large. */
void map_insert(struct arena *arena, struct map *map, size_t index, struct str key, void *value);

/* Takes one out, if it is there; as slow. */
void map_remove(struct map *map, struct str key);

/* The value, or NULL. */
void *map_get(const struct map *map, struct str key);

#endif
