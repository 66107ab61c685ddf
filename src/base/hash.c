#include "base/hash.h"

#include <assert.h>
#include <openssl/evp.h>

struct sha256 {
	struct arena *arena;
	EVP_MD_CTX *ctx;
};

static void free_ctx(void *ptr)
{
	EVP_MD_CTX_free(ptr);
}

static void must(int ok)
{
	assert(ok == 1 && "SHA-256 is always there");
	(void)ok;
}

struct sha256 *sha256_new(struct arena *arena)
{
	struct sha256 *hash = arena_alloc(arena, sizeof(*hash));
	hash->arena = arena;
	hash->ctx = EVP_MD_CTX_new();
	arena_defer(arena, free_ctx, hash->ctx);
	must(EVP_DigestInit_ex(hash->ctx, EVP_sha256(), NULL));
	return hash;
}

void sha256_add(struct sha256 *hash, struct str bytes)
{
	if (bytes.len)
		must(EVP_DigestUpdate(hash->ctx, bytes.ptr, bytes.len));
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
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	must(EVP_DigestFinal_ex(hash->ctx, digest, &len));
	return hex(hash->arena, digest, len);
}

char *sha256_of(struct arena *arena, struct str bytes)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	must(EVP_Digest(bytes.ptr ? bytes.ptr : "", bytes.len, digest, &len, EVP_sha256(), NULL));
	return hex(arena, digest, len);
}
