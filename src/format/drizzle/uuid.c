#include <sys/random.h>

#include "format/drizzle/create.h"

char *drizzle_uuid(struct arena *arena)
{
	unsigned char b[16];
	for (size_t got = 0; got < sizeof(b);) {
		ssize_t n = getrandom(b + got, sizeof(b) - got, 0);
		got += n > 0 ? (size_t)n : 0;
	}
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version 4, as crypto.randomUUID() makes them */
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	return arena_printf(arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
			    b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}
