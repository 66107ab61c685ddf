#include "sql/psql.h"

#include "sql/quote.h"

bool variable_name_valid(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
		if (!letter && !(c >= '0' && c <= '9'))
			return false;
	}
	return name.len > 0;
}

bool variable_value(struct arena *arena, const struct map *variables, struct str reference, struct str *ret_value,
		    bool *ret_plain)
{
	char form = reference.ptr[1];
	*ret_plain = form != '\'' && form != '"' && form != '{';
	struct str name = form == '{' ? str_slice(reference, 3, reference.len - 1)
		: *ret_plain          ? str_slice(reference, 1, reference.len)
				      : str_slice(reference, 2, reference.len - 1);
	const char *text = map_get(variables, name);
	if (form == '{') {
		*ret_value = text ? STR("TRUE") : STR("FALSE");
		return true;
	}
	if (!text)
		return false;
	struct str value = str_of(text);
	*ret_value = *ret_plain ? value : form == '"' ? sql_quoted(arena, value) : str_of(sql_literal(arena, value));
	return true;
}

/* The line of a command while it is read. */
struct line {
	struct arena *arena;
	const struct source *source;
	const struct map *variables;
	struct str text; /* the source's, ended at the line's end */
	size_t pos;
	struct err *err;
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool fail(struct line *line, size_t offset, const char *message)
{
	err_set(line->err, ERR_FAILED, "psql-command", "%s", message);
	return source_err_at(line->err, line->source, offset);
}

static unsigned digits(struct line *line, unsigned base, size_t max)
{
	unsigned value = 0;
	for (size_t n = 0; n < max && line->pos < line->text.len; n++, line->pos++) {
		char c = line->text.ptr[line->pos];
		unsigned digit = c >= '0' && c <= '9'            ? (unsigned)(c - '0')
			: (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (unsigned)((c | 0x20) - 'a' + 10)
								 : 99;
		if (digit >= base)
			break;
		value = value * base + digit;
	}
	return value;
}

/* Behind a backslash in a quoted argument. */
static void add_escape(struct line *line, struct buf *buf)
{
	char c = line->text.ptr[line->pos];
	static const char names[] = "ntbrf", values[] = "\n\t\b\r\f";
	const char *named = c ? strchr(names, c) : NULL;
	if (c >= '0' && c <= '7') {
		buf_char(buf, (char)digits(line, 8, 3));
		return;
	}
	line->pos++;
	if (c == 'x')
		buf_char(buf, (char)digits(line, 16, 2));
	else
		buf_char(buf, named ? values[named - names] : c);
}

/* From the opening quote; '' and backslash escapes. */
static bool add_quoted(struct line *line, struct buf *buf)
{
	size_t opened = line->pos++;
	while (line->pos < line->text.len) {
		char c = line->text.ptr[line->pos++];
		if (c == '\\' && line->pos < line->text.len) {
			add_escape(line, buf);
		} else if (c != '\'') {
			buf_char(buf, c);
		} else if (line->pos < line->text.len && line->text.ptr[line->pos] == '\'') {
			buf_char(buf, c);
			line->pos++;
		} else {
			return true;
		}
	}
	return fail(line, opened, "quoted argument is not closed on its line");
}

/* psql keeps double quotes in an argument, and what is between them as it is. */
static bool add_double_quoted(struct line *line, struct buf *buf)
{
	size_t opened = line->pos;
	const char *start = line->text.ptr + opened;
	const char *end = memchr(start + 1, '"', line->text.len - opened - 1);
	if (!end)
		return fail(line, opened, "quoted argument is not closed on its line");
	size_t len = (size_t)(end - start) + 1;
	buf_add(buf, start, len);
	line->pos += len;
	return true;
}

static void add_variable(struct line *line, struct buf *buf)
{
	struct token token = lex_token(line->text, line->pos);
	struct str value = token_text(line->text, &token);
	bool plain;
	if (token.kind == TOKEN_VARIABLE)
		variable_value(line->arena, line->variables, value, &value, &plain);
	else
		value = STR(":");
	buf_str(buf, value);
	line->pos += token.kind == TOKEN_VARIABLE ? token.to - token.from : 1;
}

static bool read_argument(struct line *line, struct str *ret_argument)
{
	struct buf buf = buf_init(line->arena);
	while (line->pos < line->text.len) {
		char c = line->text.ptr[line->pos];
		if (is_blank(c) || c == '\\')
			break;
		if (c == '`')
			return fail(line, line->pos, "a command in backquotes is not run");
		if (c == '\'' || c == '"') {
			if (!(c == '"' ? add_double_quoted(line, &buf) : add_quoted(line, &buf)))
				return false;
		} else if (c == ':') {
			add_variable(line, &buf);
		} else {
			buf_char(&buf, c);
			line->pos++;
		}
	}
	*ret_argument = buf_as_str(&buf);
	return true;
}

static void skip_blanks(struct line *line)
{
	while (line->pos < line->text.len && is_blank(line->text.ptr[line->pos]))
		line->pos++;
}

bool command_parse(struct arena *arena, const struct source *source, const struct map *variables, size_t pos,
		   size_t line_end, struct command *ret_command, struct err *err)
{
	struct line line = {
		.arena = arena,
		.source = source,
		.variables = variables,
		.text = str_slice(source->text, 0, line_end),
		.pos = pos,
		.err = err,
	};
	struct command command = { 0 };
	while (line.pos < line_end && !is_blank(line.text.ptr[line.pos]) && line.text.ptr[line.pos] != '\\')
		line.pos++;
	command.name = str_slice(line.text, pos, line.pos);
	if (!command_known(command.name))
		return command_refuse(err, source, pos - 1, command.name);
	for (skip_blanks(&line); line.pos < line_end && line.text.ptr[line.pos] != '\\'; skip_blanks(&line)) {
		struct str argument;
		if (!read_argument(&line, &argument))
			return false;
		vec_push(arena, &command.arguments, argument);
	}
	if (str_starts(str_slice(line.text, line.pos, line_end), STR("\\\\")))
		line.pos += 2;
	command.to = line.pos;
	*ret_command = command;
	return true;
}

bool command_known(struct str name)
{
	static const char *const known[] = { "set",  "unset", "i",    "include",  "ir",        "include_relative",
					     "echo", "qecho", "warn", "restrict", "unrestrict" };
	for (size_t i = 0; i < LEN(known); i++)
		if (str_eq(name, str_of(known[i])))
			return true;
	return false;
}

/* What somebody who wrote the command can do instead. */
static const char *advice(struct str name)
{
	static const struct {
		const char *name, *advice;
	} table[] = {
		{ "copy", "Use COPY ... FROM stdin with the data in the file, or INSERT." },
		{ "c",
		  "A migration runs in the database of its URL. Split the file, and run each part against its own database." },
		{ "connect",
		  "A migration runs in the database of its URL. Split the file, and run each part against its own database." },
		{ "g", "End the statement with a semicolon." },
		{ "gx", "End the statement with a semicolon." },
		{ "gset", "Compute the value where it is needed: in a subquery, or in a DO block." },
		{ "gexec", "Use a DO block that loops over the query and runs each row with EXECUTE." },
		{ "gdesc", "End the statement with a semicolon." },
		{ "crosstabview", "End the statement with a semicolon." },
		{ "watch", "End the statement with a semicolon; it runs once." },
		{ "if", "Use a DO block with IF, or split the file." },
		{ "elif", "Use a DO block with IF, or split the file." },
		{ "else", "Use a DO block with IF, or split the file." },
		{ "endif", "Use a DO block with IF, or split the file." },
		{ "!", "Run the shell command outside of the migration." },
		{ "setenv", "Set the variable outside of the migration." },
		{ "getenv", "Pass the value as a psql variable in the project's configuration." },
		{ "prompt", "Pass the value as a psql variable in the project's configuration." },
		{ "lo_import", "Load large objects outside of the migration." },
		{ "password", "Use ALTER ROLE ... PASSWORD." },
		{ "q", "Remove it: the end of the file ends the migration." },
		{ "quit", "Remove it: the end of the file ends the migration." },
		{ ".", "It ends the data of COPY ... FROM stdin, and there is no such COPY in front of it." },
		{ ";", "End each statement with a plain semicolon." },
		{ "encoding", "Save the file as UTF-8 and remove the command." },
		{ "bind", "Write the values into the statement." },
		{ "parse", "Write the statement without a name, with its values in it." },
	};
	for (size_t i = 0; i < LEN(table); i++)
		if (str_eq(name, str_of(table[i].name)))
			return table[i].advice;
	return "Remove it: a migration may use \\set, \\unset, \\i, \\ir, \\echo and no other command of psql.";
}

bool command_refuse(struct err *err, const struct source *source, size_t offset, struct str name)
{
	if (str_starts(name, STR(";")))
		name = STR(";");
	err_set(err, ERR_FAILED, "psql-command", "psql's command \\" STR_FMT " is not supported", STR_ARG(name));
	err_hint(err, "%s", advice(name));
	return source_err_at(err, source, offset);
}
