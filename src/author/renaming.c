/*
 * What was renamed.  The server does the renaming, on a copy of the old schema, so that whatever else names the column (views, indexes, policies)
 * follows; the difference is taken from there.
 */
#include "author/diffing.h"
#include "schema/kind.h"
#include "sql/quote.h"

/* A server that has the platform begins with some of what is there. */
static bool build_start(struct diffing *d, const char *copy, struct err *err)
{
	struct diff_options plain = { .plain = true };
	struct schema empty;
	struct diff all;
	if (!workshop_load(&d->shop, copy, &empty, err))
		return false;
	diff_schemas(d->ctx->arena, &empty, &d->start, &plain, &all);
	return workshop_run(&d->shop, copy, &all.statements, err);
}

bool diffing_copy_start(struct diffing *d, const char **ret_copy, struct err *err)
{
	if (d->start_database)
		return workshop_copy(&d->shop, d->start_database, ret_copy, err);
	return workshop_copy(&d->shop, "postgres", ret_copy, err) && build_start(d, *ret_copy, err);
}

static void insert(struct arena *arena, struct statements *statements, size_t at, struct statement statement)
{
	vec_push(arena, statements, statement);
	for (size_t i = statements->len - 1; i > at; i--)
		statements->ptr[i] = statements->ptr[i - 1];
	statements->ptr[at] = statement;
}

static void add_rename(struct diffing *d, const struct rename_statements *rename)
{
	struct statement there = { .sql = rename->there, .verb = VERB_ALTER, .object = rename->object };
	struct statement back = { .sql = rename->back, .verb = VERB_ALTER, .object = rename->object };
	/* Columns are named with the old table: they go first, and come back last. */
	size_t last = d->renamed.len, at = rename->is_table ? last : d->renamed_so_far;
	insert(d->ctx->arena, &d->renamed, at, there);
	insert(d->ctx->arena, &d->renamed_back, last - at, back);
}

/* Owners are told as those of the schema that it is compared with. */
static bool load_renamed(struct diffing *d, const char *database, struct err *err)
{
	if (!workshop_load(&d->shop, database, &d->from, err))
		return false;
	if (d->owners_named)
		schema_name_owners(d->ctx->arena, &d->from);
	return true;
}

static bool apply(struct diffing *d, struct err *err)
{
	d->renamed_so_far = d->renamed.len;
	return diffing_copy_start(d, &d->from_database, err) &&
		workshop_run(&d->shop, d->from_database, &d->renamed, err) && load_renamed(d, d->from_database, err);
}

/* A database that was built again from what is known of it may have come out otherwise: that is no difference between the two that are compared. */
static bool copy_exactly(struct diffing *d, const char **ret_copy, struct err *err)
{
	struct diff_options plain = { .plain = true };
	struct schema from = d->from;
	struct diff left = { 0 };
	if (d->from_database)
		return workshop_copy(&d->shop, d->from_database, ret_copy, err);
	bool ok = diffing_copy_start(d, ret_copy, err) && load_renamed(d, *ret_copy, err);
	if (ok)
		diff_schemas(d->ctx->arena, &d->from, &from, &plain, &left);
	d->from = from;
	return ok && !left.differences.len;
}

static bool follow_on_copy(struct diffing *d, const struct statements *there, struct err *err)
{
	const char *copy;
	bool made = copy_exactly(d, &copy, err);
	if (!made || !workshop_run(&d->shop, copy, there, err) || !load_renamed(d, copy, err))
		return false;
	d->from_database = copy;
	return true;
}

bool renames_follow(struct diffing *d)
{
	struct arena *arena = d->ctx->arena;
	struct statements there = { 0 }, back = { 0 };
	struct err ignored = { .arena = arena };
	const struct schema_place *place = &d->places[1];
	bool by_tool = place->kind == PLACE_WANTED && place->wanted.scope && place->wanted.scope->renames;
	if (by_tool || d->stepped.len)
		return false;
	names_follow(arena, &d->from, &d->to, &there, &back);
	if (!there.len)
		return false;
	/* Databases are compared without a server of ours, which need not have their extensions: the names are made again then. */
	if (!follow_on_copy(d, &there, &ignored))
		return false;
	statements_add_all(arena, &d->renamed, &there);
	statements_add_all(arena, &back, &d->renamed_back);
	d->renamed_back = back;
	d->renamed_so_far = d->renamed.len;
	return true;
}

/* ---- in place, or add, move, drop ---- */

static bool is_of_api(const struct object *object)
{
	static const char *const roles[] = { "anon", "authenticated", "service_role" };
	/* Everybody may use the schema public: that says nothing. */
	bool on_part = object->kind == KIND_GRANT && object->parent && object->parent->kind != KIND_SCHEMA;
	const char *grantee = on_part ? object_get(object, "_grantee") : NULL;
	for (size_t i = 0; grantee && i < LEN(roles); i++)
		if (strcmp(grantee, roles[i]) == 0)
			return true;
	return object->kind == KIND_POLICY;
}

/* Does PostgREST serve these tables?  Its roles have grants or policies of their own then. */
static bool has_api(const struct diffing *d)
{
	const struct project *project = d->ctx->project;
	for (size_t i = 0; !project->boundary.off && project->notify_postgrest && i < d->from.objects.len; i++)
		if (is_of_api(d->from.objects.ptr[i]))
			return true;
	return false;
}

/* Columns are named with the old table: they go first. */
static void add_stepped(struct diffing *d, const struct rename_statements *rename)
{
	struct stepped stepped = {
		.request = { .table = rename->object->ident,
			     .column = rename->column,
			     .name = rename->name,
			     .apart = d->ctx->project->format->short_forms },
	};
	vec_push(d->ctx->arena, &d->stepped, stepped);
	for (size_t i = d->stepped.len - 1; i > 0 && !rename->is_table; i--) {
		d->stepped.ptr[i] = d->stepped.ptr[i - 1];
		d->stepped.ptr[i - 1] = stepped;
	}
}

/* ---- what was said ---- */

static const char *table_named(struct arena *arena, const struct rename_statements *rename)
{
	return sql_qualified(arena, str_of(rename->object->schema), str_of(rename->name));
}

/* A table may have been renamed in the same breath. */
static bool is_wanted(const struct diffing *d, const struct rename_statements *rename)
{
	struct arena *arena = d->ctx->arena;
	const struct strs *said = &d->wanted->renames;
	const char *table = rename->object->ident, *column = sql_ident(arena, str_of(rename->name));
	struct rename_statements other;
	if (rename->is_table)
		return schema_find(&d->to, arena_printf(arena, "table %s", table_named(arena, rename)));
	for (size_t i = 0; i < said->len; i++)
		if (rename_read(arena, &d->from, said->ptr[i], &other) && other.is_table &&
		    other.object == rename->object)
			table = table_named(arena, &other);
	return schema_find(&d->to, arena_printf(arena, "column %s.%s", table, column));
}

static bool take_given(struct diffing *d, struct str given, bool must_exist, struct err *err)
{
	struct rename_statements rename;
	if (rename_read(d->ctx->arena, &d->from, given, &rename)) {
		if (must_exist && !is_wanted(d, &rename)) {
			err_set(err, ERR_USAGE, "rename-unknown",
				"nothing in the wanted schema is called what the rename \"" STR_FMT "\" says",
				STR_ARG(given));
			return err_hint(
				err,
				"The new name is the one that the wanted schema has, alone: table.old=new, table=new.");
		}
		(!d->wanted->in_place && has_api(d) ? add_stepped : add_rename)(d, &rename);
		return true;
	}
	if (!must_exist)
		return true;
	err_set(err, ERR_USAGE, "rename-unknown", "there is no table or column for the rename \"" STR_FMT "\"",
		STR_ARG(given));
	return err_hint(
		err, "Say table.old=new for a column, table=new for a table; schemas but public are named in front.");
}

bool renames_are_all(const struct diffing *d)
{
	for (size_t i = 0; i < d->wanted->renames.len; i++)
		if (str_eq(d->wanted->renames.ptr[i], STR("none")))
			return true;
	return false;
}

bool renames_apply_given(struct diffing *d, struct err *err)
{
	const struct strs *said = &d->wanted->renames, *listed = &d->ctx->project->renames;
	for (size_t i = 0; i < said->len; i++)
		if (!str_eq(said->ptr[i], STR("none")) && !take_given(d, said->ptr[i], true, err))
			return false;
	/* Those in brant.yaml stay there when they have long been done. */
	for (size_t i = 0; i < listed->len; i++)
		if (!take_given(d, listed->ptr[i], false, err))
			return false;
	return (!d->renamed.len || apply(d, err)) && steps_begin(d, err);
}

/* ---- what is asked ---- */

static bool is_taken(const struct renames *accepted, const struct rename *rename)
{
	for (size_t i = 0; i < accepted->len; i++) {
		const struct rename *other = &accepted->ptr[i];
		if (other->from == rename->from || other->to == rename->to || rename->from->parent == other->from)
			return true;
	}
	return false;
}

static struct renames ask_each(struct diffing *d)
{
	struct renames accepted = { 0 };
	for (size_t i = 0; i < d->diff.renames.len; i++) {
		const struct rename *rename = &d->diff.renames.ptr[i];
		if (!is_taken(&accepted, rename) &&
		    term_ask("was %s renamed to %s (%s)?", rename->from->id, rename->to->ident, rename->evidence))
			vec_push(d->ctx->arena, &accepted, *rename);
	}
	return accepted;
}

static bool apply_accepted(struct diffing *d, const struct renames *accepted, struct err *err)
{
	for (size_t i = 0; i < accepted->len; i++) {
		char *text = rename_text(d->ctx->arena, &accepted->ptr[i]);
		if (!take_given(d, str_of(text), true, err))
			return false;
	}
	return d->stepped.len ? steps_begin(d, err) : apply(d, err);
}

static void report_questions(struct diffing *d)
{
	static const struct column columns[] = { { "rename", "", false },
						 { "kind", NULL, false },
						 { "from", NULL, false },
						 { "to", NULL, false },
						 { "evidence", "", false } };
	struct table *table = report_table(d->ctx->report, "questions", NULL, columns, LEN(columns));
	for (size_t i = 0; i < d->diff.renames.len; i++) {
		const struct rename *rename = &d->diff.renames.ptr[i];
		table_row(table);
		table_cell(table, C_PLAIN, "--rename %s", rename_text(d->ctx->arena, rename));
		table_cell(table, C_PLAIN, "%s", kinds[rename->from->kind].name);
		table_cell(table, C_PLAIN, "%s", rename->from->id);
		table_cell(table, C_PLAIN, "%s", rename->to->id);
		table_cell(table, C_DIM, "%s", rename->evidence);
	}
}

bool renames_ask(struct diffing *d, bool *ret_renamed, struct err *err)
{
	const struct renames *renames = &d->diff.renames;
	*ret_renamed = false;
	if (!renames->len || renames_are_all(d))
		return true;
	if (term_can_ask()) {
		struct renames accepted = ask_each(d);
		*ret_renamed = accepted.len > 0;
		return !accepted.len || apply_accepted(d, &accepted, err);
	}
	report_questions(d);
	const struct rename *first = &renames->ptr[0];
	err_set(err, ERR_DECISION, "rename-or-drop", "was %s renamed to %s?", first->from->id, first->to->ident);
	return err_hint(err, "If it was: --rename %s. If nothing %swas renamed and its data may go: --rename none.",
			rename_text(d->ctx->arena, first), d->wanted->renames.len ? "else " : "");
}
