#include "project/local_place.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "db/db.h"

enum { LOCK_SECONDS = 120, HOME_MAX = 900 };

/* The absolute path without links, in the arena. */
static char *resolved(struct arena *arena, const char *path)
{
	char *allocated = realpath(path, NULL);
	if (allocated)
		arena_defer(arena, free, allocated);
	return allocated;
}

static bool not_ours(const char *dir, unsigned owner, struct err *err)
{
	err_set(err, ERR_FAILED, "local-owner", "the local project in \"%s\" belongs to another user (uid %u)", dir,
		owner);
	return err_hint(err, "Run brant as that user, or remove the folder and start anew.");
}

bool place_find(struct arena *arena, const char *root, struct place *ret_place, struct err *err)
{
	struct place place = { .root = resolved(arena, root) };
	struct stat st;
	if (!place.root)
		return err_set(err, ERR_FAILED, "file-missing", "could not find \"%s\": %s", root, strerror(errno));
	place.dir = path_join(arena, place.root, ".brant");
	if (stat(place.dir, &st) == 0 && st.st_uid != geteuid())
		return not_ours(place.dir, st.st_uid, err);
	/* PostgreSQL cuts paths at 1024 bytes. */
	if (strlen(place.dir) > HOME_MAX) {
		err_set(err, ERR_FAILED, "local-path",
			"the path of the project is too long for a local server: %zu bytes", strlen(place.root));
		return err_hint(err, "Use a folder with a path of at most %d bytes.", HOME_MAX);
	}
	if (!account_for_servers(arena, &place.account, err))
		return false;
	*ret_place = place;
	return true;
}

bool place_exists(const struct place *place)
{
	struct arena *scratch = arena_new(NULL);
	bool exists = file_exists(path_join(scratch, place->dir, "state"));
	arena_free(scratch);
	return exists;
}

/* ---- folders ---- */

/* Root's may be passed through by the account on its way to what is his; nobody may look around in it. */
static unsigned mode_of_home(const struct place *place)
{
	return place->account ? 0711 : 0700;
}

static bool make_folder(const char *path, unsigned mode, struct err *err)
{
	struct stat st;
	if (!dir_make(path, mode, err))
		return false;
	/* The umask may have taken something, or it was there with other rights. */
	if (stat(path, &st) == 0 && (st.st_mode & 07777) != mode && chmod(path, mode) != 0)
		return err_set(err, ERR_FAILED, "file-unusable", "could not change the mode of \"%s\": %s", path,
			       strerror(errno));
	return true;
}

static bool make_dir(struct arena *arena, const struct place *place, struct err *err)
{
	char *ignore = path_join(arena, place->dir, ".gitignore");
	return make_folder(place->dir, mode_of_home(place), err) &&
		(file_exists(ignore) || file_write(ignore, STR("*\n"), 0600, err));
}

bool place_make(struct arena *arena, const struct place *place, struct err *err)
{
	char *run = path_join(arena, place->home, "run");
	return make_folder(path_join(arena, place->home, "log"), 0700, err) && make_folder(run, 0700, err) &&
		account_own(place->account, run, err);
}

/* ---- the lock ---- */

static void close_lock(void *fd)
{
	close(*(int *)fd);
}

static bool lock_failed(const char *path, struct err *err)
{
	return err_set(err, ERR_FAILED, "file-unusable", "could not lock \"%s\": %s", path, strerror(errno));
}

bool place_lock(struct arena *arena, const struct place *place, struct err *err)
{
	double end = clock_now() + LOCK_SECONDS;
	char *path = path_join(arena, place->dir, "lock");
	struct stat st;
	while (clock_now() < end && !db_cancel_flag) {
		if (!make_dir(arena, place, err))
			return false;
		int *fd = arena_alloc(arena, sizeof(*fd));
		*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (*fd < 0)
			return lock_failed(path, err);
		if (flock(*fd, LOCK_EX | LOCK_NB) == 0 && fstat(*fd, &st) == 0 && st.st_nlink) {
			arena_defer(arena, close_lock, fd);
			return true;
		}
		/* Somebody has it, or has removed the whole project meanwhile, the lock with it. */
		close(*fd);
		clock_sleep(0.02);
	}
	if (db_cancel_flag)
		return err_set(err, ERR_CANCELLED, "cancelled", "cancelled while waiting for another brant");
	err_set(err, ERR_BUSY, "local-busy", "another brant has been starting or stopping this local project for %d s",
		LOCK_SECONDS);
	return err_hint(err, "Look for it with \"ps\", and try again when it has ended.");
}

/* ---- inside or outside ---- */

char *place_hash(struct arena *arena, const struct place *place)
{
	return sha256_of(arena, str_of(place->dir));
}

/* Can the servers' account get into the folder?  The kernel is asked by going there: nothing else knows all its rules. */
static bool can_enter(const struct place *place)
{
	struct arena *scratch = arena_new(NULL);
	struct err ignored = { .arena = scratch };
	const char *argv[] = { "/bin/true", NULL };
	struct program program = { .argv = argv, .account = place->account, .cwd = place->dir };
	struct str output;
	bool can = program_run(scratch, &program, &output, &ignored);
	arena_free(scratch);
	return can;
}

bool place_settle(struct arena *arena, struct place *place, const bool *was_outside, bool *ret_outside, struct err *err)
{
	bool outside = was_outside ? *was_outside : place->account && !can_enter(place);
	place->home = place->dir;
	*ret_outside = outside;
	if (!outside)
		return true;
	place->home =
		arena_printf(arena, PLACE_OUTSIDE "/%s-%.16s", place_ref(arena, place->root), place_hash(arena, place));
	char *project = path_join(arena, place->home, "project");
	if (file_exists(project)) {
		utimensat(AT_FDCWD, project, NULL, 0); /* in use: see place_abandoned() */
		return true;
	}
	return make_folder(PLACE_OUTSIDE, 0711, err) && make_folder(place->home, 0711, err) &&
		file_write(project, str_of(arena_printf(arena, "%s\n", place->root)), 0600, err);
}

struct abandoned_homes place_abandoned(struct arena *arena)
{
	enum { OLD_DAYS = 14 };
	struct abandoned_homes homes = { 0 };
	struct err ignored = { .arena = arena };
	struct names names = { 0 };
	struct str project;
	struct stat st;
	dir_list(arena, PLACE_OUTSIDE, &names, &ignored);
	for (size_t i = 0; i < names.len; i++) {
		char *home = path_join(arena, PLACE_OUTSIDE, names.ptr[i]), *path = path_join(arena, home, "project");
		if (stat(path, &st) != 0 || !file_read(arena, path, &project, &ignored) || !project.len)
			continue;
		/* Without the line end that place_settle() wrote: a path may end in white space of its own. */
		if (access(str_dup(arena, str_slice(project, 0, project.len - 1)), F_OK) != 0 && errno == ENOENT)
			vec_push(arena, &homes,
				 (struct abandoned){ home, time(NULL) - st.st_mtime > OLD_DAYS * 86400L });
	}
	return homes;
}

/* ---- the name ---- */

char *place_ref(struct arena *arena, const char *root)
{
	enum { REF_MAX = 40 };
	static const char *const taken[] = { "postgres", "pgbouncer", "template0", "template1" };
	struct buf ref = buf_init(arena);
	for (const char *c = path_base(root); *c && ref.len < REF_MAX; c++) {
		bool upper = *c >= 'A' && *c <= 'Z', letter = upper || (*c >= 'a' && *c <= 'z'),
		     digit = *c >= '0' && *c <= '9';
		if (letter || (digit && ref.len))
			buf_char(&ref, (char)(upper ? *c + 32 : *c));
		else if (digit)
			buf_printf(&ref, "p%c", *c);
		else if (ref.len && ref.ptr[ref.len - 1] != '_' && (unsigned char)*c < 0x80)
			buf_char(&ref, '_');
	}
	while (ref.len && ref.ptr[ref.len - 1] == '_')
		ref.ptr[--ref.len] = 0;
	if (!ref.len)
		return arena_strdup(arena, "project");
	for (size_t i = 0; i < LEN(taken); i++)
		if (strcmp(ref.ptr, taken[i]) == 0)
			return arena_printf(arena, "%s_project", ref.ptr);
	return ref.ptr;
}
