/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/spool.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "t/unit/scratch.h"

static struct scratch dir;
static char cause[64];

static void
say(void *self, const char *what, const char *text)
{
	(void)self;
	(void)text;
	(void)snprintf(cause, sizeof cause, "%s", what);
}

static const struct report reporter = { say, NULL };

static void
setup(void)
{
	cause[0] = '\0';
	scratch_setup(&dir);
}

static void
teardown(void)
{
	scratch_teardown(&dir);
}

static unsigned
names_in_folder(void)
{
	DIR *d = opendir(dir.path);
	unsigned n = 0;

	ck_assert_ptr_nonnull(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

/* Bytes that differ from place to place. */
static char
byte_at(unsigned long long i)
{
	return (char)(i * 31 + i / 251);
}

static void
fill(struct spool *s, size_t pieces, size_t piece)
{
	char bytes[1000];
	unsigned long long at = 0;

	for (size_t i = 0; i < pieces; i++) {
		for (size_t k = 0; k < piece; k++)
			bytes[k] = byte_at(at++);
		ck_assert(spool_write(s, (struct slice){ bytes, piece }));
	}
}

static void
check_content(const struct spool *s)
{
	char buffer[777];
	unsigned long long at = 0;

	for (;;) {
		struct slice piece = spool_read(s, at, buffer, sizeof buffer);
		if (piece.len == 0)
			break;
		ck_assert_uint_le(piece.len, sizeof buffer);
		for (size_t i = 0; i < piece.len; i++)
			ck_assert_int_eq(piece.ptr[i], byte_at(at + i));
		at += piece.len;
	}
	ck_assert_uint_eq(at, spool_size(s));
}

static const size_t sizes[] = { 0, 1, 99, 100, 101, 1000, 50000 };

START_TEST(gives_back_what_it_was_given)
{
	struct spool *s = spool_new(100 * 10, dir.path, &reporter);

	fill(s, sizes[_i] / 10, 10);
	ck_assert_uint_eq(spool_size(s), sizes[_i] / 10 * 10);
	check_content(s);
	ck_assert_uint_eq(names_in_folder(), 0);
	spool_free(s);
}
END_TEST

START_TEST(touches_no_disk_up_to_its_limit)
{
	struct spool *s = spool_new(100, "/nowhere/at/all", &reporter);

	fill(s, 10, 10);
	check_content(s);
	ck_assert(!spool_write(s, SLICE("x")));
	ck_assert_str_eq(cause, "directory-gone");
	spool_free(s);
}
END_TEST

START_TEST(is_an_open_file_for_who_wants_one)
{
	char got[100];

	for (size_t pieces = 3; pieces < 100; pieces += 90) {
		struct spool *s = spool_new(100, dir.path, &reporter);
		fill(s, pieces, 10);
		int fd = spool_descriptor(s);
		ck_assert_int_ne(fd, -1);
		ck_assert_int_eq(read(fd, got, 30), 30);
		ck_assert_int_eq(got[29], byte_at(29));
		int other =
		    spool_descriptor(s); /* another reader's, with its own offset */
		ck_assert_int_eq(read(other, got, 30), 30);
		ck_assert_int_eq(got[29], byte_at(29));
		ck_assert_int_eq(read(fd, got, 30), pieces > 3 ? 30 : 0);
		ck_assert_int_eq(write(other, "x", 1), -1);
		(void)close(other);
		ck_assert_int_eq(lseek(fd, 0, SEEK_END), (off_t)pieces * 10);
		(void)close(fd);
		check_content(s);
		spool_free(s);
	}
	ck_assert_uint_eq(names_in_folder(), 0);
}
END_TEST

/* RLIMIT_FSIZE stands for a disk that is full: write() is short, then fails. */
START_TEST(says_when_it_cannot_keep_more)
{
	struct rlimit small = { 4000, RLIM_INFINITY };
	struct spool *s = spool_new(100, dir.path, &reporter);
	bool ok = true;

	(void)signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 1000 && ok; i++)
		ok = spool_write(s, SLICE("0123456789"));
	ck_assert(!ok);
	ck_assert_str_eq(cause, "file-size-limit");
	spool_free(s);
}
END_TEST

/* Else the next clamd would be shown the beginning of a message for all of it. */
START_TEST(a_file_that_cannot_be_whole_is_none)
{
	struct rlimit small = { 40, RLIM_INFINITY };
	struct spool *s = spool_new(100, dir.path, &reporter);

	(void)signal(SIGXFSZ, SIG_IGN);
	fill(s, 10, 10);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 2; i++) {
		int fd = spool_descriptor(s), error = errno; /* which libcheck changes */
		ck_assert_int_eq(fd, -1);
		ck_assert_int_eq(error, EFBIG);
	}
	check_content(s);
	spool_free(s);
}
END_TEST

START_TEST(says_when_there_is_no_descriptor)
{
	struct rlimit none = { 0, RLIM_INFINITY };
	struct spool *s = spool_new(100, dir.path, &reporter);

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &none), 0);
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	fill(s, 10, 10);
	ck_assert(!spool_write(s, SLICE("x")));
	ck_assert_str_eq(cause, "too-many-files");
	int fd = spool_descriptor(s), error = errno;
	ck_assert_int_eq(fd, -1);
	ck_assert_int_eq(error, EMFILE);
	none.rlim_cur = none.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	spool_free(s);
}
END_TEST

START_TEST(takes_no_folder_that_others_rule)
{
	struct text why = TEXT_INIT(500);
	char path[100];

	ck_assert(spool_check(dir.path, &why));
	ck_assert_int_eq(chmod(dir.path, 0730), 0);
	ck_assert(!spool_check(dir.path, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "others may write to it"));
	text_clear(&why);
	ck_assert_int_eq(chmod(dir.path, 0700), 0);

	scratch_write(&dir, "file", SLICE("x"));
	(void)snprintf(path, sizeof path, "%s/file", dir.path);
	ck_assert(!spool_check(path, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "is no directory"));
	text_clear(&why);

	(void)snprintf(path, sizeof path, "%s/link", dir.path);
	ck_assert_int_eq(symlink(dir.path, path), 0);
	ck_assert(!spool_check(path, &why));
	text_clear(&why);

	(void)snprintf(path, sizeof path, "%s/none", dir.path);
	ck_assert(!spool_check(path, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "make that directory"));
	text_clear(&why);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("spool");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, gives_back_what_it_was_given, 0, COUNT(sizes));
	tcase_add_test(t, touches_no_disk_up_to_its_limit);
	tcase_add_test(t, is_an_open_file_for_who_wants_one);
	tcase_add_test(t, says_when_it_cannot_keep_more);
	tcase_add_test(t, a_file_that_cannot_be_whole_is_none);
	tcase_add_test(t, says_when_there_is_no_descriptor);
	tcase_add_test(t, takes_no_folder_that_others_rule);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
