/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/alias_file.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"

#include "t/unit/scratch.h"

static struct scratch dir;
static char first[128], second[128];
static struct alias_files *files;
static struct workers *workers;
static unsigned limit_ms;
static char reported[600];

static void
on_report(void *self, const char *cause, const char *text)
{
	(void)self;
	ck_assert_str_eq(cause, "aliases");
	snprintf(reported, sizeof reported, "%s", text);
}

static const struct report report = { on_report, NULL };

static void
setup(void)
{
	scratch_setup(&dir);
	scratch_path(&dir, "aliases", first);
	scratch_path(&dir, "more", second);
	reported[0] = '\0';
	limit_ms = 30000;
}

static void
free_files(void *self)
{
	alias_files_free(self);
}

static void
teardown(void)
{
	workers_close(workers, free_files, files);
	scratch_teardown(&dir);
}

static void
load(size_t count)
{
	char *path[] = { first, second };
	struct forward_owner here = { .delimiters = "+" };

	workers = workers_new(2);
	files = alias_files_new(
	    (struct name_list){ path, count }, &here, workers, limit_ms, &report);
	ck_assert_ptr_nonnull(files);
}

static enum knowledge
find(const char *name)
{
	struct alias a;

	return alias_files_find(files, slice_of(name), &a);
}

START_TEST(looks_into_all_files)
{
	scratch_write(&dir, "aliases", SLICE("staff: anna, bert\n"));
	scratch_write(&dir, "more", SLICE("info: anna\n"));
	load(2);
	ck_assert_int_eq(find("staff"), KNOWN_YES);
	ck_assert_int_eq(find("INFO"), KNOWN_YES);
	ck_assert_int_eq(find("anna"), KNOWN_NO);
	ck_assert_uint_eq(alias_files_count(files), 2);
	ck_assert_str_eq(reported, "");
}
END_TEST

START_TEST(takes_none_that_everybody_may_write)
{
	scratch_write(&dir, "aliases", SLICE("staff: anna, bert\n"));
	ck_assert_int_eq(chmod(first, 0646), 0);
	load(1);
	ck_assert_int_eq(find("staff"), NOT_KNOWN);
	ck_assert_ptr_nonnull(
	    strstr(reported, "/aliases: everybody may write to it, chmod o-w it; "));
}
END_TEST

START_TEST(has_no_file_at_all)
{
	load(0);
	ck_assert_int_eq(find("anna"), KNOWN_NO);
}
END_TEST

START_TEST(says_that_a_file_is_missing)
{
	load(1);
	ck_assert_int_eq(find("anna"), NOT_KNOWN);
	ck_assert_msg(
	    strstr(reported, "/aliases: No such file or directory; recipients may be "
			     "aliases") != NULL,
	    "'%s'", reported);
}
END_TEST

START_TEST(says_which_line_is_bad_and_goes_on)
{
	scratch_write(&dir, "aliases", SLICE("staff: anna\n\nnonsense\n"));
	load(1);
	ck_assert_int_eq(find("staff"), KNOWN_YES);
	ck_assert_msg(strstr(reported, "aliases:3: ") != NULL, "'%s'", reported);
}
END_TEST

START_TEST(a_directory_is_no_alias_file)
{
	scratch_mkdir(&dir, "aliases");
	load(1);
	ck_assert_int_eq(find("staff"), NOT_KNOWN);
	ck_assert_msg(strstr(reported, "directory") != NULL, "'%s'", reported);
}
END_TEST

/* The clock of the test runs ahead: what a look-up sees ALIAS_LOOK_MS later. */
static atomic_llong ahead_ms;

int __real_clock_gettime(clockid_t which, struct timespec *t);
int __wrap_clock_gettime(clockid_t which, struct timespec *t);

int
__wrap_clock_gettime(clockid_t which, struct timespec *t)
{
	int r = __real_clock_gettime(which, t);

	t->tv_sec += ahead_ms / 1000;
	return r;
}

/* Whoever waits does so by the real clock. */
int __real_pthread_cond_timedwait(
    pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until);
int __wrap_pthread_cond_timedwait(
    pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until);

int
__wrap_pthread_cond_timedwait(
    pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until)
{
	struct timespec t = *until;

	t.tv_sec -= ahead_ms / 1000;
	return __real_pthread_cond_timedwait(c, m, &t);
}

START_TEST(sees_a_change_and_an_end_and_a_return)
{
	scratch_write(&dir, "aliases", SLICE("staff: anna\n"));
	load(1);
	scratch_write(&dir, "aliases", SLICE("info: anna, bert\n"));
	ck_assert_int_eq(find("staff"), KNOWN_YES); /* not looked at yet */
	ahead_ms += ALIAS_LOOK_MS;
	ck_assert_int_eq(find("staff"), KNOWN_NO);
	ck_assert_int_eq(find("info"), KNOWN_YES);
	ck_assert_int_eq(unlinkat(dir.fd, "aliases", 0), 0);
	ahead_ms += ALIAS_LOOK_MS;
	ck_assert_int_eq(find("info"), NOT_KNOWN);
	scratch_write(&dir, "aliases", SLICE("info: anna\n"));
	ck_assert_int_eq(find("info"), NOT_KNOWN);
	ahead_ms += ALIAS_LOOK_MS;
	ck_assert_int_eq(find("info"), KNOWN_YES);
}
END_TEST

static const struct timespec noon = { 1000000000, 500 };

static void
write_at(const char *name, const char *content, struct timespec t)
{
	scratch_write(&dir, name, slice_of(content));
	ck_assert_int_eq(utimensat(dir.fd, name, (struct timespec[]){ t, t }, 0), 0);
}

static enum knowledge
look_and_find(const char *name)
{
	ahead_ms += ALIAS_LOOK_MS;
	return find(name);
}

/* Each of them alone: size, second and nanosecond of the last change, which file. */
START_TEST(any_sign_of_a_change_counts_and_none_is_none)
{
	write_at("aliases", "a: x\nno\n", noon);
	load(1);
	ck_assert_str_ne(reported, "");
	reported[0] = '\0';
	ck_assert_int_eq(look_and_find("a"), KNOWN_YES);
	ck_assert_str_eq(reported, ""); /* it was not read again */
	write_at("aliases", "bb: x\nno\n", noon);
	ck_assert_int_eq(look_and_find("bb"), KNOWN_YES);
	write_at("aliases", "cc: x\nno\n", (struct timespec){ noon.tv_sec + 1, 500 });
	ck_assert_int_eq(look_and_find("cc"), KNOWN_YES);
	write_at("aliases", "dd: x\nno\n", (struct timespec){ noon.tv_sec + 1, 501 });
	ck_assert_int_eq(look_and_find("dd"), KNOWN_YES);
	write_at("other", "ee: x\nno\n", (struct timespec){ noon.tv_sec + 1, 501 });
	ck_assert_int_eq(renameat(dir.fd, "other", dir.fd, "aliases"), 0);
	ck_assert_int_eq(look_and_find("ee"), KNOWN_YES);
}
END_TEST

/* A dead file server: each question about a file ends when a byte comes. */
static int server[2] = { -1, -1 };

int __real_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st);

int
__wrap_stat(const char *path, struct stat *st)
{
	char byte;

	if (server[0] != -1)
		(void)!read(server[0], &byte, 1);
	return __real_stat(path, st);
}

/* Who is due waits no longer than told, and all find what was read before. */
START_TEST(a_file_that_hangs_holds_nobody)
{
	limit_ms = 30;
	scratch_write(&dir, "aliases", SLICE("staff: anna\n"));
	load(1);
	while (find("staff") != KNOWN_YES) /* the first look was slow, too */
		ahead_ms += ALIAS_LOOK_MS;
	reported[0] = '\0';
	ck_assert_int_eq(pipe(server), 0);
	scratch_write(&dir, "aliases", SLICE("info: anna, bert\n"));
	for (int i = 0; i < 5; i++) {
		ahead_ms += ALIAS_LOOK_MS;
		ck_assert_int_eq(find("staff"), KNOWN_YES);
		ck_assert_str_eq(
		    reported, "not looked at within 30 ms; what was read before counts");
		reported[0] = '\0';
		ck_assert_int_eq(find("staff"), KNOWN_YES); /* and is not due */
		ck_assert_str_eq(reported, "");
	}
	ck_assert_int_eq(write(server[1], "x", 1), 1);
	long long until = monotonic_ms() + 60000;
	while (find("info") != KNOWN_YES) /* the look under way came to its end */
		ck_assert_int_lt(monotonic_ms(), until);
}
END_TEST

/* Somebody writes a new list over the old one, and has half of it while it is read. */
static const char *half;

ssize_t __wrap_read(int fd, void *to, size_t n);
ssize_t __real_read(int fd, void *to, size_t n);

ssize_t
__wrap_read(int fd, void *to, size_t n)
{
	ssize_t got = __real_read(fd, to, n);
	const char *text = half;

	half = NULL;
	if (text != NULL)
		scratch_write(&dir, "aliases", slice_of(text));
	return got;
}

START_TEST(half_a_list_is_none)
{
	scratch_write(&dir, "aliases", SLICE("staff: anna\n"));
	load(1);
	scratch_write(&dir, "aliases", SLICE("info: anna\n"));
	half = "info: anna\nstaff: anna\n";
	ck_assert_int_eq(look_and_find("staff"), KNOWN_YES);
	ck_assert_int_eq(find("info"), KNOWN_NO);
	ck_assert_str_eq(reported, "");
	ck_assert_int_eq(look_and_find("info"), KNOWN_YES);
	ck_assert_int_eq(find("staff"), KNOWN_YES);
}
END_TEST

START_TEST(where_nothing_was_read_half_a_list_is_not_known)
{
	scratch_write(&dir, "aliases", SLICE("info: anna\n"));
	half = "info: anna\nstaff: anna\n";
	load(1);
	ck_assert_int_eq(find("staff"), NOT_KNOWN);
	ck_assert_ptr_nonnull(
	    strstr(reported, "/aliases: was written to while it was read; recipients"));
	ck_assert_int_eq(look_and_find("staff"), KNOWN_YES);
}
END_TEST

static void *
find_often(void *self)
{
	unsigned *wrong = self;

	for (int i = 0; i < 2000; i++)
		*wrong += find("staff") != KNOWN_YES;
	return NULL;
}

START_TEST(is_read_by_many_while_it_changes)
{
	unsigned wrong[4] = { 0 };
	pthread_t thread[4];

	scratch_write(&dir, "aliases", SLICE("staff: anna\n"));
	load(1);
	for (int i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, find_often, &wrong[i]);
	for (int i = 0; i < 4; i++) {
		pthread_join(thread[i], NULL);
		ck_assert_uint_eq(wrong[i], 0);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("alias_file");
	TCase *t = tcase_create("find");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, looks_into_all_files);
	tcase_add_test(t, takes_none_that_everybody_may_write);
	tcase_add_test(t, has_no_file_at_all);
	tcase_add_test(t, says_that_a_file_is_missing);
	tcase_add_test(t, says_which_line_is_bad_and_goes_on);
	tcase_add_test(t, a_directory_is_no_alias_file);
	tcase_add_test(t, sees_a_change_and_an_end_and_a_return);
	tcase_add_test(t, any_sign_of_a_change_counts_and_none_is_none);
	tcase_add_test(t, a_file_that_hangs_holds_nobody);
	tcase_add_test(t, half_a_list_is_none);
	tcase_add_test(t, where_nothing_was_read_half_a_list_is_not_known);
	tcase_add_test(t, is_read_by_many_while_it_changes);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
