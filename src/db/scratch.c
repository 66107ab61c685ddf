#include "db/scratch.h"

#include <unistd.h>

#include "base/archive.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/proc.h"
#include "db/db.h"
#include "db/server.h"
#include "db/stand_in.h"
#include "db/workspace.h"

/* What an empty cluster takes, and room for a history's tables and WAL. */
enum { ROOM = 512 * 1024 * 1024 };

/* By their numbers, which are the same in each cluster since version 15; template1's always was. */
static const char template1[] = "base/1", template0[] = "base/4", postgres[] = "base/5";
static const char *const never[] = { template1, template0, NULL };
static const char *const not_yet[] = { template1, template0, postgres, NULL };

static bool unpack_empty(struct arena *arena, const struct binaries *binaries, const struct account *account,
			 const char *const *without, const char *folder, struct err *err)
{
	struct image image = { .name = "empty", .key = "" };
	return image_unpack(arena, &image, binaries, account, without, folder, err);
}

/* A folder for it, and what it will be like. */
static bool prepare(struct arena *arena, const struct scratch_source *source, struct scratch *scratch, struct err *err)
{
	struct workspace workspace;
	const struct account *account;
	*scratch = (struct scratch){ .source = *source };
	const char *root;
	if (!binaries_find(arena, source->major, &scratch->binaries, err) ||
	    !account_for_servers(arena, &account, err) || !workspace_new(arena, account, ROOM, &workspace, err))
		return false;
	scratch->binaries.stand_ins = source->stand_ins;
	if (!stand_ins_make(arena, &scratch->binaries, account, workspace.dir, &root, err))
		return false;
	scratch->socket_dir = workspace.dir;
	scratch->server = (struct server){
		.bin = scratch->binaries.dir,
		.account = account,
		.data = workspace.data,
		.socket_dir = workspace.dir,
		.log = workspace.log,
		.root = root,
		.settings = image_settings,
		.dies_with_us = true,
	};
	return true;
}

static bool unpack_image(void *ctx)
{
	const struct scratch *scratch = ctx;
	struct arena *arena = arena_new(NULL);
	struct err ignored = { .arena = arena };
	bool ok = archive_restore(scratch->source.image, scratch->source.lean ? not_yet : NULL, scratch->server.data,
				  scratch->server.account, &ignored);
	arena_free(arena);
	return ok;
}

void scratch_begin(struct arena *arena, const struct scratch_source *source, struct scratch *scratch)
{
	struct err ignored = { .arena = arena };
	struct scratch *begun = arena_alloc(arena, sizeof(*begun));
	if (!source->image || !prepare(arena, source, begun, &ignored))
		return;
	begun->begun = server_begin(arena, &begun->server, unpack_image, begun);
	*scratch = *begun;
}

bool scratch_is_ready(const struct scratch *scratch)
{
	return scratch->begun && server_is_ready(scratch->begun);
}

void scratch_complete_soon(struct scratch *scratch)
{
	const char *data = scratch->server.data;
	bool there;
	if (!scratch->begun || !scratch->source.lean || scratch->has_postgres)
		return;
	struct arena *arena = arena_new(NULL);
	struct err ignored = { .arena = arena };
	const char *base = path_join(arena, data, "base");
	for (double end = clock_now() + 1; !file_exists(base) && clock_now() < end;)
		clock_sleep(0.001);
	scratch->has_postgres = file_exists(base) &&
		archive_restore_one(scratch->source.image, postgres, data, scratch->server.account, &there, &ignored);
	if (!scratch->has_postgres)
		dir_remove(path_join(arena, data, postgres), &ignored);
	arena_free(arena);
}

/* False, and nothing is left of it, where the image cannot be used. */
static bool start_from_image(struct arena *arena, struct scratch *scratch)
{
	const struct server *server = &scratch->server;
	struct err ignored = { .arena = arena };
	if (!scratch->source.image)
		return false;
	scratch->lacks_postgres = scratch->source.lean && !scratch->has_postgres;
	if (scratch->begun ? server_await(scratch->begun)
			   : unpack_image(scratch) && server_start(arena, server, &ignored))
		return true;
	if (!db_cancel_flag)
		unlink(scratch->source.image);
	server_stop(server->data, SERVER_STOP_IMMEDIATE, &ignored);
	dir_remove(server->data, &ignored);
	return false;
}

bool scratch_start(struct arena *arena, const struct scratch_source *source, struct scratch *scratch, struct err *err)
{
	scratch_unpack_fn *unpack = source->unpack ? source->unpack : unpack_empty;
	if (!scratch->begun && !prepare(arena, source, scratch, err))
		return false;
	scratch->from_image = start_from_image(arena, scratch);
	if (scratch->from_image)
		return true;
	scratch->lacks_postgres = false;
	return unpack(arena, &scratch->binaries, scratch->server.account, source->lean ? never : NULL,
		      scratch->server.data, err) &&
		server_start(arena, &scratch->server, err);
}

/* A server looks at the folder of a database when somebody connects to it. */
bool scratch_complete(struct scratch *scratch, struct err *err)
{
	bool there;
	if (!scratch->lacks_postgres)
		return true;
	if (!archive_restore_one(scratch->source.image, postgres, scratch->server.data, scratch->server.account, &there,
				 err)) {
		unlink(scratch->source.image);
		return err_hint(err, "It was removed; run it again.");
	}
	scratch->lacks_postgres = false;
	return true;
}

bool scratch_save(struct arena *arena, struct scratch *scratch, const char *path, struct err *err)
{
	const struct server *server = &scratch->server;
	struct err ignored = { .arena = arena };
	if (!scratch_complete(scratch, err) || !server_stop(server->data, SERVER_STOP_FAST, err))
		return false;
	/* A full disk, say: then nothing is kept. */
	archive_save(server->data, scratch->source.lean ? never : NULL, path, &ignored);
	return server_start(arena, server, err);
}

bool scratch_target(struct arena *arena, const struct scratch *scratch, const char *database, struct target *ret_target,
		    struct err *err)
{
	return server_target(arena, scratch->socket_dir, database, ret_target, err);
}
