#include "run/evidence.h"

#include "sql/quote.h"

#include "evidence.sql.h"
#include "evidence_clashes.sql.h"

/* An object that the scripts have made and not dropped. */
struct made {
	enum object_kind kind;
	struct str schema, name, part;
	bool gone;
	bool clashes; /* a table, where it is there already */
};

struct makings {
	struct made *ptr;
	size_t len, cap;
	bool elsewhere; /* a search_path was said: where a bare name is made from there on, is not known */
};

static bool leaves_trace(enum object_kind kind)
{
	switch (kind) {
	case OBJECT_SCHEMA:
	case OBJECT_TABLE:
	case OBJECT_INDEX:
	case OBJECT_SEQUENCE:
	case OBJECT_VIEW:
	case OBJECT_MATVIEW:
	case OBJECT_TYPE:
	case OBJECT_FUNCTION:
	case OBJECT_TRIGGER:
	case OBJECT_POLICY:
	case OBJECT_CONSTRAINT:
	case OBJECT_COLUMN:
		return true;
	case OBJECT_RULE:
	case OBJECT_EXTENSION:
	case OBJECT_ROLE:
	case OBJECT_DATABASE:
	case OBJECT_PUBLICATION:
	case OBJECT_SUBSCRIPTION:
	case OBJECT_EVENT_TRIGGER:
	case OBJECT_OTHER:
		return false;
	}
	return false;
}

/* public.t and t are taken for the same: histories mix them. */
static bool same_schema(struct str a, struct str b)
{
	return !a.len || !b.len || str_eq(a, b);
}

/* A drop takes what hangs on the table with it; a rename or a move leaves us without a trail. */
static void forget(struct arena *arena, struct makings *all, const struct touch *touch)
{
	bool known = false;
	for (size_t i = 0; i < all->len; i++) {
		struct made *made = &all->ptr[i];
		bool of_schema = touch->kind == OBJECT_SCHEMA && str_eq(made->schema, touch->name);
		bool same = str_eq(made->name, touch->name) && same_schema(made->schema, touch->schema);
		if (of_schema || (same && (!touch->part.ptr || str_eq(made->part, touch->part))))
			made->gone = known = true;
	}
	if (!known && touch->kind == OBJECT_TABLE && !touch->part.ptr)
		vec_push(arena, all,
			 (struct made){
				 .kind = OBJECT_TABLE, .schema = touch->schema, .name = touch->name, .gone = true });
}

static bool mentions(const struct stmt *stmt, const char *word)
{
	struct str needle = str_of(word);
	for (size_t i = 0; i + needle.len <= stmt->text.len; i++)
		if (str_eq_nocase(str_slice(stmt->text, i, i + needle.len), needle))
			return true;
	return false;
}

/* An earlier statement drops what another has made: it is there, and makes way. */
static bool was_dropped(const struct makings *all, const struct touch *touch)
{
	for (size_t i = 0; i < all->len; i++)
		if (all->ptr[i].gone && str_eq(all->ptr[i].name, touch->name) &&
		    same_schema(all->ptr[i].schema, touch->schema))
			return true;
	return false;
}

static struct made made_by(const struct stmt *stmt, const struct makings *all, const struct touch *touch)
{
	return (struct made){ .kind = touch->kind,
			      .schema = touch->schema,
			      .name = touch->name,
			      .part = touch->part,
			      .clashes = touch->kind == OBJECT_TABLE && (touch->schema.len || !all->elsewhere) &&
				      !mentions(stmt, "if not exists") && !was_dropped(all, touch) };
}

static void add_statement(struct arena *arena, struct makings *all, const struct stmt *stmt)
{
	all->elsewhere = all->elsewhere || mentions(stmt, "search_path");
	bool moves = stmt->opaque || mentions(stmt, "rename") || mentions(stmt, "set schema");
	for (size_t i = 0; i < stmt->touches.len; i++) {
		const struct touch *touch = &stmt->touches.ptr[i];
		bool creates = touch->verb == TOUCH_CREATE || touch->verb == TOUCH_REPLACE;
		if (touch->schema.ptr && str_starts(touch->schema, STR("pg_temp")))
			continue;
		if (creates && leaves_trace(touch->kind) && touch->name.len)
			vec_push(arena, all, made_by(stmt, all, touch));
		else if (touch->verb == TOUCH_DROP || (touch->verb == TOUCH_ALTER && moves))
			forget(arena, all, touch);
	}
}

static void join(struct buf *buf, bool first, const char *text, struct str s)
{
	if (!first)
		buf_char(buf, '\1');
	if (text)
		buf_text(buf, text);
	else
		buf_str(buf, s);
}

static const char *shown(struct arena *arena, const struct made *made)
{
	const char *name = sql_qualified(arena, made->schema.len ? made->schema : (struct str){ 0 }, made->name);
	if (made->part.ptr)
		return arena_printf(arena, "%s %s on %s", object_kind_text(made->kind), sql_ident(arena, made->part),
				    name);
	return arena_printf(arena, "%s %s", object_kind_text(made->kind), name);
}

struct answers {
	struct arena *arena;
	VEC(bool) there;
	VEC(size_t) places;
	struct err *err;
	bool failed;
};

static void take_error(struct answers *answers, const struct result *result)
{
	if (result->kind != RESULT_ERROR)
		return;
	err_copy(answers->err, result->err);
	answers->failed = true;
}

static void take_places(void *ctx, const struct result *result)
{
	struct answers *answers = ctx;
	take_error(answers, result);
	for (size_t i = 0; result->kind == RESULT_ROWS && i < result->rows; i++)
		vec_push(answers->arena, &answers->places, (size_t)result_int(result, i, 0) - 1);
}

static void take_answers(void *ctx, const struct result *result)
{
	struct answers *answers = ctx;
	take_error(answers, result);
	for (size_t i = 0; result->kind == RESULT_ROWS && i < result->rows; i++)
		vec_push(answers->arena, &answers->there, result_bool(result, i, 0));
}

/* A search_path of the tool's holds for a transaction, so that nothing of it is left with the pooler. */
static bool ask(struct db *db, const char *search_path, const struct call *call, result_fn *take,
		struct answers *answers, struct err *err)
{
	db_send(db, STR("BEGIN"), 0, NULL, NULL, NULL);
	if (search_path)
		db_send(db, STR("SELECT set_config('search_path', $1, true)"), 1, &search_path, NULL, NULL);
	db_send(db, str_of(call->sql), call->nparams, call->params, take, answers);
	db_send(db, STR("COMMIT"), 0, NULL, NULL, NULL);
	db_sync(db);
	if (db_run(db, err) && !answers->failed)
		return true;
	db_rollback(db);
	return false;
}

static bool look(struct arena *arena, struct db *db, const char *search_path, const struct makings *all,
		 struct evidence *evidence, struct err *err)
{
	struct buf kinds = buf_init(arena), schemas = buf_init(arena), names = buf_init(arena), parts = buf_init(arena);
	VEC(const struct made *) asked = { 0 };
	for (size_t i = 0; i < all->len; i++) {
		const struct made *made = &all->ptr[i];
		if (made->gone)
			continue;
		bool first = asked.len == 0;
		join(&kinds, first, object_kind_text(made->kind), made->name);
		join(&schemas, first, NULL, made->schema);
		join(&names, first, NULL, made->name);
		join(&parts, first, NULL, made->part);
		vec_push(arena, &asked, made);
	}
	struct call call = { .sql = sql_evidence,
			     .params = { kinds.ptr, schemas.ptr, names.ptr, parts.ptr },
			     .nparams = 4 };
	struct answers answers = { .arena = arena, .err = err };
	if (asked.len && !ask(db, search_path, &call, take_answers, &answers, err))
		return false;
	for (size_t i = 0; i < answers.there.len && i < asked.len; i++) {
		bool there = answers.there.ptr[i];
		struct str text = str_of(shown(arena, asked.ptr[i]));
		if (there)
			vec_push(arena, &evidence->present, text);
		else
			vec_push(arena, &evidence->missing, text);
	}
	return true;
}

static void keep_platform(struct makings *all, const struct boundary *platform)
{
	for (size_t i = 0; platform && i < all->len; i++)
		if (!boundary_has_schema(platform, all->ptr[i].schema))
			all->ptr[i].gone = true;
}

static void add_scripts(struct arena *arena, struct makings *all, const struct script *scripts, size_t nscripts)
{
	for (size_t i = 0; i < nscripts; i++)
		for (size_t k = 0; k < scripts[i].stmts.len; k++)
			add_statement(arena, all, &scripts[i].stmts.ptr[k]);
}

bool evidence_clashes(struct arena *arena, struct db *db, const char *search_path, const struct script *scripts,
		      size_t nscripts, struct strs *ret_tables, struct err *err)
{
	struct makings all = { 0 };
	struct buf schemas = buf_init(arena), names = buf_init(arena);
	VEC(const struct made *) asked = { 0 };
	*ret_tables = (struct strs){ 0 };
	add_scripts(arena, &all, scripts, nscripts);
	for (size_t i = 0; i < all.len; i++) {
		const struct made *made = &all.ptr[i];
		if (!made->clashes || made->gone)
			continue;
		join(&schemas, !asked.len, NULL, made->schema);
		join(&names, !asked.len, NULL, made->name);
		vec_push(arena, &asked, made);
	}
	struct call call = { .sql = sql_evidence_clashes, .params = { schemas.ptr, names.ptr }, .nparams = 2 };
	struct answers answers = { .arena = arena, .err = err };
	if (asked.len && !ask(db, search_path, &call, take_places, &answers, err))
		return false;
	for (size_t i = 0; i < answers.places.len; i++)
		vec_push(arena, ret_tables, str_of(shown(arena, asked.ptr[answers.places.ptr[i]])));
	return true;
}

bool evidence_collect(struct arena *arena, struct db *db, const char *search_path, const struct boundary *platform,
		      const struct script *scripts, size_t nscripts, struct evidence *ret_evidence, struct err *err)
{
	struct makings all = { 0 };
	*ret_evidence = (struct evidence){ 0 };
	add_scripts(arena, &all, scripts, nscripts);
	keep_platform(&all, platform);
	return look(arena, db, search_path, &all, ret_evidence, err);
}

const char *evidence_text(struct arena *arena, const struct strs *objects)
{
	enum { SHOWN = 8 };
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < objects->len && i < SHOWN; i++)
		buf_printf(&buf, "%s" STR_FMT, i ? ", " : "", STR_ARG(objects->ptr[i]));
	if (objects->len > SHOWN)
		buf_printf(&buf, " and %zu more", objects->len - SHOWN);
	return buf.ptr;
}
