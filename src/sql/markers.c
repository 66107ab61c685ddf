#include "sql/markers.h"

static struct str next_word(struct str *rest)
{
	struct str s = str_trim(*rest);
	size_t len = 0;
	while (len < s.len && s.ptr[len] != ' ' && s.ptr[len] != '\t')
		len++;
	*rest = str_slice(s, len, s.len);
	return str_slice(s, 0, len);
}

/* Do the words of s begin with those of the phrase, in any case? */
static bool says(struct str s, const char *phrase)
{
	struct str want = str_of(phrase);
	for (struct str word = next_word(&want); word.len; word = next_word(&want)) {
		struct str have = next_word(&s);
		if (!str_eq_nocase(have, word))
			return false;
	}
	return true;
}

/* dbmate and sql-migrate put options behind the mark of the way up. */
static bool has_option(struct str s, const char *option)
{
	for (struct str word = next_word(&s); word.len; word = next_word(&s))
		if (str_eq_nocase(word, str_of(option)))
			return true;
	return false;
}

static bool is_no_transaction(struct str body)
{
	static const char *const phrases[] = {
		"+goose no transaction",                   /* goose */
		"no-transaction",                          /* sqlx */
		"atlas:txmode none",                       /* Atlas */
		"postgres-migrations disable-transaction", /* postgres-migrations */
		"! no-transaction",                        /* graphile-migrate: "--! no-transaction" */
		"!no-transaction",
		"morph:nontransactional", /* morph */
		"tern: disable-tx",       /* tern: "---- tern: disable-tx ----" */
	};
	for (size_t i = 0; i < LEN(phrases); i++)
		if (says(body, phrases[i]))
			return true;
	return (says(body, "+migrate up") && has_option(body, "notransaction")) ||   /* sql-migrate */
		(says(body, "migrate:up") && has_option(body, "transaction:false")); /* dbmate */
}

static bool is_down(struct str body)
{
	static const char *const phrases[] = {
		"+goose down",               /* goose */
		"+migrate down",             /* sql-migrate */
		"+micrate down",             /* micrate */
		"migrate:down",              /* dbmate */
		"rambler down",              /* rambler */
		"//@undo",                   /* MyBatis */
		"create above / drop below", /* tern, between dashes */
		"==== down",                 /* shmig, likewise in a frame */
	};
	for (size_t i = 0; i < LEN(phrases); i++)
		if (says(body, phrases[i]))
			return true;
	return false;
}

enum marker marker_read(struct str comment, struct str *ret_key, struct str *ret_arguments)
{
	while (comment.len && comment.ptr[0] == '-')
		comment = str_slice(comment, 1, comment.len);
	struct str body = str_trim(comment);
	if (!body.len)
		return MARKER_NONE;
	struct str before, after;
	if (str_cut(body, ':', &before, &after) && str_eq(str_trim(before), STR("brant"))) {
		*ret_key = next_word(&after);
		*ret_arguments = str_trim(after);
		return MARKER_DIRECTIVE;
	}
	if (is_down(body))
		return MARKER_DOWN;
	if (str_eq_nocase(body, STR("up migration")))
		return MARKER_HEADING_UP;
	if (str_eq_nocase(body, STR("down migration")))
		return MARKER_HEADING_DOWN;
	return is_no_transaction(body) ? MARKER_NO_TRANSACTION : MARKER_NONE;
}
