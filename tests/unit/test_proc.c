/* base/proc and base/archive. */
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/archive.h"
#include "base/clock.h"
#include "base/file.h"

static struct arena *arena;
static struct err err;
static char *folder;

static int setup(void **state)
{
	(void)state;
	arena = arena_new(NULL);
	err = (struct err){ .arena = arena };
	folder = arena_strdup(arena, "/tmp/brant-test-proc-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	dir_remove(folder, &err);
	arena_free(arena);
	return 0;
}

static bool run(const char *script, struct str *ret_output)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct program program = { .argv = argv };
	return program_run(arena, &program, ret_output, &err);
}

static void output_and_status(void **state)
{
	(void)state;
	struct str output;
	assert_true(run("echo out; echo err >&2; cat", &output)); /* cat: /dev/null is its input */
	assert_true(str_eq(output, STR("out\nerr\n")));
	assert_false(run("echo why; exit 3", &output));
	assert_string_equal(err.name, "program-failed");
	assert_string_equal(err.message, "\"sh\" failed with status 3");
	assert_string_equal(err.detail, "why");
	assert_false(run("kill -9 $$", &output));
	assert_string_equal(err.message, "\"sh\" was killed by signal 9");
}

static void what_can_not_start(void **state)
{
	(void)state;
	const char *argv[] = { "/nowhere/program", NULL };
	struct program program = { .argv = argv };
	pid_t pid;
	assert_false(program_start(&program, &pid, &err));
	assert_string_equal(err.message, "could not start \"/nowhere/program\": No such file or directory");
	const char *there[] = { "true", NULL };
	program = (struct program){ .argv = there, .cwd = "/nowhere" };
	assert_false(program_start(&program, &pid, &err));
	assert_string_equal(err.message, "could not start \"true\" in \"/nowhere\": No such file or directory");
}

/* Only its three files, and no signal that we ignore. */
static void nothing_is_handed_down(void **state)
{
	(void)state;
	struct str output;
	int pipe_ends[2];
	assert_int_equal(pipe(pipe_ends), 0); /* without O_CLOEXEC */
	signal(SIGUSR1, SIG_IGN);
	assert_true(run("grep SigIgn /proc/self/status; exec ls /proc/self/fd", &output));
	signal(SIGUSR1, SIG_DFL);
	/* Of ours, that is: what our own parent had switched off (SIGINT, for a job in the background) is not ours. */
	assert_true(str_starts(output, STR("SigIgn:\t")));
	assert_false(strtoull(output.ptr + strlen("SigIgn:\t"), NULL, 16) & (1ULL << (SIGUSR1 - 1)));
	/* 3 is the folder that ls reads. */
	assert_true(str_ends(output, STR("\n0\n1\n2\n3\n")));
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

static void environments(void **state)
{
	(void)state;
	static const char *const without[] = { "PG", NULL }, *const more[] = { "BRANT_TEST=1", NULL };
	setenv("PGBRANT", "x", 1);
	const char *const *all = environment(arena, without, more);
	bool has_path = false, has_more = false;
	for (; *all; all++) {
		assert_int_not_equal(strncmp(*all, "PG", 2), 0);
		has_path = has_path || strncmp(*all, "PATH=", 5) == 0;
		has_more = has_more || strcmp(*all, "BRANT_TEST=1") == 0;
	}
	assert_true(has_path && has_more);
	unsetenv("PGBRANT");
}

static void found_in_folders_and_path(void **state)
{
	(void)state;
	const char *folders[] = { folder, NULL };
	char *own = path_join(arena, folder, "sh");
	assert_string_not_equal(program_find(arena, "sh", folders), own);
	assert_true(file_write(own, STR("#!/bin/true\n"), 0700, &err));
	assert_string_equal(program_find(arena, "sh", folders), own);
	assert_null(program_find(arena, "no-such-program", folders));
}

static void processes_are_held(void **state)
{
	(void)state;
	const char *argv[] = { "sleep", "60", NULL };
	struct program program = { .argv = argv, .detached = true };
	pid_t pid;
	int status;
	assert_true(program_start(&program, &pid, &err));
	assert_int_equal(getsid(pid), pid);
	char **words = proc_arguments(arena, pid);
	assert_non_null(words);
	assert_string_equal(words[0], "sleep");
	assert_string_equal(words[1], "60");
	assert_null(words[2]);
	struct proc *proc = proc_hold(arena, pid);
	assert_non_null(proc);
	assert_false(proc_wait(proc, 0.01));
	assert_false(child_ended(pid, &status));
	assert_true(proc_signal(proc, SIGTERM));
	assert_true(proc_wait(proc, 10));
	assert_null(proc_arguments(arena, pid)); /* dead, but not waited for */
	assert_true(child_ended(pid, &status));
	assert_null(proc_hold(arena, pid));
}

/* The kernel ends it when whoever started it is gone. */
static void dies_with_its_parent(void **state)
{
	(void)state;
	const char *argv[] = { "sleep", "60", NULL };
	struct program program = { .argv = argv, .detached = true, .death_signal = SIGKILL };
	int ends[2], status;
	pid_t pid = 0, parent;
	assert_int_equal(pipe(ends), 0);
	parent = fork();
	if (parent == 0) {
		program_start(&program, &pid, &err);
		_exit(write(ends[1], &pid, sizeof(pid)) != sizeof(pid));
	}
	assert_int_equal(read(ends[0], &pid, sizeof(pid)), sizeof(pid));
	while (!child_ended(parent, &status))
		clock_sleep(0.001);
	for (int i = 0; i < 1000 && proc_arguments(arena, pid); i++)
		clock_sleep(0.01);
	assert_null(proc_arguments(arena, pid));
	close(ends[0]);
	close(ends[1]);
}

/* ---- archives ---- */

static char *made_tree(void)
{
	char *tree = path_join(arena, folder, "tree");
	assert_true(dir_make(path_join(arena, tree, "a/empty"), 0700, &err));
	assert_true(file_write(path_join(arena, tree, "a/text"), STR("hello\n"), 0600, &err));
	assert_true(file_write(path_join(arena, tree, "nothing"), STR(""), 0600, &err));
	char *large = arena_alloc(arena, 1024 * 1024);
	memset(large, 'x', 1024 * 1024);
	assert_true(file_write(path_join(arena, tree, "large"), (struct str){ large, 1024 * 1024 }, 0600, &err));
	assert_true(file_write(path_join(arena, tree, "block"), (struct str){ large, 512 }, 0600, &err));
	return tree;
}

static struct str content(const char *dir, const char *name)
{
	struct str text;
	assert_true(file_read(arena, path_join(arena, dir, name), &text, &err));
	return text;
}

static void archive_and_back(void **state)
{
	(void)state;
	char *tree = made_tree(), *archive = path_join(arena, folder, "archive"),
	     *copy = path_join(arena, folder, "copy");
	struct stat st;
	struct str output;
	assert_true(archive_save(tree, NULL, archive, &err));
	assert_int_equal(stat(archive, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(archive_restore(archive, NULL, copy, NULL, &err));
	assert_true(run(arena_printf(arena, "diff -r %s %s && tar tf %s | sort | tr '\\n' ' '", tree, copy, archive),
			&output));
	assert_true(str_eq(output, STR("a a/empty a/text block large nothing ")) ||
		    str_eq(output, STR("a/ a/empty/ a/text block large nothing ")));
	assert_int_equal(stat(path_join(arena, copy, "a"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	/* What is there is not written over. */
	assert_false(archive_restore(archive, NULL, copy, NULL, &err));
}

/* A folder may be left out of an archive, or of what is restored, and be put there later. */
static void archives_without_a_folder(void **state)
{
	(void)state;
	static const char *const without[] = { "a", NULL };
	char *tree = made_tree(), *archive = path_join(arena, folder, "archive"),
	     *copy = path_join(arena, folder, "copy");
	struct str output;
	bool there;
	assert_true(archive_save(tree, NULL, archive, &err));
	assert_true(archive_restore(archive, without, copy, NULL, &err));
	assert_false(file_exists(path_join(arena, copy, "a")));
	assert_true(file_exists(path_join(arena, copy, "large")));
	assert_true(archive_restore_one(archive, "a", copy, NULL, &there, &err) && there);
	assert_true(run(arena_printf(arena, "diff -r %s %s", tree, copy), &output));
	assert_true(archive_restore_one(archive, "text", copy, NULL, &there, &err) && !there);
	assert_true(archive_save(tree, without, archive, &err));
	assert_true(archive_restore_one(archive, "a", copy, NULL, &there, &err) && !there);
}

static void broken_archives(void **state)
{
	(void)state;
	char *tree = made_tree(), *archive = path_join(arena, folder, "archive"),
	     *copy = path_join(arena, folder, "copy");
	assert_true(archive_save(tree, NULL, archive, &err));
	struct str whole = content(folder, "archive");
	static const size_t cuts[] = { 0, 100, 512, 1024, 5000, 500000 };
	for (size_t i = 0; i < LEN(cuts) + 1; i++) {
		struct str part = str_slice(whole, 0, i < LEN(cuts) ? cuts[i] : whole.len - 1024);
		assert_true(file_write(archive, part, 0600, &err));
		assert_false(archive_restore(archive, NULL, copy, NULL, &err));
		assert_string_equal(err.name, "archive-broken");
		assert_true(dir_remove(copy, &err));
	}
	char *damaged = arena_strndup(arena, whole.ptr, whole.len);
	memcpy(damaged, whole.ptr, whole.len);
	damaged[0] = '/';
	assert_true(file_write(archive, (struct str){ damaged, whole.len }, 0600, &err));
	assert_false(archive_restore(archive, NULL, copy, NULL, &err));
	assert_string_equal(err.name, "archive-broken");
}

/* An archive by somebody else's hand writes nothing outside of the folder. */
static void names_that_lead_out(void **state)
{
	(void)state;
	struct str output;
	char *copy = path_join(arena, folder, "copy"), *archive = path_join(arena, folder, "archive");
	assert_true(run(
		arena_printf(
			arena,
			"cd %s && echo x >victim && mkdir in && cd in && tar --format=ustar -P -cf ../archive ../victim",
			folder),
		&output));
	assert_true(run(arena_printf(arena, "rm %s/victim", folder), &output));
	assert_false(archive_restore(archive, NULL, copy, NULL, &err));
	assert_string_equal(err.name, "archive-broken");
	assert_false(file_exists(path_join(arena, folder, "victim")));
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(output_and_status),    TEST(what_can_not_start),        TEST(nothing_is_handed_down),
		TEST(environments),         TEST(found_in_folders_and_path), TEST(processes_are_held),
		TEST(dies_with_its_parent), TEST(archive_and_back),          TEST(archives_without_a_folder),
		TEST(broken_archives),      TEST(names_that_lead_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
