/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/archive.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/maildir.h"
#include "t/unit/reported.h"
#include "t/unit/runner.h"

static char dir[64];
static struct archive *archive;
static struct logger_archive port;
static struct archive_totals totals;

static struct archive *
open_archive(unsigned long long min_free)
{
	struct archive_options o = { .directory = dir,
		.min_free = min_free,
		.consequence = "mail passes without a copy",
		.totals = &totals };
	struct text why = TEXT_INIT(500);
	struct archive *a = archive_open(&o, &report, &why);

	if (a == NULL)
		snprintf(last_cause, sizeof last_cause, "%.31s", text_cstr(&why));
	text_clear(&why);
	return a;
}

static const char *
in_dir(const char *name)
{
	static char path[600];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static size_t
count(const char *folder)
{
	DIR *d = opendir(in_dir(folder));
	size_t n = 0;

	ck_assert_ptr_nonnull(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void
make_dir(void)
{
	snprintf(dir, sizeof dir, "/tmp/check_archive.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	last_cause[0] = '\0';
	reports = 0;
	totals = (struct archive_totals){ .bytes = 0 };
	signal(SIGXFSZ, SIG_IGN);
	archive = open_archive(0);
	ck_assert_ptr_nonnull(archive);
	port = archive_port(archive);
}

static void
remove_dir(void)
{
	char command[100];

	archive_close(archive);
	snprintf(command, sizeof command, "rm -rf %s", dir);
	ck_assert_int_eq(system(command), 0);
}

static bool
store(const char *bytes, size_t n)
{
	const struct logger_fact fact = { FACT_SENDER, SLICE("<a@b>") };
	struct logger_record r = { .fact = &fact, .nfacts = 1 };
	void *copy = port.begin(port.self);

	if (copy == NULL)
		return false;
	for (size_t at = 0; at < n; at += 1000) {
		size_t piece = n - at < 1000 ? n - at : 1000;
		if (!port.write(copy, (struct slice){ bytes + at, piece })) {
			port.abort(copy);
			return false;
		}
	}
	return port.commit(copy, &r);
}

START_TEST(stores_a_message_and_its_sidecar)
{
	struct stat st;
	char name[300] = "";

	ck_assert(store("hello\0world", 11));
	DIR *d = opendir(in_dir("new"));
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (e->d_name[0] != '.')
			snprintf(name, sizeof name, "%s", e->d_name);
	}
	closedir(d);
	char path[512], got[20];
	snprintf(path, sizeof path, "new/%s", name);
	int fd = open(in_dir(path), O_RDONLY);
	ck_assert_int_eq(read(fd, got, sizeof got), 11);
	ck_assert_mem_eq(got, "hello\0world", 11);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	close(fd);
	snprintf(path, sizeof path, "envelope/%s.json", name);
	ck_assert_int_eq(stat(in_dir(path), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_uint_eq(count("tmp"), 0);
	ck_assert_int_eq(stat(in_dir("new"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
}
END_TEST

START_TEST(stores_a_large_message_whole)
{
	enum { LARGE = 5 << 20 };
	char *bytes = malloc(LARGE);
	struct stat st;

	memset(bytes, 'x', LARGE);
	ck_assert(store(bytes, LARGE));
	free(bytes);
	DIR *d = opendir(in_dir("new"));
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		ck_assert_int_eq(fstatat(dirfd(d), e->d_name, &st, 0), 0);
		ck_assert_int_eq(st.st_size, LARGE);
	}
	closedir(d);
}
END_TEST

START_TEST(leaves_nothing_of_an_aborted_copy)
{
	char bytes[100000] = { 0 };
	void *copy = port.begin(port.self);

	ck_assert(port.write(copy, (struct slice){ bytes, sizeof bytes }));
	ck_assert_uint_eq(count("tmp"), 1);
	port.abort(copy);
	ck_assert_uint_eq(count("tmp") + count("new") + count("envelope"), 0);
	ck_assert_uint_eq(totals.copies[COPY_DROPPED], 1);
	ck_assert_uint_eq(totals.copies[COPY_KEPT] + totals.copies[COPY_FAILED], 0);
}
END_TEST

static void *
store_many(void *unused)
{
	for (int i = 0; i < 100; i++)
		ck_assert(store("x", 1));
	return unused;
}

START_TEST(gives_every_message_a_name_of_its_own)
{
	pthread_t thread[8];

	for (size_t i = 0; i < COUNT(thread); i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, store_many, NULL), 0);
	for (size_t i = 0; i < COUNT(thread); i++)
		pthread_join(thread[i], NULL);
	ck_assert_uint_eq(count("new"), 800);
	ck_assert_uint_eq(count("envelope"), 800);
	ck_assert_uint_eq(count("tmp"), 0);
}
END_TEST

START_TEST(lets_no_second_daemon_into_the_directory)
{
	fflush(stdout);
	pid_t child = fork();
	int status;

	if (child == 0) {
		char lock[] = "/.lock";
		/* A process that knows nothing of our list: exec, in effect. */
		char command[200];
		snprintf(command, sizeof command, "flock -n %s%s true", dir, lock);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 1, "flock got it");
}
END_TEST

START_TEST(is_refused_where_another_process_holds_the_lock)
{
	archive_close(archive);
	archive = NULL;
	int ready[2];
	char byte;

	ck_assert_int_eq(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		bool ok = open_archive(0) != NULL;
		(void)!write(ready[1], ok ? "y" : "n", 1);
		pause();
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert_int_eq(byte, 'y');
	ck_assert_ptr_null(open_archive(0));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	archive = open_archive(0);
	ck_assert_ptr_nonnull(archive);
}
END_TEST

START_TEST(opens_again_in_one_process_as_a_reload_does)
{
	struct archive *fresh = open_archive(0);

	ck_assert_ptr_nonnull(fresh);
	archive_close(archive);
	archive = fresh;
	port = archive_port(archive);
	ck_assert(store("x", 1));
	ck_assert_uint_eq(count("new"), 1);
}
END_TEST

START_TEST(removes_old_leftovers_and_keeps_young_ones)
{
	struct timespec old[2] = { { time(NULL) - MAILDIR_LEFTOVER_AGE - 60, 0 },
		{ time(NULL) - MAILDIR_LEFTOVER_AGE - 60, 0 } };
	struct timespec young[2] = { { time(NULL) - MAILDIR_LEFTOVER_AGE + 60, 0 },
		{ time(NULL) - MAILDIR_LEFTOVER_AGE + 60, 0 } };

	close(open(in_dir("tmp/old"), O_CREAT | O_WRONLY, 0600));
	close(open(in_dir("tmp/young"), O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(symlink("/etc/passwd", in_dir("tmp/link")), 0);
	utimensat(AT_FDCWD, in_dir("tmp/old"), old, 0);
	utimensat(AT_FDCWD, in_dir("tmp/young"), young, 0);
	archive_close(archive);
	archive = open_archive(0);
	ck_assert_uint_eq(archive_cleaned(archive), 1);
	ck_assert_int_ne(access(in_dir("tmp/old"), F_OK), 0);
	ck_assert_int_eq(access(in_dir("tmp/young"), F_OK), 0);
	ck_assert_int_eq(
	    faccessat(AT_FDCWD, in_dir("tmp/link"), F_OK, AT_SYMLINK_NOFOLLOW), 0);
}
END_TEST

START_TEST(says_what_is_wrong_with_a_directory)
{
	static const char *const change[] = {
		"rm -rf $D",
		"rm -rf $D/new && ln -s /tmp $D/new",
		"rm -rf $D/tmp && touch $D/tmp",
		"rm -rf $D && touch $D",
		"rm -rf $D/.lock && ln -s /etc/passwd $D/.lock",
	};
	char command[300];

	archive_close(archive);
	snprintf(command, sizeof command, "D=%s; %s", dir, change[_i]);
	ck_assert_int_eq(system(command), 0);
	archive = open_archive(0);
	ck_assert_ptr_null(archive);
	ck_assert_msg(strncmp(last_cause, dir, strlen(dir)) == 0, "%s", last_cause);
}
END_TEST

START_TEST(finds_a_directory_that_was_removed_and_made_anew)
{
	char command[100];

	ck_assert(store("x", 1));
	snprintf(command, sizeof command, "rm -rf %s", dir);
	ck_assert_int_eq(system(command), 0);
	ck_assert(!store("x", 1));
	ck_assert_str_eq(last_cause, "directory-gone");
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	ck_assert(store("x", 1));
	ck_assert_uint_eq(count("new"), 1);
}
END_TEST

START_TEST(finds_folders_that_were_removed)
{
	static const char *const folder[] = { "tmp", "new", "cur", "envelope" };

	ck_assert_int_eq(rmdir(in_dir(folder[_i])), 0);
	(void)store("x", 1);
	ck_assert(store("x", 1));
	ck_assert_uint_ge(count("new"), 1);
	ck_assert_uint_eq(count("new"), count("envelope"));
}
END_TEST

START_TEST(stops_before_the_disk_is_full)
{
	archive_close(archive);
	archive = open_archive(1ULL << 62);
	port = archive_port(archive);
	ck_assert(!store("x", 1));
	ck_assert_str_eq(last_cause, "min-free");
	ck_assert_uint_eq(count("tmp") + count("new"), 0);
}
END_TEST

START_TEST(lives_through_a_file_size_limit)
{
	struct rlimit old, small = { 50000, RLIM_INFINITY };
	char bytes[100000] = { 0 };

	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	bool ok = store(bytes, sizeof bytes);
	setrlimit(RLIMIT_FSIZE, &old);
	ck_assert(!ok);
	ck_assert_str_eq(last_cause, "file-size-limit");
	ck_assert_uint_eq(count("tmp") + count("new") + count("envelope"), 0);
	ck_assert(store(bytes, sizeof bytes));
}
END_TEST

START_TEST(lives_through_a_lack_of_descriptors)
{
	struct rlimit old, few;
	int spare = dup(0);

	close(spare);
	getrlimit(RLIMIT_NOFILE, &old);
	few = old;
	few.rlim_cur = (rlim_t)spare;
	setrlimit(RLIMIT_NOFILE, &few);
	bool ok = store("x", 1);
	setrlimit(RLIMIT_NOFILE, &old);
	ck_assert(!ok);
	ck_assert_str_eq(last_cause, "too-many-files");
	ck_assert_uint_eq(count("tmp") + count("new") + count("envelope"), 0);
	ck_assert(store("x", 1));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("archive");
	TCase *t = tcase_create("directory");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, make_dir, remove_dir);
	tcase_add_test(t, stores_a_message_and_its_sidecar);
	tcase_add_test(t, stores_a_large_message_whole);
	tcase_add_test(t, leaves_nothing_of_an_aborted_copy);
	tcase_add_test(t, gives_every_message_a_name_of_its_own);
	tcase_add_test(t, lets_no_second_daemon_into_the_directory);
	tcase_add_test(t, is_refused_where_another_process_holds_the_lock);
	tcase_add_test(t, opens_again_in_one_process_as_a_reload_does);
	tcase_add_test(t, removes_old_leftovers_and_keeps_young_ones);
	tcase_add_loop_test(t, says_what_is_wrong_with_a_directory, 0, 5);
	tcase_add_test(t, finds_a_directory_that_was_removed_and_made_anew);
	tcase_add_loop_test(t, finds_folders_that_were_removed, 0, 4);
	tcase_add_test(t, stops_before_the_disk_is_full);
	tcase_add_test(t, lives_through_a_file_size_limit);
	tcase_add_test(t, lives_through_a_lack_of_descriptors);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
