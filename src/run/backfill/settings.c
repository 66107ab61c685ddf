#include "run/backfill/settings.h"

#include <stddef.h>

#include "base/duration.h"

const struct backfill_settings backfill_defaults = {
	.target = 0.2,
	.workers = 1,
	.lock_timeout = 0.5,
	.retries = 100,
	.max_lag = 10,
	.max_active = 80,
	.max_queue = 0,
};

enum word_kind { WORD_COUNT, WORD_TIME, WORD_TEXT, WORD_LOCKED, WORD_FLAG };

#define AT(field) offsetof(struct backfill_settings, field)
static const struct word {
	const char *name;
	enum word_kind kind;
	size_t offset;
	unsigned long long max;
} words[] = {
	{ "batch", WORD_COUNT, AT(batch), 1000000 },
	{ "target", WORD_TIME, AT(target), 0 },
	{ "pause", WORD_TIME, AT(pause), 0 },
	{ "key", WORD_TEXT, AT(key), 0 },
	{ "workers", WORD_COUNT, AT(workers), 64 },
	{ "locked", WORD_LOCKED, AT(skip_locked), 0 },
	{ "once", WORD_FLAG, AT(once), 0 },
	{ "lock_timeout", WORD_TIME, AT(lock_timeout), 0 },
	{ "retries", WORD_COUNT, AT(retries), 1000000 },
	{ "max_lag", WORD_TIME, AT(max_lag), 0 },
	{ "max_active", WORD_COUNT, AT(max_active), 100 },
	{ "max_wal", WORD_COUNT, AT(max_wal), 1000000 },
	{ "max_queue", WORD_COUNT, AT(max_queue), 1000000 },
	{ "throttle", WORD_TEXT, AT(throttle), 0 },
};
#undef AT

static bool bad(struct err *err, struct str word, const char *why)
{
	err_set(err, ERR_USAGE, "backfill-option", "\"" STR_FMT "\" %s", STR_ARG(word), why);
	return err_hint(
		err,
		"For example: -- brant: backfill batch=2000 pause=20ms. \"brant explain backfill-option\" lists them.");
}

static bool set_count(void *field, const struct word *word, struct str value)
{
	unsigned long long count;
	if (!str_to_u64(value, &count) || count > word->max)
		return false;
	*(long long *)field = (long long)count;
	return true;
}

static bool set_value(struct arena *arena, struct backfill_settings *settings, const struct word *word,
		      struct str value)
{
	void *field = (char *)settings + word->offset;
	switch (word->kind) {
	case WORD_COUNT:
		return set_count(field, word, value);
	case WORD_TIME:
		return duration_parse(value, field);
	case WORD_TEXT:
		*(const char **)field = str_dup(arena, value);
		return value.len > 0;
	case WORD_LOCKED:
		*(bool *)field = str_eq(value, STR("skip"));
		return *(bool *)field || str_eq(value, STR("wait"));
	case WORD_FLAG:
		*(bool *)field = true;
		return value.len == 0;
	}
	return false;
}

/* The next word; a value in double quotes may hold blanks ("" is a quote in it). */
static struct str next_word(struct str *rest)
{
	struct str s = str_trim(*rest);
	bool quoted = false;
	size_t i = 0;
	for (; i < s.len && (quoted || (s.ptr[i] != ' ' && s.ptr[i] != '\t')); i++)
		if (s.ptr[i] == '"')
			quoted = !quoted;
	*rest = str_slice(s, i, s.len);
	return str_slice(s, 0, i);
}

static struct str unquote(struct arena *arena, struct str value)
{
	if (value.len < 2 || value.ptr[0] != '"' || value.ptr[value.len - 1] != '"')
		return value;
	struct buf buf = buf_init(arena);
	for (size_t i = 1; i + 1 < value.len; i++) {
		buf_char(&buf, value.ptr[i]);
		if (value.ptr[i] == '"' && i + 2 < value.len && value.ptr[i + 1] == '"')
			i++;
	}
	return buf_as_str(&buf);
}

bool backfill_settings_read(struct arena *arena, struct str text, struct backfill_settings *settings, struct err *err)
{
	for (struct str word = next_word(&text); word.len; word = next_word(&text)) {
		struct str name, value = { 0 };
		const struct word *known = NULL;
		str_cut(word, '=', &name, &value);
		for (size_t i = 0; i < LEN(words); i++)
			if (str_eq(name, str_of(words[i].name)))
				known = &words[i];
		if (!known)
			return bad(err, name, "is no setting of a backfill");
		if (!set_value(arena, settings, known, unquote(arena, value)))
			return bad(err, word, "has no value that makes sense");
	}
	if (settings->workers < 1)
		settings->workers = 1;
	return true;
}

static void put_text(struct buf *buf, const char *name, const char *value)
{
	buf_printf(buf, "%s=\"", name);
	for (; *value; value++) {
		buf_char(buf, *value);
		if (*value == '"')
			buf_char(buf, '"');
	}
	buf_text(buf, "\" ");
}

char *backfill_settings_text(struct arena *arena, const struct backfill_settings *settings)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < LEN(words); i++) {
		const void *field = (const char *)settings + words[i].offset;
		switch (words[i].kind) {
		case WORD_COUNT:
			if (*(const long long *)field >= 0)
				buf_printf(&buf, "%s=%lld ", words[i].name, *(const long long *)field);
			break;
		case WORD_TIME:
			buf_printf(&buf, "%s=%.0fms ", words[i].name, *(const double *)field * 1000);
			break;
		case WORD_TEXT:
			if (*(const char *const *)field)
				put_text(&buf, words[i].name, *(const char *const *)field);
			break;
		case WORD_LOCKED:
			buf_printf(&buf, "%s=%s ", words[i].name, *(const bool *)field ? "skip" : "wait");
			break;
		case WORD_FLAG:
			if (*(const bool *)field)
				buf_printf(&buf, "%s ", words[i].name);
			break;
		}
	}
	return buf.ptr;
}
