#include "format/drizzle/model.h"
#include "sql/quote.h"

/*
 * The statements in drizzle-kit's order and in its words, one after the other.  Where its words would fail or lose something, what was meant is written: types
 * and names are quoted as they have to be, parameters are written out, an operator class does not swallow the order.
 */

struct writer {
	struct arena *arena;
	const struct drizzle_model *model;
	struct buf out;
};

static const char *ident(struct writer *w, const char *name)
{
	return sql_ident(w->arena, str_of(name));
}

char *drizzle_quoted(struct arena *arena, const char *name)
{
	struct buf text = buf_init(arena);
	buf_char(&text, '"');
	for (const char *c = name; *c; c++) {
		if (*c == '"')
			buf_char(&text, '"');
		buf_char(&text, *c);
	}
	buf_char(&text, '"');
	return text.ptr;
}

static const char *quoted(struct writer *w, const char *name)
{
	return drizzle_quoted(w->arena, name);
}

static const char *qualified(struct writer *w, const char *schema, const char *name)
{
	return schema ? arena_printf(w->arena, "%s.%s", quoted(w, schema), quoted(w, name)) : quoted(w, name);
}

static void add_list(struct writer *w, const struct drizzle_names *names)
{
	for (size_t i = 0; i < names->len; i++)
		buf_printf(&w->out, "%s%s", i ? "," : "", quoted(w, names->ptr[i]));
}

/*
 * Schemas that a platform keeps and that projects describe without making them: Supabase's auth.users, Neon's.  Where a table is there already, with
 * other columns perhaps, it stays as it is, and what cannot be added to it is not missed.
 */
static bool is_platforms(const char *schema)
{
	static const char *const names[] = { "auth",       "storage", "realtime",  "vault",
					     "extensions", "cron",    "neon_auth", "graphql" };
	for (size_t i = 0; schema && i < LEN(names); i++)
		if (strcmp(names[i], schema) == 0)
			return true;
	return false;
}

static void begin_tolerant(struct writer *w, const char *schema)
{
	if (is_platforms(schema))
		buf_text(&w->out, "DO $brant$ BEGIN\n");
}

/*
 * Only what a table of the platform's explains: it belongs to somebody else, it or what it points at is not there or is a view, its columns or their types
 * are others, there is a thing of that name.  `others` would pass over what is wrong with the schema as well: a predicate that calls a function that does
 * not exist, a role that does not, an index over rows that are not unique.
 */
static void end_tolerant(struct writer *w, const char *schema)
{
	if (is_platforms(schema))
		buf_text(
			&w->out,
			"EXCEPTION WHEN insufficient_privilege OR invalid_schema_name OR undefined_table OR undefined_column OR\n"
			"\twrong_object_type OR datatype_mismatch OR invalid_foreign_key OR duplicate_table OR duplicate_object THEN NULL;\n"
			"END $brant$;\n");
}

/* ---- schemas, enums, sequences, roles ---- */

static void write_enum(struct writer *w, const struct drizzle_enum *made)
{
	buf_printf(&w->out, "CREATE TYPE %s AS ENUM(", qualified(w, made->schema, made->name));
	for (size_t i = 0; i < made->values.len; i++)
		buf_printf(&w->out, "%s%s", i ? ", " : "", sql_literal(w->arena, str_of(made->values.ptr[i])));
	buf_text(&w->out, ");\n");
}

/* `drizzle-kit pull` writes the bounds of bigint as numbers of JavaScript, which have no such value: they come out as one that PostgreSQL does not take. */
static const char *bound(const char *digits)
{
	if (strcmp(digits, "9223372036854776000") == 0)
		return "9223372036854775807";
	return strcmp(digits, "-9223372036854776000") == 0 ? "-9223372036854775808" : digits;
}

static void add_sequence_options(struct writer *w, const struct drizzle_sequence *sequence)
{
	buf_printf(&w->out, " INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s", sequence->increment,
		   bound(sequence->min_value), bound(sequence->max_value), bound(sequence->start_with), sequence->cache,
		   sequence->cycle ? " CYCLE" : "");
}

char *drizzle_role_sql(struct arena *arena, const struct drizzle_role *role)
{
	bool with = role->create_db || role->create_role || !role->inherit;
	return arena_printf(arena, "CREATE ROLE %s%s%s%s%s", drizzle_quoted(arena, role->name), with ? " WITH" : "",
			    role->create_db ? " CREATEDB" : "", role->create_role ? " CREATEROLE" : "",
			    role->inherit ? "" : " NOINHERIT");
}

static void write_beginning(struct writer *w)
{
	const struct drizzle_model *model = w->model;
	for (size_t i = 0; i < model->implied_extensions.len; i++)
		buf_printf(&w->out, "CREATE EXTENSION IF NOT EXISTS %s;\n",
			   quoted(w, model->implied_extensions.ptr[i]));
	for (size_t i = 0; i < model->implied_schemas.len; i++)
		buf_printf(&w->out, "CREATE SCHEMA IF NOT EXISTS %s;\n", quoted(w, model->implied_schemas.ptr[i]));
	for (size_t i = 0; i < model->schemas.len; i++)
		buf_printf(&w->out, "CREATE SCHEMA %s;\n", quoted(w, model->schemas.ptr[i]));
	/* A migration written by hand may have made one that is not exported: drizzle-kit sees neither. */
	for (size_t i = 0; i < model->implied_enums.len; i++) {
		buf_text(&w->out, "DO $brant$ BEGIN\n");
		write_enum(w, &model->implied_enums.ptr[i]);
		buf_text(&w->out, "EXCEPTION WHEN duplicate_object THEN NULL;\nEND $brant$;\n");
	}
	for (size_t i = 0; i < model->enums.len; i++)
		write_enum(w, &model->enums.ptr[i]);
	/* Any label is one of a domain over text, so that defaults and predicates with them can be made; what it really is, is left alone (scope.c). */
	for (size_t i = 0; i < model->unknown_enums.len; i++)
		buf_printf(
			&w->out,
			"DO $brant$ BEGIN\nCREATE DOMAIN %s AS text;\nEXCEPTION WHEN duplicate_object THEN NULL;\nEND $brant$;\n",
			qualified(w, model->unknown_enums.ptr[i].schema, model->unknown_enums.ptr[i].name));
	for (size_t i = 0; i < model->sequences.len; i++) {
		buf_printf(&w->out, "CREATE SEQUENCE %s",
			   qualified(w, model->sequences.ptr[i].schema, model->sequences.ptr[i].name));
		add_sequence_options(w, &model->sequences.ptr[i]);
		buf_text(&w->out, ";\n");
	}
	for (size_t i = 0; i < model->roles.len; i++)
		buf_printf(&w->out, "%s;\n", drizzle_role_sql(w->arena, &model->roles.ptr[i]));
}

/* ---- tables ---- */

/* Said so, or in the type: dataType() { return "tsvector generated always as (...) stored" }.  PostgreSQL takes no default beside that. */
static bool is_generated(const struct drizzle_column *column)
{
	return column->generated.kit || strcasestr(column->type_meant, "generated always as");
}

static void write_column(struct writer *w, const struct drizzle_table *table, const struct drizzle_column *column)
{
	bool old = w->model->line == DRIZZLE_0;
	buf_printf(&w->out, "\t%s %s", quoted(w, column->name), column->type_meant);
	if (column->primary_key)
		buf_text(&w->out, " PRIMARY KEY");
	if (column->has_default && !is_generated(column))
		buf_printf(&w->out, " DEFAULT %s", column->initial.meant);
	if (column->generated.kit)
		buf_printf(&w->out, " GENERATED ALWAYS AS (%s) STORED", column->generated.meant);
	if (column->not_null && !column->has_identity && (old || !column->primary_key))
		buf_text(&w->out, " NOT NULL");
	if (column->has_identity) {
		buf_printf(&w->out, " GENERATED %s AS IDENTITY (sequence name %s",
			   column->identity_always ? "ALWAYS" : "BY DEFAULT",
			   qualified(w, table->schema, column->identity.name));
		add_sequence_options(w, &column->identity);
		buf_char(&w->out, ')');
	}
}

static void write_constraints(struct writer *w, const struct drizzle_table *table)
{
	bool first = !table->columns.len;
	for (size_t i = 0; i < table->primary_keys.len && i < 1; i++, first = false) {
		buf_printf(&w->out, "%s\tCONSTRAINT %s PRIMARY KEY(", first ? "" : ",\n",
			   quoted(w, table->primary_keys.ptr[i].name));
		add_list(w, &table->primary_keys.ptr[i].columns);
		buf_char(&w->out, ')');
	}
	for (size_t i = 0; i < table->uniques.len; i++, first = false) {
		const struct drizzle_key *key = &table->uniques.ptr[i];
		buf_printf(&w->out, "%s\tCONSTRAINT %s UNIQUE%s(", first ? "" : ",\n", quoted(w, key->name),
			   key->nulls_not_distinct ? " NULLS NOT DISTINCT" : "");
		add_list(w, &key->columns);
		buf_char(&w->out, ')');
	}
	for (size_t i = 0; i < table->checks.len; i++, first = false)
		buf_printf(&w->out, "%s\tCONSTRAINT %s CHECK (%s)", first ? "" : ",\n",
			   quoted(w, table->checks.ptr[i].name), table->checks.ptr[i].value.meant);
}

static void write_table(struct writer *w, const struct drizzle_table *table)
{
	const char *name = qualified(w, table->schema, table->name);
	buf_printf(&w->out, "CREATE TABLE %s%s (\n", is_platforms(table->schema) ? "IF NOT EXISTS " : "", name);
	for (size_t i = 0; i < table->columns.len; i++) {
		if (i)
			buf_text(&w->out, ",\n");
		write_column(w, table, &table->columns.ptr[i]);
	}
	write_constraints(w, table);
	buf_text(&w->out, "\n);\n\n");
	if (!table->rls && !table->policies.len)
		return;
	begin_tolerant(w, table->schema);
	buf_printf(&w->out, "ALTER TABLE %s ENABLE ROW LEVEL SECURITY;\n", name);
	end_tolerant(w, table->schema);
}

/* ---- foreign keys, indexes ---- */

static bool same_when_cut(const char *a, const char *b)
{
	return strncmp(a, b, 63) == 0;
}

/*
 * Long derived names can be the same once PostgreSQL has cut them, a primary key's and a foreign key's for one.  The second is then made without a name of
 * ours: drizzle-kit's statement would fail.
 */
static bool name_is_taken(const struct drizzle_table *table, const struct drizzle_foreign_key *key)
{
	const struct drizzle_keys *keys[] = { &table->primary_keys, &table->uniques };
	for (size_t k = 0; k < LEN(keys); k++)
		for (size_t i = 0; i < keys[k]->len; i++)
			if (same_when_cut(keys[k]->ptr[i].name, key->name))
				return true;
	for (const struct drizzle_foreign_key *other = table->foreign_keys.ptr; other < key; other++)
		if (same_when_cut(other->name, key->name))
			return true;
	return false;
}

static void write_foreign_key(struct writer *w, const struct drizzle_table *table,
			      const struct drizzle_foreign_key *key)
{
	buf_printf(&w->out, "ALTER TABLE %s ADD ", qualified(w, table->schema, table->name));
	if (!name_is_taken(table, key))
		buf_printf(&w->out, "CONSTRAINT %s ", quoted(w, key->name));
	buf_text(&w->out, "FOREIGN KEY (");
	add_list(w, &key->columns);
	buf_printf(&w->out, ") REFERENCES %s(", qualified(w, key->schema_to, key->table_to));
	add_list(w, &key->columns_to);
	buf_printf(&w->out, ") ON DELETE %s ON UPDATE %s;\n", key->on_delete, key->on_update);
}

/*
 * The operator class that a type has anyway.  `drizzle-kit pull` gives every column of an index "text_ops", also those of other types, and what drizzle-kit
 * writes from that fails.
 */
static bool is_default_class(const struct drizzle_index *index, const char *opclass)
{
	static const char *const names[] = { "text_ops",   "int2_ops",    "int4_ops",      "int8_ops",
					     "uuid_ops",   "bool_ops",    "date_ops",      "time_ops",
					     "timetz_ops", "numeric_ops", "timestamp_ops", "timestamptz_ops",
					     "float4_ops", "float8_ops",  "bytea_ops",     "enum_ops",
					     "inet_ops",   "interval_ops" };
	for (size_t i = 0; strcmp(index->method, "btree") == 0 && i < LEN(names); i++)
		if (strcmp(names[i], opclass) == 0)
			return true;
	return false;
}

static void write_index_column(struct writer *w, const struct drizzle_index *index,
			       const struct drizzle_index_column *column)
{
	buf_text(&w->out, column->is_expression ? column->meant : quoted(w, column->expression));
	if (column->opclass && !is_default_class(index, column->opclass))
		buf_printf(&w->out, " %s", column->opclass);
	if (!column->asc)
		buf_text(&w->out, " DESC");
	if (!column->asc || strcmp(column->nulls, "last") != 0)
		buf_printf(&w->out, " NULLS %s", strcmp(column->nulls, "last") == 0 ? "LAST" : "FIRST");
}

static void write_index(struct writer *w, const struct drizzle_table *table, const struct drizzle_index *index)
{
	buf_printf(&w->out, "CREATE %sINDEX %s%s ON %s USING %s (", index->unique ? "UNIQUE " : "",
		   index->concurrently && !is_platforms(table->schema) ? "CONCURRENTLY " : "", quoted(w, index->name),
		   qualified(w, table->schema, table->name), index->method);
	for (size_t i = 0; i < index->columns.len; i++) {
		if (i)
			buf_char(&w->out, ',');
		write_index_column(w, index, &index->columns.ptr[i]);
	}
	buf_char(&w->out, ')');
	for (size_t i = 0; i < index->with.len; i++)
		buf_printf(&w->out, "%s%s=%s", i ? "," : " WITH (", index->with.ptr[i].name, index->with.ptr[i].value);
	if (index->with.len)
		buf_char(&w->out, ')');
	if (index->where.kit)
		buf_printf(&w->out, " WHERE %s", index->where.meant);
	buf_text(&w->out, ";\n");
}

/* ---- views, policies ---- */

/* securityBarrier is security_barrier. */
static const char *snake(struct writer *w, const char *name)
{
	struct buf text = buf_init(w->arena);
	for (const char *c = name; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			buf_printf(&text, "_%c", *c - 'A' + 'a');
		else
			buf_char(&text, *c);
	}
	return text.ptr;
}

static void write_view(struct writer *w, const struct drizzle_view *view)
{
	struct str definition = str_trim(str_of(view->definition));
	while (definition.len && definition.ptr[definition.len - 1] == ';')
		definition = str_trim(str_slice(definition, 0, definition.len - 1));
	buf_printf(&w->out, "CREATE %sVIEW %s", view->materialized ? "MATERIALIZED " : "",
		   qualified(w, view->schema, view->name));
	if (view->method)
		buf_printf(&w->out, " USING %s", quoted(w, view->method));
	for (size_t i = 0; i < view->with.len; i++)
		buf_printf(&w->out, "%s%s = %s", i ? ", " : " WITH (", snake(w, view->with.ptr[i].name),
			   view->with.ptr[i].value);
	if (view->with.len)
		buf_char(&w->out, ')');
	if (view->tablespace)
		buf_printf(&w->out, " TABLESPACE %s", ident(w, view->tablespace));
	buf_printf(&w->out, " AS (" STR_FMT ")%s;\n", STR_ARG(definition), view->with_no_data ? " WITH NO DATA" : "");
}

static const char *role_name(struct writer *w, const char *name)
{
	static const char *const words[] = { "current_user", "current_role", "session_user", "public" };
	for (size_t i = 0; i < LEN(words); i++)
		if (strcmp(words[i], name) == 0)
			return name;
	return quoted(w, name);
}

static void write_policy(struct writer *w, const char *table, const struct drizzle_policy *policy)
{
	buf_printf(&w->out, "CREATE POLICY %s ON %s AS %s FOR %s TO ", quoted(w, policy->name), table, policy->as,
		   policy->command);
	for (size_t i = 0; i < policy->to.len; i++)
		buf_printf(&w->out, "%s%s", i ? ", " : "", role_name(w, policy->to.ptr[i]));
	if (policy->use.kit)
		buf_printf(&w->out, " USING (%s)", policy->use.meant);
	if (policy->with_check.kit)
		buf_printf(&w->out, " WITH CHECK (%s)", policy->with_check.meant);
	buf_text(&w->out, ";\n");
}

static void write_rest(struct writer *w)
{
	const struct drizzle_model *model = w->model;
	for (size_t i = 0; i < model->views.len; i++)
		if (!model->views.ptr[i].existing)
			write_view(w, &model->views.ptr[i]);
	for (size_t i = 0; i < model->tables.len; i++) {
		const struct drizzle_table *table = &model->tables.ptr[i];
		for (size_t j = 0; j < table->policies.len; j++) {
			begin_tolerant(w, table->schema);
			write_policy(w, qualified(w, table->schema, table->name), &table->policies.ptr[j]);
			end_tolerant(w, table->schema);
		}
	}
	for (size_t i = 0; i < model->policies.len; i++)
		write_policy(w, qualified(w, model->policies.ptr[i].schema, model->policies.ptr[i].table),
			     &model->policies.ptr[i]);
}

static void write_foreign_keys(struct writer *w, const struct drizzle_table *table)
{
	for (size_t i = 0; i < table->foreign_keys.len; i++) {
		const struct drizzle_foreign_key *key = &table->foreign_keys.ptr[i];
		if (key->done && (!key->certain || name_is_taken(table, key)))
			continue;
		begin_tolerant(w, table->schema);
		write_foreign_key(w, table, &table->foreign_keys.ptr[i]);
		end_tolerant(w, table->schema);
	}
}

/*
 * Keys that drizzle-kit takes for done, behind the indexes that they may stand on: a migration written by hand has changed the primary key of the other
 * table, and no server can make such a key any more.
 */
static void write_done_keys(struct writer *w, const struct drizzle_table *table)
{
	for (size_t i = 0; i < table->foreign_keys.len; i++) {
		/* One whose name was taken was swallowed by drizzle-kit's own DO block, or has a name that the snapshot does not say. */
		const struct drizzle_foreign_key *key = &table->foreign_keys.ptr[i];
		if (!key->done || key->certain || name_is_taken(table, key))
			continue;
		buf_text(&w->out, "DO $brant$ BEGIN\n");
		write_foreign_key(w, table, &table->foreign_keys.ptr[i]);
		if (is_platforms(table->schema))
			end_tolerant(w, table->schema);
		else
			buf_text(&w->out, "EXCEPTION WHEN invalid_foreign_key THEN NULL;\nEND $brant$;\n");
	}
}

static void write_indexes(struct writer *w, const struct drizzle_table *table)
{
	for (size_t i = 0; i < table->indexes.len; i++) {
		begin_tolerant(w, table->schema);
		write_index(w, table, &table->indexes.ptr[i]);
		end_tolerant(w, table->schema);
	}
}

struct str drizzle_ddl(struct arena *arena, const struct drizzle_model *model)
{
	struct writer w = { arena, model, buf_init(arena) };
	write_beginning(&w);
	for (size_t i = 0; i < model->tables.len; i++)
		write_table(&w, &model->tables.ptr[i]);
	for (size_t i = 0; i < model->tables.len; i++)
		write_foreign_keys(&w, &model->tables.ptr[i]);
	for (size_t i = 0; i < model->tables.len; i++)
		write_indexes(&w, &model->tables.ptr[i]);
	for (size_t i = 0; i < model->tables.len; i++)
		write_done_keys(&w, &model->tables.ptr[i]);
	write_rest(&w);
	return buf_as_str(&w.out);
}
