#include "sql/facts.h"

#include "sql/lex.h"

/* A place in the text that moves on, token by token. */
struct cursor {
	struct arena *arena;
	struct str text;
	struct token token;
};

static void next(struct cursor *c)
{
	c->token = lex_significant(c->text, c->token.to);
}

static struct cursor cursor_init(struct arena *arena, struct str text)
{
	struct cursor c = { .arena = arena, .text = text };
	next(&c);
	return c;
}

static bool at_word(const struct cursor *c, const char *word)
{
	return token_is_word(c->text, &c->token, word);
}

static bool at_punct(const struct cursor *c, char punct)
{
	return token_is_punct(c->text, &c->token, punct);
}

static bool skip_word(struct cursor *c, const char *word)
{
	bool there = at_word(c, word);
	if (there)
		next(c);
	return there;
}

static bool skip_punct(struct cursor *c, char punct)
{
	bool there = at_punct(c, punct);
	if (there)
		next(c);
	return there;
}

/* The words of a phrase, one after the other, or nothing is skipped. */
static bool skip_phrase(struct cursor *c, const char *phrase)
{
	struct cursor try = *c;
	struct str rest = str_of(phrase), word;
	for (bool more = true; more;) {
		more = str_cut(rest, ' ', &word, &rest);
		if (try.token.kind != TOKEN_WORD || !str_eq_nocase(token_text(try.text, &try.token), word))
			return false;
		next(&try);
	}
	*c = try;
	return true;
}

static bool read_ident(struct cursor *c, struct str *ret_name)
{
	if (c->token.kind != TOKEN_WORD && c->token.kind != TOKEN_QUOTED)
		return false;
	*ret_name = token_name(c->arena, c->text, &c->token);
	next(c);
	return true;
}

/* name, schema.name or database.schema.name. */
static bool read_name(struct cursor *c, struct touch *touch)
{
	touch->schema = (struct str){ 0 };
	touch->offset = c->token.from;
	if (!read_ident(c, &touch->name))
		return false;
	while (skip_punct(c, '.')) {
		touch->schema = touch->name;
		if (!read_ident(c, &touch->name))
			return false;
	}
	return true;
}

static void add_touch(struct cursor *c, struct stmt *stmt, struct touch touch)
{
	vec_push(c->arena, &stmt->touches, touch);
}

/*
 * INSERT with constants: the whole of a seed file or of a dump, up to a hundred megabytes in one statement
 */

static bool skip_constant(struct cursor *c)
{
	if (c->token.kind == TOKEN_OPERATOR && c->token.to == c->token.from + 1 &&
	    (c->text.ptr[c->token.from] == '-' || c->text.ptr[c->token.from] == '+')) {
		next(c);
		if (c->token.kind != TOKEN_NUMBER)
			return false;
	} else if (c->token.kind == TOKEN_WORD) {
		if (!at_word(c, "null") && !at_word(c, "true") && !at_word(c, "false") && !at_word(c, "default"))
			return false;
	} else if (c->token.kind != TOKEN_STRING && c->token.kind != TOKEN_DOLLAR && c->token.kind != TOKEN_NUMBER) {
		return false;
	}
	next(c);
	return true;
}

/* Not vec_push(), whose first step makes room for eight: most of a million statements have one. */
static void add_inserted(struct arena *arena, struct strs *all, struct str value)
{
	if (all->len == all->cap) {
		size_t cap = all->cap ? all->cap * 2 : 1;
		all->ptr = arena_grow(arena, all->ptr, all->cap * sizeof(*all->ptr), cap * sizeof(*all->ptr));
		all->cap = cap;
	}
	all->ptr[all->len++] = value;
}

static void take_constant(struct cursor *c, struct strs *inserted)
{
	if (c->token.kind == TOKEN_NUMBER)
		add_inserted(c->arena, inserted, token_text(c->text, &c->token));
	else if (c->token.kind == TOKEN_STRING || c->token.kind == TOKEN_DOLLAR)
		add_inserted(c->arena, inserted, token_value(c->arena, c->text, &c->token));
}

static bool read_row(struct cursor *c, int version, struct strs *inserted)
{
	if (!skip_punct(c, '('))
		return false;
	for (int column = 0;; column++) {
		if (column == version)
			take_constant(c, inserted);
		if (!skip_constant(c))
			return false;
		if (!skip_punct(c, ','))
			return skip_punct(c, ')');
	}
}

/* The names of columns; *ret_version: which of them is "version", 0 where none are named, -1 where it is not among them. */
static bool read_columns(struct cursor *c, int *ret_version)
{
	*ret_version = 0;
	if (!skip_punct(c, '('))
		return true;
	*ret_version = -1;
	for (int column = 0;; column++) {
		struct str name;
		if (!read_ident(c, &name))
			return false;
		if (str_eq(name, STR("version")))
			*ret_version = column;
		if (!skip_punct(c, ','))
			return skip_punct(c, ')');
	}
}

bool facts_plain_insert(struct arena *arena, struct stmt *stmt)
{
	struct cursor c = cursor_init(arena, stmt->text);
	struct touch touch = { .verb = TOUCH_WRITE, .kind = OBJECT_TABLE };
	struct strs inserted = { 0 };
	int version;
	if (stmt->kind != STMT_SQL || !skip_phrase(&c, "insert into") || !read_name(&c, &touch) ||
	    !read_columns(&c, &version) || !skip_word(&c, "values"))
		return false;
	do {
		if (!read_row(&c, version, &inserted))
			return false;
	} while (skip_punct(&c, ','));
	skip_phrase(&c, "on conflict do nothing");
	if (c.token.kind != TOKEN_END)
		return false;
	stmt->tag = "INSERT";
	stmt->understood = stmt->opaque = stmt->only_fires = stmt->may_set = true;
	stmt->inserted = inserted;
	stmt->touches.ptr = arena_alloc(arena, sizeof(touch));
	stmt->touches.ptr[0] = touch;
	stmt->touches.len = stmt->touches.cap = 1;
	return true;
}

/*
 * Statements that nobody understands
 */

struct object_row {
	const char *words, *tag;
	enum object_kind kind;
	bool no_tx; /* CREATE and DROP refuse a transaction */
};

/* Longer phrases first. */
static const struct object_row objects[] = {
	{ "materialized view", "MATERIALIZED VIEW", OBJECT_MATVIEW, false },
	{ "foreign data wrapper", "FOREIGN DATA WRAPPER", OBJECT_OTHER, false },
	{ "foreign table", "FOREIGN TABLE", OBJECT_TABLE, false },
	{ "event trigger", "EVENT TRIGGER", OBJECT_EVENT_TRIGGER, false },
	{ "table", "TABLE", OBJECT_TABLE, false },
	{ "index", "INDEX", OBJECT_INDEX, false },
	{ "sequence", "SEQUENCE", OBJECT_SEQUENCE, false },
	{ "view", "VIEW", OBJECT_VIEW, false },
	{ "type", "TYPE", OBJECT_TYPE, false },
	{ "domain", "DOMAIN", OBJECT_TYPE, false },
	{ "function", "FUNCTION", OBJECT_FUNCTION, false },
	{ "procedure", "PROCEDURE", OBJECT_FUNCTION, false },
	{ "routine", "ROUTINE", OBJECT_FUNCTION, false },
	{ "aggregate", "AGGREGATE", OBJECT_FUNCTION, false },
	{ "trigger", "TRIGGER", OBJECT_TRIGGER, false },
	{ "policy", "POLICY", OBJECT_POLICY, false },
	{ "rule", "RULE", OBJECT_RULE, false },
	{ "schema", "SCHEMA", OBJECT_SCHEMA, false },
	{ "extension", "EXTENSION", OBJECT_EXTENSION, false },
	{ "role", "ROLE", OBJECT_ROLE, false },
	{ "user", "USER", OBJECT_ROLE, false },
	{ "group", "GROUP", OBJECT_ROLE, false },
	{ "database", "DATABASE", OBJECT_DATABASE, true },
	{ "tablespace", "TABLESPACE", OBJECT_OTHER, true },
	{ "publication", "PUBLICATION", OBJECT_PUBLICATION, false },
	{ "subscription", "SUBSCRIPTION", OBJECT_SUBSCRIPTION, true },
	{ "system", "SYSTEM", OBJECT_OTHER, true },
};

/* REFERENCES table, wherever it stands. */
static void read_references(struct cursor c, struct stmt *stmt)
{
	for (; c.token.kind != TOKEN_END; next(&c)) {
		struct touch touch = { .verb = TOUCH_REFERENCE, .kind = OBJECT_TABLE };
		while (skip_word(&c, "references"))
			if (read_name(&c, &touch))
				add_touch(&c, stmt, touch);
		if (c.token.kind == TOKEN_END)
			break;
	}
}

static void skip_words(struct cursor *c, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (skip_phrase(c, words[i]))
			i = (size_t)-1;
}

static bool is_on_table(enum object_kind kind)
{
	return kind == OBJECT_TRIGGER || kind == OBJECT_POLICY || kind == OBJECT_RULE;
}

/* CREATE TRIGGER t ... ON table: the table is behind the first ON, outside of parentheses. */
static bool read_on(struct cursor *c, struct touch *touch)
{
	static const char *const noise[] = { "only" };
	for (unsigned depth = 0; c->token.kind != TOKEN_END; next(c)) {
		depth += at_punct(c, '(');
		depth -= depth && at_punct(c, ')');
		if (!depth && at_word(c, "on")) {
			next(c);
			skip_words(c, noise, LEN(noise));
			return read_name(c, touch);
		}
	}
	return false;
}

static void read_objects(struct cursor *c, struct stmt *stmt, enum touch_verb verb, enum object_kind kind)
{
	static const char *const noise[] = { "concurrently", "if not exists", "if exists", "only" };
	skip_words(c, noise, LEN(noise));
	struct touch touch = { .verb = verb, .kind = kind };
	if (is_on_table(kind)) {
		struct str part;
		if (read_ident(c, &part) && read_on(c, &touch)) {
			touch.part = part;
			add_touch(c, stmt, touch);
		}
		return;
	}
	if (kind == OBJECT_INDEX && verb == TOUCH_CREATE) {
		struct touch table = { .verb = TOUCH_ALTER, .kind = OBJECT_TABLE };
		bool named = !at_word(c, "on") && read_name(c, &touch);
		if (!read_on(c, &table))
			return;
		add_touch(c, stmt, table);
		touch.schema = table.schema;
		if (named)
			add_touch(c, stmt, touch);
		return;
	}
	do {
		if (read_name(c, &touch))
			add_touch(c, stmt, touch);
	} while (verb == TOUCH_DROP && skip_punct(c, ','));
}

/* CREATE, ALTER and DROP of something. */
static void read_ddl(struct cursor *c, struct stmt *stmt, enum touch_verb verb, const char *name)
{
	static const char *const noise[] = { "temp",  "temporary", "unlogged",   "unique",       "global",
					     "local", "recursive", "constraint", "foreign table" };
	next(c);
	if (verb == TOUCH_CREATE && skip_phrase(c, "or replace"))
		verb = TOUCH_REPLACE;
	skip_words(c, noise, LEN(noise) - 1);
	for (size_t i = 0; i < LEN(objects); i++) {
		const struct object_row *row = &objects[i];
		if (!skip_phrase(c, row->words))
			continue;
		stmt->tag = arena_printf(c->arena, "%s %s", name, row->tag);
		if (row->no_tx && (verb != TOUCH_ALTER || row->kind == OBJECT_OTHER))
			stmt->no_tx = NO_TX_STATEMENT;
		if (strcmp(row->words, "system") != 0)
			read_objects(c, stmt, verb, row->kind);
		if (row->kind == OBJECT_TABLE)
			read_references(*c, stmt);
		return;
	}
}

/* GRANT and REVOKE: of roles, or of privileges ON something. */
static void read_grant_words(struct cursor *c, struct stmt *stmt)
{
	static const char *const noise[] = { "admin option for", "inherit option for", "set option for",
					     "grant option for" };
	static const char *const kinds[] = { "all tables in",   "all sequences in",  "all functions in",
					     "all routines in", "all procedures in", "foreign" };
	struct cursor roles = *c;
	skip_words(&roles, noise, LEN(noise));
	while (c->token.kind != TOKEN_END && !at_word(c, "on") && !at_word(c, "to") && !at_word(c, "from"))
		next(c);
	struct touch touch = { .verb = TOUCH_GRANT, .kind = OBJECT_TABLE };
	if (!skip_word(c, "on")) {
		touch.kind = OBJECT_ROLE;
		*c = roles;
	}
	skip_words(c, kinds, LEN(kinds));
	for (size_t i = 0; touch.kind == OBJECT_TABLE && i < LEN(objects); i++)
		if (skip_phrase(c, objects[i].words))
			touch.kind = objects[i].kind;
	while (read_name(c, &touch)) {
		add_touch(c, stmt, touch);
		if (!skip_punct(c, ','))
			break;
	}
}

struct word_row {
	const char *words, *tag;
	enum touch_verb verb;
	enum stmt_kind kind;
	bool names_table;
};

static const struct word_row statements[] = {
	{ "insert into", "INSERT", TOUCH_WRITE, STMT_SQL, true },
	{ "update", "UPDATE", TOUCH_WRITE, STMT_SQL, true },
	{ "delete from", "DELETE", TOUCH_WRITE, STMT_SQL, true },
	{ "merge into", "MERGE", TOUCH_WRITE, STMT_SQL, true },
	{ "truncate", "TRUNCATE TABLE", TOUCH_TRUNCATE, STMT_SQL, true },
	{ "lock", "LOCK TABLE", TOUCH_LOCK, STMT_SQL, true },
	{ "copy", "COPY", TOUCH_WRITE, STMT_SQL, true },
	{ "select", "SELECT", TOUCH_READ, STMT_SQL, false },
	{ "with", "WITH", TOUCH_READ, STMT_SQL, false },
	{ "comment", "COMMENT", TOUCH_READ, STMT_SQL, false },
	{ "call", "CALL", TOUCH_READ, STMT_SQL, false },
	{ "do", "DO", TOUCH_READ, STMT_SQL, false },
	{ "begin", "BEGIN", TOUCH_READ, STMT_BEGIN, false },
	{ "start transaction", "START TRANSACTION", TOUCH_READ, STMT_BEGIN, false },
	{ "commit", "COMMIT", TOUCH_READ, STMT_COMMIT, false },
	{ "end", "COMMIT", TOUCH_READ, STMT_COMMIT, false },
	{ "rollback to", "ROLLBACK TO", TOUCH_READ, STMT_SQL, false },
	{ "rollback", "ROLLBACK", TOUCH_READ, STMT_ROLLBACK, false },
	{ "abort", "ROLLBACK", TOUCH_READ, STMT_ROLLBACK, false },
	{ "set local", "SET", TOUCH_READ, STMT_SQL, false },
	{ "set transaction", "SET", TOUCH_READ, STMT_SQL, false },
	{ "set", "SET", TOUCH_READ, STMT_SET, false },
	{ "reset", "RESET", TOUCH_READ, STMT_SET, false },
	{ "discard", "DISCARD", TOUCH_READ, STMT_SET, false },
};

static void read_words(struct cursor *c, struct stmt *stmt)
{
	static const char *const noise[] = { "table", "only" };
	for (size_t i = 0; i < LEN(statements); i++) {
		const struct word_row *row = &statements[i];
		if (!skip_phrase(c, row->words))
			continue;
		stmt->tag = row->tag;
		stmt->kind = row->kind;
		struct touch touch = { .verb = row->verb, .kind = OBJECT_TABLE };
		skip_words(c, noise, row->names_table ? LEN(noise) : 0);
		while (row->names_table && read_name(c, &touch)) {
			add_touch(c, stmt, touch);
			if (!skip_punct(c, ','))
				break;
		}
		return;
	}
}

/* CONCURRENTLY among the first words; REFRESH MATERIALIZED VIEW CONCURRENTLY is another matter. */
static bool is_concurrent(struct arena *arena, struct str text)
{
	struct cursor c = cursor_init(arena, text);
	if (!at_word(&c, "create") && !at_word(&c, "drop") && !at_word(&c, "alter") && !at_word(&c, "reindex"))
		return false;
	for (unsigned words = 0; words < 12 && c.token.kind != TOKEN_END; next(&c)) {
		if (at_word(&c, "concurrently"))
			return true;
		words += c.token.kind == TOKEN_WORD;
	}
	return false;
}

void facts_from_tokens(struct arena *arena, struct stmt *stmt)
{
	struct cursor c = cursor_init(arena, stmt->text);
	enum stmt_kind kind = stmt->kind;
	stmt->tag = "SQL";
	stmt->understood = false;
	stmt->opaque = stmt->may_set = true;
	if (at_word(&c, "create"))
		read_ddl(&c, stmt, TOUCH_CREATE, "CREATE");
	else if (at_word(&c, "alter"))
		read_ddl(&c, stmt, TOUCH_ALTER, "ALTER");
	else if (at_word(&c, "drop"))
		read_ddl(&c, stmt, TOUCH_DROP, "DROP");
	else if (skip_word(&c, "vacuum"))
		stmt->tag = "VACUUM", stmt->no_tx = NO_TX_STATEMENT;
	else if (skip_word(&c, "reindex"))
		stmt->tag = "REINDEX";
	else if (skip_word(&c, "grant"))
		stmt->tag = "GRANT", read_grant_words(&c, stmt);
	else if (skip_word(&c, "revoke"))
		stmt->tag = "REVOKE", read_grant_words(&c, stmt);
	else
		read_words(&c, stmt);
	if (is_concurrent(arena, stmt->text))
		stmt->no_tx = NO_TX_CONCURRENTLY;
	if (kind == STMT_COPY_IN)
		stmt->kind = kind;
}
