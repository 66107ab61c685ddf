#include "base/map.h"

static uint64_t hash_of(struct str key)
{
	/* FNV-1a: short keys, and nobody outside chooses enough of them to matter. */
	uint64_t hash = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ (unsigned char)key.ptr[i]) * UINT64_C(1099511628211);
	return hash;
}

/* The slot that holds key, or the empty one where it would go. */
static uint32_t *slot_of(const struct map *map, struct str key, uint64_t hash)
{
	for (size_t i = hash & (map->nslots - 1);; i = (i + 1) & (map->nslots - 1)) {
		uint32_t *slot = &map->slots[i];
		if (!*slot)
			return slot;
		const struct map_entry *entry = &map->ptr[*slot - 1];
		if (entry->hash == hash && str_eq(entry->key, key))
			return slot;
	}
}

static void index_again(struct map *map)
{
	memset(map->slots, 0, map->nslots * sizeof(*map->slots));
	for (size_t i = 0; i < map->len; i++)
		*slot_of(map, map->ptr[i].key, map->ptr[i].hash) = (uint32_t)i + 1;
}

static void rehash(struct arena *arena, struct map *map)
{
	map->nslots = map->nslots ? map->nslots * 2 : 16;
	map->slots = arena_alloc(arena, map->nslots * sizeof(*map->slots));
	index_again(map);
}

void *map_set(struct arena *arena, struct map *map, struct str key, void *value)
{
	if ((map->len + 1) * 2 > map->nslots)
		rehash(arena, map);
	uint64_t hash = hash_of(key);
	uint32_t *slot = slot_of(map, key, hash);
	if (*slot) {
		void *old = map->ptr[*slot - 1].value;
		map->ptr[*slot - 1].value = value;
		return old;
	}
	vec_push(arena, map, (struct map_entry){ .key = key, .value = value, .hash = hash });
	*slot = (uint32_t)map->len;
	return NULL;
}

void map_insert(struct arena *arena, struct map *map, size_t index, struct str key, void *value)
{
	map_set(arena, map, key, value);
	struct map_entry entry = map->ptr[map->len - 1];
	uint32_t *own = slot_of(map, key, entry.hash);
	memmove(&map->ptr[index + 1], &map->ptr[index], (map->len - 1 - index) * sizeof(entry));
	map->ptr[index] = entry;
	for (size_t i = 0; i < map->nslots; i++)
		map->slots[i] += map->slots[i] > index;
	*own = (uint32_t)index + 1;
}

void map_remove(struct map *map, struct str key)
{
	if (!map_get(map, key))
		return;
	size_t index = *slot_of(map, key, hash_of(key)) - 1;
	memmove(&map->ptr[index], &map->ptr[index + 1], (map->len - 1 - index) * sizeof(*map->ptr));
	map->len--;
	index_again(map);
}

void *map_get(const struct map *map, struct str key)
{
	if (!map->nslots)
		return NULL;
	uint32_t slot = *slot_of(map, key, hash_of(key));
	return slot ? map->ptr[slot - 1].value : NULL;
}
