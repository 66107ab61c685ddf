/*
 * hash.c - SHA-256 by libcrypto's older functions.
 *
 * The newer ones (EVP) look up the algorithm by name at each hash, through providers, locks and a configuration file that is read first: for a
 * thousand small files that takes several times as long as the hashing.
 */
#define OPENSSL_API_COMPAT 10100

#include "base/hash.h"

#include <assert.h>
#include <openssl/sha.h>

struct sha256 {
	struct arena *arena;
	SHA256_CTX ctx;
};

static void must(int ok)
{
	assert(ok == 1 && "SHA-256 is always there");
	(void)ok;
}

struct sha256 *sha256_new(struct arena *arena)
{
	struct sha256 *hash = arena_alloc(arena, sizeof(*hash));
	hash->arena = arena;
	must(SHA256_Init(&hash->ctx));
	return hash;
}

void sha256_add(struct sha256 *hash, struct str bytes)
{
	if (bytes.len)
		must(SHA256_Update(&hash->ctx, bytes.ptr, bytes.len));
}

static char *hex(struct arena *arena, const unsigned char *digest, unsigned len)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_alloc(arena, len * 2 + 1);
	for (unsigned i = 0; i < len; i++) {
		text[2 * i] = digits[digest[i] >> 4];
		text[2 * i + 1] = digits[digest[i] & 15];
	}
	return text;
}

char *sha256_hex(struct sha256 *hash)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	must(SHA256_Final(digest, &hash->ctx));
	return hex(hash->arena, digest, sizeof(digest));
}

char *sha256_of(struct arena *arena, struct str bytes)
{
	struct sha256 *hash = sha256_new(arena);
	sha256_add(hash, bytes);
	return sha256_hex(hash);
}
