#include "workshop/ahead.h"

/* Its image has the whole history. */
static bool has_history(const struct workshop *shop)
{
	return shop->scratch.from_image && shop->replay.keys.len && shop->replay.kept == shop->replay.keys.len;
}

static bool server_is_there(struct workshop *shop)
{
	struct err ignored = { .arena = shop->ctx->arena };
	return shop->started || (scratch_is_ready(&shop->scratch) && workshop_start(shop, &ignored));
}

void workshop_look_ahead(struct workshop *shop)
{
	struct arena *arena = shop->ctx->arena;
	struct err ignored = { .arena = arena };
	struct target target;
	if (!shop->proves || shop->ahead || (shop->open && strcmp(shop->open, HISTORY_DATABASE) == 0) ||
	    !server_is_there(shop) || !has_history(shop))
		return;
	shop->proves = false; /* not again */
	if (!workshop_target(shop, HISTORY_DATABASE, &target, &ignored) ||
	    !workshop_connect_to(arena, &target, &shop->ahead, &ignored)) {
		shop->ahead = NULL;
		return;
	}
	schema_load_prepare(arena, shop->ahead, &shop->options);
	db_poll(shop->ahead);
}

bool workshop_take_ahead(struct workshop *shop, const char *database)
{
	struct err ignored = { .arena = shop->ctx->arena };
	struct db *db = shop->ahead;
	if (!db || strcmp(database, HISTORY_DATABASE) != 0)
		return false;
	shop->ahead = NULL;
	if (!db_run(db, &ignored) || !db_is_open(db)) {
		db_close(db);
		return false;
	}
	workshop_session_close(shop);
	shop->db = db;
	shop->open = HISTORY_DATABASE;
	shop->prepared = true;
	return true;
}

void workshop_close_ahead(struct workshop *shop)
{
	if (shop->ahead)
		db_close(shop->ahead);
	shop->ahead = NULL;
}
