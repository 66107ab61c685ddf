#include <stdio.h>

#include "base/hash.h"
#include "db/kept.h"

#include "schema/kind.h"
#include "schema/link.h"
#include "schema/load_families.h"
#include "schema/load_query.h"
#include "schema/reading.h"
#include "sql/quote.h"

/* Columns that every family has, in front of the attributes. */
enum column {
	COL_KIND,
	COL_CLASS,
	COL_OBJECT,
	COL_SUB,
	COL_PCLASS,
	COL_POBJECT,
	COL_PARENT,
	COL_IDENT,
	COL_SCHEMA,
	COL_NAME,
	COL_ATTRIBUTES
};

struct loading {
	struct arena *arena;
	struct schema *schema;
	struct link link;
	struct err *err;
	bool failed;
	bool present[LOAD_FAMILIES];
	struct db *db;    /* who is asked; NULL: what was kept */
	struct str rest;  /* of what was kept */
	struct buf *keep; /* where the answers are written down, NULL: nowhere */
	const char *params[2];
	const char *tables; /* their names, as an array: they are loaded alone; NULL: all there is */
	const char *oids;   /* theirs and of what belongs to them */
	bool prepared;      /* schema_load_prepare() was called in this session */
};

/* What is asked, and who takes the answer. */
struct question {
	struct loading *load;
	result_fn *taker;
};

static const char *text_of(struct arena *arena, const struct result *result, size_t row, size_t column)
{
	struct str cell = result_cell(result, row, column);
	return cell.ptr ? str_dup(arena, cell) : NULL;
}

static const struct attributes *attributes_of(struct arena *arena, const struct result *result)
{
	struct attributes *attributes = arena_alloc(arena, sizeof(*attributes));
	attributes->len = result->columns - COL_ATTRIBUTES + 1;
	attributes->names = arena_alloc(arena, attributes->len * sizeof(*attributes->names));
	for (size_t i = 0; i + 1 < attributes->len; i++)
		attributes->names[i] = arena_strdup(arena, result_column(result, i + COL_ATTRIBUTES));
	attributes->names[attributes->len - 1] = "comment";
	return attributes;
}

static unsigned oid_of(const struct result *result, size_t row, size_t column)
{
	return (unsigned)result_int(result, row, column);
}

static void take_object(struct loading *load, const struct result *result, size_t row,
			const struct attributes *attributes)
{
	struct arena *arena = load->arena;
	struct object *object = arena_alloc(arena, sizeof(*object));
	if (!kind_find(result_cell(result, row, COL_KIND), &object->kind)) {
		load->failed = true;
		err_set(load->err, ERR_FAILED, "schema-unknown-kind",
			"the catalogs have an object of a kind that brant does not know: " STR_FMT,
			STR_ARG(result_cell(result, row, COL_KIND)));
		return;
	}
	object->class = oid_of(result, row, COL_CLASS);
	object->oid = oid_of(result, row, COL_OBJECT);
	object->sub = (int)result_int(result, row, COL_SUB);
	object->parent_ident = text_of(arena, result, row, COL_PARENT);
	object->ident = text_of(arena, result, row, COL_IDENT);
	object->schema = text_of(arena, result, row, COL_SCHEMA);
	object->name = text_of(arena, result, row, COL_NAME);
	object->attributes = attributes;
	object->values = arena_alloc(arena, attributes->len * sizeof(*object->values));
	for (size_t i = 0; i + 1 < attributes->len; i++)
		object->values[i] = text_of(arena, result, row, i + COL_ATTRIBUTES);
	link_add(&load->link, object, oid_of(result, row, COL_PCLASS), oid_of(result, row, COL_POBJECT));
}

static bool fine(struct loading *load, const struct result *result)
{
	if (result->kind == RESULT_ERROR && !load->failed) {
		load->failed = true;
		err_copy(load->err, result->err);
		err_prefix(load->err, "could not read the schema");
	}
	return result->kind == RESULT_ROWS;
}

static void take_family(void *ctx, const struct result *result)
{
	struct loading *load = ctx;
	if (!fine(load, result) || !result->rows)
		return;
	const struct attributes *attributes = attributes_of(load->arena, result);
	for (size_t i = 0; i < result->rows && !load->failed; i++)
		take_object(load, result, i, attributes);
}

static struct address address_at(const struct result *result, size_t row, size_t column)
{
	return (struct address){ oid_of(result, row, column), oid_of(result, row, column + 1),
				 (int)result_int(result, row, column + 2) };
}

static void take_aliases(void *ctx, const struct result *result)
{
	struct loading *load = ctx;
	if (!fine(load, result))
		return;
	for (size_t i = 0; i < result->rows; i++) {
		struct address from = { oid_of(result, i, 0), oid_of(result, i, 1), 0 };
		link_alias(&load->link, from, address_at(result, i, 2));
	}
}

static void take_depends(void *ctx, const struct result *result)
{
	struct loading *load = ctx;
	if (!fine(load, result))
		return;
	for (size_t i = 0; i < result->rows; i++)
		link_depend(&load->link, address_at(result, i, 0), address_at(result, i, 3));
}

static void take_comments(void *ctx, const struct result *result)
{
	struct loading *load = ctx;
	if (!fine(load, result))
		return;
	for (size_t i = 0; i < result->rows; i++) {
		struct address address = address_at(result, i, 0);
		struct object *object = link_at(&load->link, address);
		/* Its own: the comment of a key's index is not the key's. */
		if (object && link_is_at(object, address))
			object->values[object->attributes->len - 1] = text_of(load->arena, result, i, 3);
	}
}

static void take_unmodelled(void *ctx, const struct result *result)
{
	struct loading *load = ctx;
	if (!fine(load, result))
		return;
	for (size_t i = 0; i < result->rows; i++)
		vec_push(load->arena, &load->schema->unmodelled,
			 (struct unmodelled){ text_of(load->arena, result, i, 0), text_of(load->arena, result, i, 1) });
}

/* ---- prepared ---- */

static const char *const *const prepared_others[] = { &load_tables, &load_aliases, &load_depends, &load_comments };

static bool is_prepared(const char *sql)
{
	for (size_t i = 0; i < LOAD_FAMILIES; i++)
		if (load_families[i].sql == sql)
			return load_families[i].part == PART_ALWAYS || load_families[i].part == PART_LIKELY;
	for (size_t i = 0; i < LEN(prepared_others); i++)
		if (*prepared_others[i] == sql)
			return true;
	return false;
}

static const char *prepared_name(struct arena *arena, const char *sql)
{
	for (size_t i = 0; i < LOAD_FAMILIES; i++)
		if (load_families[i].sql == sql)
			return arena_printf(arena, "brant_load_%zu", i);
	for (size_t i = 0; i < LEN(prepared_others); i++)
		if (*prepared_others[i] == sql)
			return arena_printf(arena, "brant_load_other_%zu", i);
	return NULL;
}

/* The first question is about names of tables. */
static const char *execution(const struct loading *load, const char *sql, const char *oids)
{
	struct arena *arena = load->arena;
	const char *first = sql == load_tables ? load->tables : load->params[0];
	return arena_printf(arena, "EXECUTE %s (%s, %s, '%s')", prepared_name(arena, sql),
			    sql_literal(arena, str_of(first)), sql_literal(arena, str_of(load->params[1])),
			    oids ? oids : "{}");
}

/* ---- the queries ---- */

static void take_answer(void *ctx, const struct result *result)
{
	const struct question *question = ctx;
	if (question->load->keep && result->kind == RESULT_ROWS)
		kept_add(question->load->keep, result);
	question->taker(question->load, result);
}

static void ask_text(struct loading *load, struct str text, result_fn *taker)
{
	if (!load->db) {
		load->failed = load->failed || !kept_take(&load->rest, taker, load);
		return;
	}
	/* $2 is never used without $1; what was prepared has its parameters in its text. */
	size_t nparams = str_starts(text, STR("EXECUTE ")) ? 0
		: strstr(text.ptr, "$2")                   ? 2
		: strstr(text.ptr, "$1")                   ? 1
							   : 0;
	struct question *question = arena_alloc(load->arena, sizeof(*question));
	*question = (struct question){ load, taker };
	db_send(load->db, text, nparams, load->params, take_answer, question);
	load->schema->queries++;
}

static struct str query_of(struct loading *load, const char *sql)
{
	const char *oids = load->oids ? arena_printf(load->arena, "'%s'::oid[]", load->oids) : NULL;
	if (!load->db)
		return (struct str){ 0 };
	if (load->prepared && is_prepared(sql))
		return str_of(execution(load, sql, load->oids));
	return load_query(load->arena, sql, db_server_version(load->db) / 10000, oids);
}

static void ask(struct loading *load, const char *sql, result_fn *taker)
{
	ask_text(load, query_of(load, sql), taker);
}

static void take_presence(void *ctx, const struct result *result)
{
	struct loading *load = ctx;
	size_t column = 0;
	for (size_t i = 0; fine(load, result) && i < LOAD_FAMILIES; i++)
		load->present[i] = load_families[i].from && result_bool(result, 0, column++);
}

static void ask_presence(struct loading *load)
{
	struct buf sql = buf_init(load->arena);
	for (size_t i = 0; i < LOAD_FAMILIES; i++)
		if (load_families[i].from)
			buf_printf(&sql, "%s EXISTS (SELECT FROM %s)", sql.len ? "," : "SELECT", load_families[i].from);
	ask_text(load, buf_as_str(&sql), take_presence);
}

static void take_tables(void *ctx, const struct result *result)
{
	struct loading *load = ctx;
	size_t column = 2;
	if (!fine(load, result))
		return;
	load->oids = text_of(load->arena, result, 0, 0);
	load->failed = load->failed || result_bool(result, 0, 1);
	for (size_t i = 0; i < LOAD_FAMILIES; i++)
		load->present[i] = load_families[i].part == PART_ALWAYS ||
			(load_families[i].part != PART_NEVER && result_bool(result, 0, column++));
}

static void ask_first(struct loading *load)
{
	if (load->tables && load->db) {
		struct question *question = arena_alloc(load->arena, sizeof(*question));
		*question = (struct question){ load, take_tables };
		if (load->prepared)
			db_send(load->db, str_of(execution(load, load_tables, NULL)), 0, NULL, take_answer, question);
		else
			db_send(load->db, str_of(load_tables), 1, &load->tables, take_answer, question);
	} else if (load->tables) {
		ask_text(load, (struct str){ 0 }, take_tables);
	} else {
		ask_presence(load);
	}
}

static void ask_part(struct loading *load)
{
	for (size_t i = 0; i < LOAD_FAMILIES; i++)
		if (load->present[i])
			ask(load, load_families[i].sql, take_family);
	ask(load, load_aliases, take_aliases);
	ask(load, load_depends, take_depends);
	ask(load, load_comments, take_comments);
}

static void ask_all(struct loading *load)
{
	for (size_t i = 0; i < LOAD_FAMILIES; i++)
		if (!load_families[i].from || load->present[i])
			ask(load, load_families[i].sql, load_families[i].unmodelled ? take_unmodelled : take_family);
	ask(load, load_aliases, take_aliases);
	ask(load, load_depends, take_depends);
	ask(load, load_comments, take_comments);
	ask(load, load_unmodelled, take_unmodelled);
}

static void ask_rest(struct loading *load)
{
	if (load->tables)
		ask_part(load);
	else
		ask_all(load);
}

static void prepare(struct loading *load, const struct schema_options *options)
{
	load->link = (struct link){ .arena = load->arena, .schema = load->schema };
	load->params[0] = load_outside(load->arena, &options->outside);
	load->params[1] = sql_array(load->arena, &options->outside_tables);
}

char *schema_load_key(struct arena *arena)
{
	/* Asked for many times, and always the same. */
	static char known[2 * 32 + 1];
	const char *const others[] = { load_aliases, load_depends, load_comments, load_unmodelled, load_tables };
	if (*known)
		return arena_strdup(arena, known);
	struct sha256 *hash = sha256_new(arena);
	sha256_add(hash, STR("2 ")); /* how answers are written down */
	for (size_t i = 0; i < LOAD_FAMILIES; i++) {
		sha256_add(hash, str_of(load_families[i].sql));
		sha256_add(hash, str_of(load_families[i].from));
	}
	for (size_t i = 0; i < LEN(others); i++)
		sha256_add(hash, str_of(others[i]));
	snprintf(known, sizeof(known), "%s", sha256_hex(hash));
	return arena_strdup(arena, known);
}

/* The questions, and to whom: other ones have other answers. */
static const char *heading(const struct loading *load)
{
	struct sha256 *hash = sha256_new(load->arena);
	sha256_add(hash, str_of(schema_load_key(load->arena)));
	for (size_t i = 0; i < LEN(load->params); i++)
		sha256_add(hash, str_of(load->params[i]));
	if (load->tables)
		sha256_add(hash, str_of(load_tables));
	return arena_printf(load->arena, "%s %d\n", sha256_hex(hash), load->schema->server_version);
}

static bool is_of_questions(struct loading *load, struct str kept)
{
	return str_starts(kept, str_of(heading(load)));
}

bool schema_load_kept(struct arena *arena, struct str kept, const struct schema_options *options,
		      struct schema *ret_schema)
{
	struct schema schema = { 0 };
	struct err ignored = { .arena = arena };
	struct loading load = { .arena = arena, .schema = &schema, .err = &ignored, .rest = kept };
	struct str head, hash, version;
	unsigned long long number;
	if (!str_cut(kept, '\n', &head, &load.rest) || !str_cut(head, ' ', &hash, &version) ||
	    !str_to_u64(version, &number))
		return false;
	schema.server_version = (int)number;
	prepare(&load, options);
	if (!is_of_questions(&load, kept)) {
		load.tables = "";
		if (!is_of_questions(&load, kept))
			return false;
	}
	ask_first(&load);
	ask_rest(&load);
	if (load.failed || load.rest.len)
		return false;
	link_finish(&load.link);
	*ret_schema = schema;
	return true;
}

/* The catalogs of one moment; names are qualified because nothing but pg_catalog is on the path. */
static void begin(struct db *db, bool within)
{
	if (!within)
		db_send(db, STR("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), 0, NULL, NULL, NULL);
	reading_settings(db);
	db_send(db, STR("SET LOCAL jit = off"), 0, NULL, NULL, NULL);
	/* As they are written: to look for better orders takes longer than these queries do. */
	db_send(db, STR("SET LOCAL join_collapse_limit = 1"), 0, NULL, NULL, NULL);
}

static bool load_now(struct loading *load, struct buf *keep)
{
	struct db *db = load->db;
	bool within = db_in_transaction(db);
	load->keep = keep;
	if (keep)
		buf_text(keep, heading(load));
	begin(db, within);
	if (load->prepared)
		db_send(db, STR("SET LOCAL plan_cache_mode = force_generic_plan"), 0, NULL, NULL, NULL);
	ask_first(load);
	if (!db_run(db, load->err) || load->failed) {
		db_rollback(db);
		return false;
	}
	ask_rest(load);
	if (!within)
		db_send(db, STR("COMMIT"), 0, NULL, NULL, NULL);
	db_sync(db);
	bool ok = db_run(db, load->err) && !load->failed;
	if (!ok)
		db_rollback(db);
	else
		link_finish(&load->link);
	return ok;
}

bool schema_load_keep(struct arena *arena, struct db *db, const struct schema_options *options, struct buf *keep,
		      struct schema *ret_schema, struct err *err)
{
	struct schema schema = { .server_version = db_server_version(db) };
	struct loading load = { .arena = arena, .schema = &schema, .err = err, .db = db };
	prepare(&load, options);
	if (!load_now(&load, keep))
		return false;
	*ret_schema = schema;
	return true;
}

bool schema_load(struct arena *arena, struct db *db, const struct schema_options *options, struct schema *ret_schema,
		 struct err *err)
{
	return schema_load_keep(arena, db, options, NULL, ret_schema, err);
}

static void take_nothing(void *ctx, const struct result *result)
{
	(void)ctx;
	(void)result;
}

/* The plan is made when it is executed for the first time. */
static void prepare_query(struct loading *load, const char *sql)
{
	static const char heads[] = "PREPARE %s (text[], text[], oid[]) AS ";
	struct buf text = buf_init(load->arena);
	buf_printf(&text, heads, prepared_name(load->arena, sql));
	buf_str(&text, load_query(load->arena, sql, db_server_version(load->db) / 10000, "$3"));
	db_send(load->db, buf_as_str(&text), 0, NULL, take_nothing, NULL);
	db_send(load->db, str_of(execution(load, sql, NULL)), 0, NULL, take_nothing, NULL);
}

void schema_load_prepare(struct arena *arena, struct db *db, const struct schema_options *options)
{
	struct schema schema = { 0 };
	struct err ignored = { .arena = arena };
	struct loading load = { .arena = arena, .schema = &schema, .err = &ignored, .db = db, .tables = "{}" };
	prepare(&load, options);
	begin(db, false);
	db_send(db, STR("SET LOCAL plan_cache_mode = force_generic_plan"), 0, NULL, NULL, NULL);
	for (size_t i = 0; i < LEN(prepared_others); i++)
		prepare_query(&load, *prepared_others[i]);
	for (size_t i = 0; i < LOAD_FAMILIES; i++)
		if (is_prepared(load_families[i].sql))
			prepare_query(&load, load_families[i].sql);
	db_send(db, STR("COMMIT"), 0, NULL, NULL, NULL);
	db_sync(db);
}

bool schema_load_tables(struct arena *arena, struct db *db, const struct schema_options *options, bool prepared,
			const struct strs *tables, struct buf *keep, struct schema *ret_schema)
{
	struct schema schema = { .server_version = db_server_version(db) };
	struct err ignored = { .arena = arena };
	struct loading load = { .arena = arena, .schema = &schema, .err = &ignored, .db = db, .prepared = prepared };
	prepare(&load, options);
	load.tables = sql_array(arena, tables);
	if (!load_now(&load, keep))
		return false;
	*ret_schema = schema;
	return true;
}
