#include "db/scratch.h"

#include "base/proc.h"
#include "db/server.h"
#include "db/workspace.h"

/* What an empty cluster takes, and room for a history's tables and WAL. */
enum { ROOM = 512 * 1024 * 1024 };

static bool unpack_empty(struct arena *arena, const struct binaries *binaries, const struct account *account, const char *folder,
			 struct err *err)
{
	struct image image = { .name = "empty", .key = "" };
	return image_unpack(arena, &image, binaries, account, folder, err);
}

bool scratch_start(struct arena *arena, int major, scratch_unpack_fn *unpack, struct scratch *ret_scratch, struct err *err)
{
	struct scratch scratch;
	struct workspace workspace;
	const struct account *account;
	if (!binaries_find(arena, major, &scratch.binaries, err) || !account_for_servers(arena, &account, err) ||
	    !workspace_new(arena, account, ROOM, &workspace, err))
		return false;
	if (!(unpack ? unpack : unpack_empty)(arena, &scratch.binaries, account, workspace.data, err))
		return false;
	struct server server = {
		.bin = scratch.binaries.dir,
		.account = account,
		.data = workspace.data,
		.socket_dir = workspace.dir,
		.log = workspace.log,
		.settings = image_settings,
		.dies_with_us = true,
	};
	scratch.socket_dir = workspace.dir;
	if (!server_start(arena, &server, err))
		return false;
	*ret_scratch = scratch;
	return true;
}

bool scratch_target(struct arena *arena, const struct scratch *scratch, const char *database, struct target *ret_target,
		    struct err *err)
{
	return server_target(arena, scratch->socket_dir, database, ret_target, err);
}
