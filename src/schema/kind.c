#include "schema/kind.h"

#include "schema/readable.h"
#include "sql/quote.h"

/*
 * Parts of a script.  Functions stand behind the relations that their bodies may name; what needs a function earlier (a default, a policy, a
 * view) draws it forward.
 */
enum group {
	G_NAMESPACE,
	G_EXTENSION,
	G_TYPE,
	G_FOREIGN,
	G_SEQUENCE,
	G_TABLE,
	G_FOREIGN_KEY,
	G_VIEW,
	G_CODE,
	G_RULE,
	G_PUBLICATION,
	G_GRANT
};

const struct kind_facts kinds[KIND_COUNT] = {
	[KIND_SCHEMA] = { "schema", "SCHEMA %N", "CREATE SCHEMA[ IF NOT EXISTS%?{_standard}] %N", .grant = "SCHEMA %N",
			  .group = G_NAMESPACE },
	[KIND_EXTENSION] = { "extension", "EXTENSION %N", "CREATE EXTENSION IF NOT EXISTS %N SCHEMA %{schema_name}",
			     .group = G_EXTENSION },
	[KIND_EXTENSION_MEMBER] = { "extension member", "%N", "", "", "%N", .group = G_EXTENSION },
	[KIND_DEFAULT_PRIVILEGES] = { "default privileges", "", .group = G_EXTENSION },
	[KIND_COLLATION] = { "collation", "COLLATION %N", "CREATE COLLATION %N %{definition}", .group = G_TYPE },
	[KIND_ENUM] = { "enum", "TYPE %N", "CREATE TYPE %N AS ENUM (%{labels})", .grant = "TYPE %N", .group = G_TYPE },
	[KIND_DOMAIN] = { "domain", "DOMAIN %N",
			  "CREATE DOMAIN %N AS %{type}[ COLLATE %{collation}][ DEFAULT %{default}][ NOT NULL%?{not_null}]",
			  .grant = "DOMAIN %N", .group = G_TYPE },
	[KIND_DOMAIN_CONSTRAINT] = { "domain constraint", "CONSTRAINT %N ON DOMAIN %P",
				     "ALTER DOMAIN %P ADD CONSTRAINT %N %{definition}[ NOT VALID%?{not_valid}]",
				     "ALTER DOMAIN %P DROP CONSTRAINT %N", .group = G_TYPE },
	[KIND_COMPOSITE] = { "composite type", "TYPE %N", .grant = "TYPE %N", .group = G_TYPE, .is_relation = true },
	[KIND_ATTRIBUTE] = { "attribute", "COLUMN %P.%N",
			     "ALTER TYPE %P ADD ATTRIBUTE %N %{type}[ COLLATE %{collation}]",
			     "ALTER TYPE %P DROP ATTRIBUTE %N", .group = G_TYPE },
	[KIND_SHELL_TYPE] = { "shell type", "TYPE %N", "CREATE TYPE %N", "[DROP TYPE %N%?{_alone}]", .group = G_TYPE },
	[KIND_BASE_TYPE] = { "base type", "TYPE %N", "CREATE TYPE %N (%{definition})", "DROP TYPE %N CASCADE",
			     .grant = "TYPE %N", .group = G_TYPE },
	[KIND_RANGE] = { "range", "TYPE %N", "CREATE TYPE %N AS RANGE (%{definition})", .grant = "TYPE %N",
			 .group = G_TYPE },
	[KIND_FDW] = { "foreign data wrapper", "FOREIGN DATA WRAPPER %N",
		       "CREATE FOREIGN DATA WRAPPER %{definition}[ OPTIONS (%{server_options})]",
		       .grant = "FOREIGN DATA WRAPPER %N", .group = G_FOREIGN },
	[KIND_SERVER] = { "foreign server", "SERVER %N", "CREATE SERVER %{definition}[ OPTIONS (%{server_options})]",
			  .grant = "FOREIGN SERVER %N", .group = G_FOREIGN },
	[KIND_USER_MAPPING] = { "user mapping", "USER MAPPING %N",
				"CREATE USER MAPPING %N[ OPTIONS (%{server_options})]", .group = G_FOREIGN },
	[KIND_SEQUENCE] = { "sequence", "SEQUENCE %N", "CREATE[ UNLOGGED%?{unlogged}] SEQUENCE %N[ %{_short}]",
			    .grant = "SEQUENCE %N", .group = G_SEQUENCE, .is_relation = true },
	[KIND_FUNCTION] = { "function", "FUNCTION %N", "%{definition}", .grant = "FUNCTION %N", .group = G_CODE },
	[KIND_PROCEDURE] = { "procedure", "PROCEDURE %N", "%{definition}", .grant = "PROCEDURE %N", .group = G_CODE },
	[KIND_AGGREGATE] = { "aggregate", "AGGREGATE %N", "CREATE AGGREGATE %N (%{definition})",
			     .grant = "FUNCTION %{_signature}", .group = G_CODE },
	[KIND_OPERATOR] = { "operator", "OPERATOR %N", "CREATE OPERATOR %{definition}", .group = G_CODE },
	[KIND_CAST] = { "cast", "CAST %N", "CREATE CAST %{definition}", .group = G_CODE },
	[KIND_OPFAMILY] = { "operator family", "OPERATOR FAMILY %N", "CREATE OPERATOR FAMILY %{definition}",
			    .group = G_CODE },
	[KIND_OPCLASS] = { "operator class", "OPERATOR CLASS %N", "CREATE OPERATOR CLASS %{definition}",
			   .group = G_CODE },
	[KIND_OPFAMILY_MEMBER] = { "operator family member", "", "ALTER OPERATOR FAMILY %P ADD %{definition}",
				   "ALTER OPERATOR FAMILY %P DROP %N", .group = G_CODE },
	[KIND_TS_TEMPLATE] = { "text search template", "TEXT SEARCH TEMPLATE %N",
			       "CREATE TEXT SEARCH TEMPLATE %N %{definition}", .group = G_TYPE },
	[KIND_TS_PARSER] = { "text search parser", "TEXT SEARCH PARSER %N",
			     "CREATE TEXT SEARCH PARSER %N %{definition}", .group = G_TYPE },
	[KIND_TS_DICTIONARY] = { "text search dictionary", "TEXT SEARCH DICTIONARY %N",
				 "CREATE TEXT SEARCH DICTIONARY %N %{definition}", .group = G_TYPE },
	[KIND_TS_CONFIGURATION] = { "text search configuration", "TEXT SEARCH CONFIGURATION %N",
				    "CREATE TEXT SEARCH CONFIGURATION %N %{definition}", .group = G_TYPE },
	[KIND_LANGUAGE] = { "language", "LANGUAGE %N", "CREATE %{definition}", .grant = "LANGUAGE %N",
			    .group = G_CODE },
	[KIND_TRANSFORM] = { "transform", "TRANSFORM %N", "CREATE TRANSFORM %{definition}", .group = G_CODE },
	[KIND_CONVERSION] = { "conversion", "CONVERSION %N", "CREATE %{definition}", .group = G_CODE },
	[KIND_ACCESS_METHOD] = { "access method", "ACCESS METHOD %N", "CREATE ACCESS METHOD %{definition}",
				 .group = G_CODE },
	[KIND_TABLE] = { "table", "TABLE %N", .grant = "TABLE %N", .group = G_TABLE, .is_relation = true,
			 .holds_data = true },
	[KIND_FOREIGN_TABLE] = { "foreign table", "FOREIGN TABLE %N", .grant = "TABLE %N", .group = G_TABLE,
				 .is_relation = true },
	[KIND_COLUMN] = { "column", "COLUMN %P.%N", .drop = "ALTER TABLE %P DROP COLUMN %N", .grant = "TABLE %P",
			  .group = G_TABLE, .holds_data = true },
	[KIND_DEFAULT] = { "default", "", "ALTER TABLE %P ALTER COLUMN %N SET DEFAULT %{expression}",
			   .drop = "ALTER TABLE %P ALTER COLUMN %N DROP DEFAULT", .group = G_TABLE },
	[KIND_CONSTRAINT] = { "constraint", "CONSTRAINT %N ON %P",
			      "ALTER TABLE %P ADD CONSTRAINT %N %{definition}[ NOT VALID%?{not_valid}]",
			      "ALTER TABLE %P DROP CONSTRAINT %N", .group = G_TABLE },
	[KIND_INDEX] = { "index", "INDEX %N", "%{definition}[ TABLESPACE %{tablespace}]", .group = G_TABLE,
			 .is_relation = true },
	[KIND_OWNED_BY] = { "owned by", "", "ALTER SEQUENCE %P OWNED BY %{owned_by}",
			    .drop = "ALTER SEQUENCE %P OWNED BY NONE", .group = G_TABLE },
	[KIND_FOREIGN_KEY] = { "foreign key", "CONSTRAINT %N ON %P",
			       "ALTER TABLE %P ADD CONSTRAINT %N %{definition}[ NOT VALID%?{not_valid}]",
			       "ALTER TABLE %P DROP CONSTRAINT %N", .group = G_FOREIGN_KEY },
	[KIND_VIEW] = { "view", "VIEW %N", "CREATE VIEW %N[ WITH (%{options})] AS\n%{definition}", .grant = "TABLE %N",
			.group = G_VIEW, .is_relation = true },
	[KIND_MATERIALIZED_VIEW] = { "materialized view", "MATERIALIZED VIEW %N",
				     "CREATE MATERIALIZED VIEW %N[ USING %{access_method}][ WITH (%{options})] AS\n%{definition}[\nWITH NO DATA%?{_no_data}]",
				     .grant = "TABLE %N", .group = G_VIEW, .is_relation = true },
	[KIND_VIEW_COLUMN] = { "view column", "COLUMN %P.%N", "", "", "TABLE %P", .group = G_VIEW },
	[KIND_STATISTICS] = { "statistics", "STATISTICS %N", "%{definition}", .group = G_RULE },
	[KIND_RULE] = { "rule", "RULE %N ON %P", "%{definition}", .group = G_RULE },
	[KIND_TRIGGER] = { "trigger", "TRIGGER %N ON %P", "%{definition}", .group = G_RULE },
	[KIND_TRIGGER_STATE] = { "trigger state", "", "ALTER TABLE %P %{enabled} TRIGGER %N",
				 "ALTER TABLE %P %{_usual} TRIGGER %N", .group = G_RULE },
	[KIND_POLICY] = { "policy", "POLICY %N ON %P",
			  "CREATE POLICY %N ON %P[ AS RESTRICTIVE%?{restrictive}][ FOR %{command}][ TO %{roles}][\n\tUSING (%{using})][\n\tWITH CHECK (%{check})]",
			  .group = G_RULE },
	[KIND_EXTENSION_DEPENDENCY] = { "extension dependency", "", "ALTER %{_on} DEPENDS ON EXTENSION %N",
					"ALTER %{_on} NO DEPENDS ON EXTENSION %N", .group = G_RULE },
	[KIND_PUBLICATION] = { "publication", "PUBLICATION %N",
			       "CREATE PUBLICATION %N[ FOR ALL TABLES%?{all_tables}] WITH (%{publish})",
			       .group = G_PUBLICATION },
	[KIND_PUBLICATION_TABLE] = { "publication table", "", "ALTER PUBLICATION %P ADD TABLE %{definition}",
				     "ALTER PUBLICATION %P DROP TABLE %N", .group = G_PUBLICATION },
	[KIND_PUBLICATION_SCHEMA] = { "publication schema", "",
				      "ALTER PUBLICATION %P ADD TABLES IN SCHEMA %{definition}",
				      "ALTER PUBLICATION %P DROP TABLES IN SCHEMA %N", .group = G_PUBLICATION },
	[KIND_SUBSCRIPTION] = { "subscription", "SUBSCRIPTION %N",
				"CREATE SUBSCRIPTION %N CONNECTION %{connection} PUBLICATION %{publications}\n"
				"\tWITH (connect = false, slot_name = %{slot_name}, %{options}[, two_phase = true%?{two_phase}])",
				.group = G_PUBLICATION },
	[KIND_EVENT_TRIGGER] = { "event trigger", "EVENT TRIGGER %N", "CREATE EVENT TRIGGER %{definition}",
				 .group = G_PUBLICATION },
	[KIND_GRANT] = { "grant", "", .group = G_GRANT },
};

bool kind_find(struct str name, enum kind *ret_kind)
{
	for (int kind = 0; kind < KIND_COUNT; kind++)
		if (str_eq(name, str_of(kinds[kind].name))) {
			*ret_kind = (enum kind)kind;
			return true;
		}
	return false;
}

/* ---- templates ---- */

struct filling {
	struct arena *arena;
	struct buf buf;
	const struct object *object;
	const char *value;
	bool lacks; /* an attribute inside of the bracket that is open has no value */
};

/* The text of a function is the user's own, to the last blank. */
static const char *shown(struct arena *arena, const struct object *object, const char *value)
{
	bool is_verbatim = object->kind == KIND_FUNCTION || object->kind == KIND_PROCEDURE;
	return value && !is_verbatim ? readable_expression(arena, value) : value;
}

const char *object_text(struct arena *arena, const struct object *object, const char *name)
{
	return shown(arena, object, object_get(object, name));
}

/* "%{name}" or "%?{name}" at text; returns what is behind it. */
static const char *fill_attribute(struct filling *fill, const char *text)
{
	bool only_asked = *text == '?';
	const char *name = text + (only_asked ? 2 : 1), *end = strchr(name, '}');
	const char *value = object_get(fill->object, arena_strndup(fill->arena, name, (size_t)(end - name)));
	if (!value)
		fill->lacks = true;
	else if (!only_asked)
		buf_text(&fill->buf, shown(fill->arena, fill->object, value));
	return end + 1;
}

static const char *fill_one(struct filling *fill, const char *text)
{
	const char *value = fill->value ? fill->value : "";
	switch (*text) {
	case 'N':
		buf_text(&fill->buf, fill->object->ident);
		return text + 1;
	case 'P':
		buf_text(&fill->buf, fill->object->parent_ident ? fill->object->parent_ident : "");
		return text + 1;
	case 'R':
		buf_text(&fill->buf, object_reference(fill->arena, fill->object));
		return text + 1;
	case 'V':
		buf_text(&fill->buf, shown(fill->arena, fill->object, value));
		return text + 1;
	case 'I':
		buf_text(&fill->buf, sql_ident(fill->arena, str_of(value)));
		return text + 1;
	case 'L':
		buf_text(&fill->buf, sql_literal(fill->arena, str_of(value)));
		return text + 1;
	default:
		return fill_attribute(fill, text);
	}
}

char *template_fill(struct arena *arena, const char *text, const struct object *object, const char *value)
{
	struct filling fill = { .arena = arena, .buf = buf_init(arena), .object = object, .value = value };
	size_t open = 0;
	while (*text) {
		if (*text == '[') {
			open = fill.buf.len;
			fill.lacks = false;
			text++;
		} else if (*text == ']') {
			if (fill.lacks)
				fill.buf.ptr[fill.buf.len = open] = '\0';
			text++;
		} else if (*text == '%') {
			text = fill_one(&fill, text + 1);
		} else {
			buf_char(&fill.buf, *text++);
		}
	}
	return fill.buf.ptr;
}

char *object_reference(struct arena *arena, const struct object *object)
{
	return template_fill(arena, kinds[object->kind].reference, object, NULL);
}
