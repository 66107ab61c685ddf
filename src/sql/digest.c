#include "sql/script.h"

#include "base/hash.h"
#include "sql/split.h"

static struct str without_mark(struct str text)
{
	return str_starts(text, STR("\xef\xbb\xbf")) ? str_slice(text, 3, text.len) : text;
}

/* Adds bytes with CRLF as LF. */
static void add_lines(struct sha256 *hash, struct str bytes)
{
	while (bytes.len) {
		ptrdiff_t crlf = str_find(bytes, STR("\r\n"));
		if (crlf < 0)
			break;
		sha256_add(hash, str_slice(bytes, 0, (size_t)crlf));
		bytes = str_slice(bytes, (size_t)crlf + 1, bytes.len);
	}
	sha256_add(hash, bytes);
}

char *script_digest_bytes(struct arena *arena, struct str text)
{
	struct sha256 *hash = sha256_new(arena);
	add_lines(hash, without_mark(text));
	return sha256_hex(hash);
}

/* Two constants with a line end between them are one; with a blank they are a mistake. */
static struct str separator(const struct token *before, const struct token *token)
{
	bool strings = before->kind == TOKEN_STRING && token->kind == TOKEN_STRING;
	return strings && token->newline ? STR("\n") : STR(" ");
}

/* Tokens in front of which no blank makes a difference get one all the same, so that "a,b" equals "a , b". */
char *script_digest_tokens(struct arena *arena, struct str text)
{
	struct sha256 *hash = sha256_new(arena);
	struct splitter splitter = splitter_init(without_mark(text));
	struct token before = { 0 };
	bool newline = false;
	for (;;) {
		struct token token = splitter_next(&splitter);
		newline = newline || token.newline;
		if (token.kind == TOKEN_LINE_COMMENT || token.kind == TOKEN_BLOCK_COMMENT)
			continue;
		if (token.kind == TOKEN_END)
			break;
		token.newline = newline;
		newline = false;
		if (token.kind == TOKEN_BACKSLASH) {
			splitter_skip_line(&splitter);
			token.to = splitter.pos;
		}
		sha256_add(hash, separator(&before, &token));
		struct str bytes = token_text(splitter.text, &token);
		add_lines(hash, token.kind == TOKEN_BACKSLASH ? str_trim(bytes) : bytes);
		before = token;
		struct str data;
		if (token.kind == TOKEN_BACKSLASH || !splitter_take(&splitter, splitter.text, &token))
			continue;
		splitter_close(&splitter, &data);
		add_lines(hash, data);
	}
	return sha256_hex(hash);
}
