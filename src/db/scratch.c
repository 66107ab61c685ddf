#include "db/scratch.h"

#include <unistd.h>

#include "base/archive.h"
#include "base/file.h"
#include "base/proc.h"
#include "db/server.h"
#include "db/workspace.h"

/* What an empty cluster takes, and room for a history's tables and WAL. */
enum { ROOM = 512 * 1024 * 1024 };

static bool unpack_empty(struct arena *arena, const struct binaries *binaries, const struct account *account,
			 const char *folder, struct err *err)
{
	struct image image = { .name = "empty", .key = "" };
	return image_unpack(arena, &image, binaries, account, folder, err);
}

/* False, and nothing is left of it, where the image cannot be used. */
static bool start_from_image(struct arena *arena, const struct server *server, const char *image)
{
	struct err ignored = { .arena = arena };
	if (!image)
		return false;
	if (archive_restore(image, server->data, server->account, &ignored) && server_start(arena, server, &ignored))
		return true;
	unlink(image);
	server_stop(server->data, SERVER_STOP_IMMEDIATE, &ignored);
	dir_remove(server->data, &ignored);
	return false;
}

bool scratch_start(struct arena *arena, int major, scratch_unpack_fn *unpack, const char *image,
		   struct scratch *ret_scratch, struct err *err)
{
	struct scratch scratch = { 0 };
	struct workspace workspace;
	const struct account *account;
	if (!binaries_find(arena, major, &scratch.binaries, err) || !account_for_servers(arena, &account, err) ||
	    !workspace_new(arena, account, ROOM, &workspace, err))
		return false;
	scratch.socket_dir = workspace.dir;
	scratch.server = (struct server){
		.bin = scratch.binaries.dir,
		.account = account,
		.data = workspace.data,
		.socket_dir = workspace.dir,
		.log = workspace.log,
		.settings = image_settings,
		.dies_with_us = true,
	};
	scratch.from_image = start_from_image(arena, &scratch.server, image);
	if (!scratch.from_image &&
	    (!(unpack ? unpack : unpack_empty)(arena, &scratch.binaries, account, workspace.data, err) ||
	     !server_start(arena, &scratch.server, err)))
		return false;
	*ret_scratch = scratch;
	return true;
}

bool scratch_save(struct arena *arena, const struct scratch *scratch, const char *path, struct err *err)
{
	const struct server *server = &scratch->server;
	struct err ignored = { .arena = arena };
	if (!server_stop(server->data, SERVER_STOP_FAST, err))
		return false;
	/* A full disk, say: then nothing is kept. */
	archive_save(server->data, path, &ignored);
	return server_start(arena, server, err);
}

bool scratch_target(struct arena *arena, const struct scratch *scratch, const char *database, struct target *ret_target,
		    struct err *err)
{
	return server_target(arena, scratch->socket_dir, database, ret_target, err);
}
