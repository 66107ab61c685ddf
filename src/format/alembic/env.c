/*
 * env.c - what env.py says where it is called: version_table, version_table_schema, and the variable that holds the URL.
 *
 * Arguments of context.configure() and keys of the dictionaries that go into it, where they are literals or names of literals.  Where the ledger is
 * computed, and brant.yaml does not say which it is, env.py is asked: it is run, in offline mode.  Where nothing of it may run, the database is searched (seek.c).
 */
#include "base/file.h"
#include "format/alembic/helper.h"
#include "format/alembic/python.h"
#include "sql/quote.h"

struct scan {
	struct arena *arena;
	struct source source;
	struct py_module module;
	struct alembic *alembic;
	struct format_url *url;
	struct str computed; /* what of it has to be computed; .ptr NULL: nothing */
	size_t computed_at;
	struct str path; /* a text that speaks of the search_path; .ptr NULL: none */
	struct err *err;
};

/* token is the name or the key; what follows is = or : and the value. */
static bool take_setting(struct scan *s, struct py_lexer *lexer, struct py_token *token, struct str name,
			 const char **place, bool *open)
{
	struct py_value value;
	if (!py_next(lexer, token, s->err))
		return false;
	if ((!py_is(token, "=") && !py_is(token, ":")) || !token->depth)
		return true;
	if (!py_next(lexer, token, s->err))
		return false;
	/* version_table=version_table: passed through by a function */
	bool itself = token->kind == PY_NAME && str_eq(token->text, name) && !map_get(&s->module.names, name);
	if (!py_expression(s->arena, lexer, token, &s->module.names, &value, s->err))
		return false;
	if (value.kind == PY_STRING)
		*place = str_dup(s->arena, value.items.ptr[0]);
	if (value.kind == PY_STRING || value.kind == PY_NONE || itself)
		return true;
	*open = true;
	s->computed = name;
	s->computed_at = value.offset;
	return true;
}

static bool is_of_database(struct str name)
{
	static const char *const words[] = { "DATABASE", "DB", "POSTGRES", "PG", "SQL" };
	for (size_t i = 0; i < LEN(words); i++)
		if (str_find(name, str_of(words[i])) >= 0)
			return true;
	return false;
}

/* os.environ["DATABASE_URL"], os.getenv("DATABASE_URL"): what looks like a URL by its name, the first of them; SENTRY_DSN only where there is no better one. */
static void take_variable(struct scan *s, struct str text)
{
	static const char *const ends[] = { "URL", "URI", "DSN" };
	struct str name;
	if (!py_string(s->arena, text, &name) || !name.len)
		return;
	if (s->url->variable && (is_of_database(str_of(s->url->variable)) || !is_of_database(name)))
		return;
	for (size_t i = 0; i < name.len; i++)
		if (!((name.ptr[i] >= 'A' && name.ptr[i] <= 'Z') || (name.ptr[i] >= '0' && name.ptr[i] <= '9') ||
		      name.ptr[i] == '_'))
			return;
	for (size_t i = 0; i < LEN(ends); i++)
		if (str_ends(name, str_of(ends[i])))
			s->url->variable = str_dup(s->arena, name);
}

static bool walk(struct scan *s)
{
	struct py_lexer lexer = py_lexer_init(&s->source);
	struct py_token token;
	bool environment = false;
	if (!py_next(&lexer, &token, s->err))
		return false;
	while (token.kind != PY_END) {
		struct str name = token.text;
		if (token.kind == PY_TEXT && !py_string(s->arena, token.text, &name))
			name = (struct str){ 0 };
		bool table = str_eq(name, STR("version_table")), schema = str_eq(name, STR("version_table_schema"));
		const char **place = table ? &s->alembic->table : &s->alembic->schema;
		bool *open = table ? &s->alembic->table_open : &s->alembic->schema_open;
		if (token.kind == PY_TEXT && environment)
			take_variable(s, token.text);
		if (token.kind == PY_TEXT && str_find(token.text, STR("search_path")) >= 0)
			s->path = token.text;
		if (token.kind == PY_NAME)
			environment = py_is(&token, "environ") || py_is(&token, "getenv") ||
				(environment && py_is(&token, "get"));
		if (table || schema ? !take_setting(s, &lexer, &token, name, place, open)
				    : !py_next(&lexer, &token, s->err))
			return false;
	}
	return true;
}

/* A ledger without a schema is in the first one of the session, and what that is env.py may have said to the server. */
static void take_path(struct scan *s)
{
	if (!s->path.ptr || s->alembic->schema || s->alembic->schema_open)
		return;
	s->alembic->schema_open = true;
	if (s->computed.ptr)
		return;
	s->computed = STR("the search_path");
	s->computed_at = (size_t)(s->path.ptr - s->source.text.ptr);
}

static bool no_env(const struct scan *s, const char *path)
{
	err_set(s->err, ERR_USAGE, "alembic-config", "there is no \"%s\"", path);
	return err_hint(s->err, "It is where script_location in %s leads to.",
			s->alembic->config ? s->alembic->config : s->alembic->project);
}

/* As brant.yaml names it. */
static void take_ledger(struct scan *s, const char *ledger)
{
	struct str schema, table;
	if (!sql_parse_name(s->arena, str_of(ledger), &schema, &table))
		return;
	s->alembic->table = str_dup(s->arena, table);
	s->alembic->schema = schema.ptr ? str_dup(s->arena, schema) : NULL;
}

static bool unknown_ledger(struct scan *s, const struct err *why)
{
	err_set(s->err, ERR_USAGE, "version-table",
		"what " STR_FMT " is can only be known by running env.py, and that failed: %s", STR_ARG(s->computed),
		why->message);
	if (why->detail)
		err_detail(s->err, "%s", why->detail);
	err_hint(s->err, "Mend that, or tell brant which table it is: \"ledger: SCHEMA.TABLE\" in brant.yaml.");
	return source_err_at(s->err, &s->source, s->computed_at);
}

static bool ask_env(struct scan *s, const struct format_settings *settings)
{
	struct json request = helper_request(s->arena, s->alembic, "ledger"), answer;
	struct err why = { .arena = s->err->arena };
	if (!helper_ask(s->arena, settings, &request, NULL, &answer, &why))
		return unknown_ledger(s, &why);
	s->alembic->table = json_get_text(&answer, "table", "alembic_version");
	s->alembic->schema = json_get_text(&answer, "schema", NULL);
	return true;
}

bool alembic_read_env(struct arena *arena, const struct format_settings *settings, struct alembic *alembic,
		      struct format_url *url, struct err *err)
{
	struct scan s = { .arena = arena, .alembic = alembic, .url = url, .err = err };
	const char *path = path_join(arena, alembic->scripts, "env.py");
	alembic->table = "alembic_version";
	if (!file_exists(path))
		return no_env(&s, path);
	if (!source_load(arena, path, &s.source, err) || !py_module_read(arena, &s.source, &s.module, err) || !walk(&s))
		return false;
	alembic->variable = url->variable;
	take_path(&s);
	if (settings->ledger)
		take_ledger(&s, settings->ledger);
	if (!settings->ledger && settings->only_looks)
		return true;
	alembic->table_open = alembic->schema_open = false;
	return settings->ledger || !s.computed.ptr || ask_env(&s, settings);
}
