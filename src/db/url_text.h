/*
 * url_text.h - what the files that read URLs share: never included from elsewhere.
 */
#ifndef BRANT_DB_URL_TEXT_H
#define BRANT_DB_URL_TEXT_H

#include "db/url.h"

static inline bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_name_char(char c)
{
	return is_alpha(c) || is_digit(c) || c == '_';
}

static inline bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static inline size_t skip_name(struct str s)
{
	size_t n = 0;
	while (n < s.len && is_name_char(s.ptr[n]))
		n++;
	return n;
}

/* Length of "scheme" in front of "://", or 0. */
size_t url_scheme_length(struct str s);

/*
 * Percent-decoding.  A "%" that no two hexadecimal digits follow stands for itself as long as nothing else in the same part is an
 * escape: "50%off" was never encoded, "a%40b%" is a mistake.  ret_literal: there was one; NULL: nobody asks.
 */
bool url_decode(struct arena *arena, struct str s, const char **ret_text, bool *ret_literal, struct err *err);
bool url_decode_strict(struct arena *arena, struct str s, const char **ret_text, struct err *err);

enum host_fault { HOST_GOOD, HOST_BAD, HOST_PORT, HOST_COLONS };

/* What is wrong with a list of hosts with ports. */
enum host_fault url_hosts_fault(struct str hosts);

/* The error for it; returns false. */
bool url_host_err(enum host_fault fault, struct err *err);

/* Fills url->host and url->port as libpq wants them: equally long lists, or one port for all. */
bool url_take_hosts(struct arena *arena, struct str hosts, struct url *url, struct err *err);

#endif
