#include "workshop/place.h"

#include "db/absent.h"
#include "db/stand_in.h"
#include "project/local_platform.h"
#include "session/session.h"
#include "workshop/attempt.h"
#include "workshop/kept.h"
#include "workshop/known.h"

bool schema_place_target(struct ctx *ctx, const struct schema_place *place, struct target *ret_target, struct err *err)
{
	if (place->kind == PLACE_URL)
		return target_parse(ctx->arena, place->said, "the URL", ret_target, err);
	if (!session_target(ctx, err))
		return false;
	*ret_target = ctx->project->target;
	return true;
}

static bool run_place(struct arena *arena, const struct schema_place *place, struct db *db, const char *root,
		      bool *ret_again, struct err *err)
{
	struct attempts attempts = { 0 };
	struct scripts scripts;
	if (!scripts_read(arena, place, root, &scripts, err))
		return false;
	attempts_add_all(arena, place, &scripts, &attempts);
	return attempts_run(arena, place, &attempts, db, ret_again, err);
}

static bool fill(struct workshop *shop, const struct schema_place *place, const char **ret_database, struct err *err)
{
	struct arena *arena = shop->ctx->arena;
	bool again = false;
	struct target target;
	struct db *db;
	if (place->kind == PLACE_HISTORY && !place->last)
		return workshop_fill_history(shop, ret_database, err);
	if (!workshop_copy(shop, PLATFORM_DATABASE, ret_database, err) ||
	    !workshop_target(shop, *ret_database, &target, err))
		return false;
	/* A part of it is nothing to keep. */
	if (place->kind == PLACE_HISTORY)
		return replay_run(shop->ctx, &target, place->last, NULL, err);
	if (!workshop_connect_to(arena, &target, &db, err))
		return false;
	bool ok = run_place(arena, place, db, shop->ctx->project->root, &again, err);
	db_close(db);
	return ok && again ? fill(shop, place, ret_database, err) : ok;
}

/* The history's database will be there when somebody asks for it. */
static bool load_known_history(struct workshop *shop, const struct schema_place *place, struct schema *ret_schema,
			       const char **ret_database)
{
	if (place->kind != PLACE_HISTORY || place->last)
		return false;
	workshop_plan_replay(shop);
	if (!shop->history.ptr)
		shop->history = kept_history(shop->ctx->arena, &shop->replay);
	if (!shop->history.ptr || !schema_load_kept(shop->ctx->arena, shop->history, &shop->options, ret_schema))
		return false;
	shop->owes_history = true;
	*ret_database = HISTORY_DATABASE;
	return true;
}

static bool load_place(struct workshop *shop, const struct schema_place *place, struct buf *keep,
		       struct schema *ret_schema, const char **ret_database, struct err *err)
{
	struct target target;
	if (!workshop_start(shop, err) || !fill(shop, place, ret_database, err)) {
		advice_for_absent(err);
		return err_prefix(err, "%s", place->said);
	}
	return load_known_history(shop, place, ret_schema, ret_database) ||
		(workshop_target(shop, *ret_database, &target, err) &&
		 workshop_load_from(shop, &target, keep, ret_schema, err));
}

static bool told_where(struct arena *arena, const struct target *target, struct schema *schema)
{
	schema->server = target->host && target->port ? arena_printf(arena, "%s:%s", target->host, target->port) : NULL;
	schema->user = target->user;
	return true;
}

/* Those that the schema has. */
static bool tell_stand_ins(struct workshop *shop, const struct schema *schema)
{
	for (size_t i = 0; shop->replay.stand_ins.len && i < schema->objects.len; i++) {
		const struct object *object = schema->objects.ptr[i];
		struct str name = str_of(object->name);
		if (object->kind != KIND_EXTENSION || !stand_ins_have(&shop->replay.stand_ins, name) ||
		    stand_ins_have(&shop->told, name))
			continue;
		vec_push(shop->ctx->arena, &shop->told, name);
		stand_in_note(shop->ctx, name);
	}
	return true;
}

bool schema_place_load(struct workshop *shop, struct schema_place *place, struct schema *ret_schema,
		       const char **ret_database, struct err *err)
{
	struct arena *arena = shop->ctx->arena;
	struct target target;
	struct buf keep = buf_init(arena);
	*ret_database = NULL;
	if (place->kind == PLACE_URL || place->kind == PLACE_DATABASE)
		return schema_place_target(shop->ctx, place, &target, err) &&
			workshop_load_from(shop, &target, NULL, ret_schema, err) &&
			told_where(arena, &target, ret_schema);
	if (load_known_history(shop, place, ret_schema, ret_database))
		return tell_stand_ins(shop, ret_schema);
	const char *path = place->keeps ? kept_path(shop, place) : NULL;
	/* A history is more than a script: it has to be replayed. */
	place->known = known_load(shop, path, ret_schema) ||
		(place->keeps && place->kind != PLACE_HISTORY && known_make(shop, place, path, ret_schema));
	if (place->known)
		return tell_stand_ins(shop, ret_schema);
	if (!load_place(shop, place, path ? &keep : NULL, ret_schema, ret_database, err))
		return false;
	struct kept kept = { .prelude = place->prelude,
			     .ddl = kept_script(arena, place),
			     .answers = buf_as_str(&keep) };
	if (path)
		kept_write(arena, path, &kept);
	return tell_stand_ins(shop, ret_schema);
}
