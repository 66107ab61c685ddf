/*
 * url_hosts.c - percent-decoding, and the hosts of a URL with their ports.
 */
#include "db/url_text.h"

static bool bad_encoding(struct err *err)
{
	err_set(err, ERR_USAGE, "url-encoding", "the URL has a \"%%\" that is not followed by two hexadecimal digits");
	return err_hint(err, "Write a literal %% as %%25.");
}

bool url_decode(struct arena *arena, struct str s, const char **ret_text, bool *ret_literal, struct err *err)
{
	struct buf buf = buf_init(arena);
	bool escaped = false, literal = false;
	for (size_t i = 0; i < s.len; i++) {
		int high = -1, low = -1;
		if (s.ptr[i] == '%' && s.len - i > 2) {
			high = hex_value(s.ptr[i + 1]);
			low = hex_value(s.ptr[i + 2]);
		}
		if (s.ptr[i] != '%' || high < 0 || low < 0) {
			literal = literal || s.ptr[i] == '%';
			buf_char(&buf, s.ptr[i]);
			continue;
		}
		if (!high && !low)
			return err_set(err, ERR_USAGE, "url-encoding", "the URL has an encoded zero byte");
		escaped = true;
		buf_char(&buf, (char)(high * 16 + low));
		i += 2;
	}
	if (escaped && literal)
		return bad_encoding(err);
	if (literal && ret_literal)
		*ret_literal = true;
	*ret_text = buf.ptr;
	return true;
}

bool url_decode_strict(struct arena *arena, struct str s, const char **ret_text, struct err *err)
{
	bool literal = false;
	if (!url_decode(arena, s, ret_text, &literal, err))
		return false;
	return !literal || bad_encoding(err);
}

static bool host_char(char c)
{
	return is_name_char(c) || c == '.' || c == '-' || c == '%' || (unsigned char)c >= 0x80;
}

static bool valid_port(struct str s)
{
	unsigned long long port;
	return !s.len || (str_to_u64(s, &port) && port >= 1 && port <= 65535);
}

/* One "host:port", "[::1]:port", ":port" or "%2Ftmp"; the parts are not decoded. */
static enum host_fault split_host(struct str s, struct str *ret_host, struct str *ret_port)
{
	*ret_port = (struct str){ 0 };
	if (s.len && s.ptr[0] == '[') {
		ptrdiff_t close = str_find(s, STR("]"));
		if (close < 3)
			return HOST_BAD;
		*ret_host = str_slice(s, 1, (size_t)close);
		for (size_t i = 0; i < ret_host->len; i++)
			if (!host_char(ret_host->ptr[i]) && ret_host->ptr[i] != ':')
				return HOST_BAD;
		s = str_slice(s, (size_t)close + 1, s.len);
		if (s.len && s.ptr[0] != ':')
			return HOST_BAD;
		*ret_port = s.len ? str_slice(s, 1, s.len) : s;
		return valid_port(*ret_port) ? HOST_GOOD : HOST_PORT;
	}
	str_cut(s, ':', ret_host, ret_port);
	for (size_t i = 0; i < ret_host->len; i++)
		if (!host_char(ret_host->ptr[i]))
			return HOST_BAD;
	if (ret_port->len && memchr(ret_port->ptr, ':', ret_port->len))
		return HOST_COLONS;
	return valid_port(*ret_port) ? HOST_GOOD : HOST_PORT;
}

enum host_fault url_hosts_fault(struct str hosts)
{
	struct str one, host, port, rest = hosts;
	bool more = true;
	while (more) {
		more = str_cut(rest, ',', &one, &rest);
		enum host_fault fault = split_host(one, &host, &port);
		if (fault != HOST_GOOD)
			return fault;
	}
	return HOST_GOOD;
}

bool url_host_err(enum host_fault fault, struct err *err)
{
	switch (fault) {
	case HOST_GOOD:
		break;
	case HOST_PORT:
		err_set(err, ERR_USAGE, "url-port", "the port in the URL is not a number from 1 to 65535");
		return err_hint(
			err,
			"A URL is postgresql://USER:PASSWORD@HOST:PORT/DATABASE.  Where the password has one of "
			"@ : / ? #, write them as %%40 %%3A %%2F %%3F %%23.");
	case HOST_COLONS:
		err_set(err, ERR_USAGE, "url-host", "the host in the URL has several colons");
		return err_hint(err,
				"Put an IPv6 address in brackets, as in [::1]:5432.  In a password, write : as %%3A.");
	case HOST_BAD:
		break;
	}
	err_set(err, ERR_USAGE, "url-host", "the host in the URL has a character that no host name has");
	return err_hint(err,
			"A URL is postgresql://USER:PASSWORD@HOST:PORT/DATABASE.  Where the password has one of "
			"@ : / ? #, write them as %%40 %%3A %%2F %%3F %%23.");
}

bool url_take_hosts(struct arena *arena, struct str hosts, struct url *url, struct err *err)
{
	struct buf names = buf_init(arena), ports = buf_init(arena);
	struct str one, host, port, rest = hosts;
	bool more = true, any_port = false;
	for (size_t i = 0; more; i++) {
		more = str_cut(rest, ',', &one, &rest);
		enum host_fault fault = split_host(one, &host, &port);
		if (fault != HOST_GOOD)
			return url_host_err(fault, err);
		const char *name;
		if (!url_decode_strict(arena, host, &name, err))
			return false;
		buf_text(&names, i ? "," : "");
		buf_text(&names, name);
		buf_text(&ports, i ? "," : "");
		buf_str(&ports, port);
		any_port = any_port || port.len;
	}
	url->host = names.len ? names.ptr : NULL;
	url->port = any_port ? ports.ptr : NULL;
	return true;
}
