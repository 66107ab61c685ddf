/*
 * hash.h - SHA-256, by libcrypto.
 */
#ifndef BRANT_BASE_HASH_H
#define BRANT_BASE_HASH_H

#include "base/str.h"

enum { SHA256_HEX = 64 };

struct sha256;

/* A running hash, in the arena. */
struct sha256 *sha256_new(struct arena *arena);
void sha256_add(struct sha256 *hash, struct str bytes);
/* 64 lower-case hexadecimal digits, in the arena; the hash is used up. */
char *sha256_hex(struct sha256 *hash);

/* All at once. */
char *sha256_of(struct arena *arena, struct str bytes);

#endif
