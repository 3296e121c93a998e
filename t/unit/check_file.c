/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t/unit/runner.h"

static char dir[] = "/tmp/refmilter-file.XXXXXX";
static char path[sizeof dir + 10];

static void
setup(void)
{
	memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s/file", dir);
}

static void
teardown(void)
{
	(void)unlink(path);
	ck_assert_int_eq(rmdir(dir), 0);
}

static void
write_file(const char *content, size_t len, mode_t mode)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(content, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

static void
expect_fault(const char *file, const char *want)
{
	struct text got, why = TEXT_INIT(500);

	ck_assert(!file_read(file, 10, &got, &why));
	ck_assert_msg(strncmp(text_cstr(&why), file, strlen(file)) == 0 &&
			  strstr(text_cstr(&why), want) != NULL,
	    "got '%s'", text_cstr(&why));
	ck_assert_uint_eq(got.len, 0);
	text_clear(&why);
}

START_TEST(reads_bytes_as_they_are)
{
	struct text got, why = TEXT_INIT(500);

	write_file("a\0b\r\n", 5, 0640);
	ck_assert_msg(file_read(path, 10, &got, &why), "%s", text_cstr(&why));
	ck_assert(slice_equal(text_slice(&got), SLICE("a\0b\r\n")));
	text_clear(&got);
}
END_TEST

START_TEST(a_limit_is_kept)
{
	struct text got, why = TEXT_INIT(500);

	write_file("1234567890", 10, 0600);
	ck_assert(file_read(path, 10, &got, &why));
	text_clear(&got);
	write_file("1234567890+", 11, 0600);
	expect_fault(path, "larger than such a file may be, make it shorter");
}
END_TEST

START_TEST(only_a_regular_file_is_read)
{
	expect_fault(path, "cannot be opened: No such file");
	expect_fault(dir, "a directory, name the file in it");
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	expect_fault(path, "not a regular file");
}
END_TEST

START_TEST(a_file_that_all_may_write_is_refused)
{
	write_file("x", 1, 0666);
	expect_fault(path, "everybody may write to it, chmod o-w it");
}
END_TEST

/* What somebody does to the file when its first piece has been read. */
static void (*meanwhile)(void);

ssize_t __wrap_read(int fd, void *to, size_t n);
ssize_t __real_read(int fd, void *to, size_t n);

ssize_t
__wrap_read(int fd, void *to, size_t n)
{
	ssize_t got = __real_read(fd, to, n);
	void (*act)(void) = meanwhile;

	meanwhile = NULL;
	if (act != NULL)
		act();
	return got;
}

static void
append_to_it(void)
{
	int fd = open(path, O_WRONLY | O_APPEND);

	ck_assert_int_eq(write(fd, "567", 3), 3);
	ck_assert_int_eq(close(fd), 0);
}

static void
empty_it(void)
{
	ck_assert_int_eq(truncate(path, 0), 0);
}

static void
overwrite_it(void)
{
	const struct timespec times[] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = 1 } };

	write_file("4321", 4, 0600);
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
replace_it(void)
{
	char other[sizeof path + 5];

	(void)snprintf(other, sizeof other, "%s.new", path);
	ck_assert_int_eq(rename(path, other), 0);
	write_file("5678", 4, 0600);
	ck_assert_int_eq(unlink(other), 0);
}

START_TEST(a_file_that_is_written_to_meanwhile_is_refused)
{
	static void (*const act[])(void) = { append_to_it, empty_it, overwrite_it };

	for (size_t i = 0; i < COUNT(act); i++) {
		write_file("1234", 4, 0600);
		meanwhile = act[i];
		expect_fault(path, "was written to while it was read, write a new one");
	}
}
END_TEST

START_TEST(one_that_is_replaced_meanwhile_is_read_as_it_was)
{
	struct text got, why = TEXT_INIT(500);

	write_file("1234", 4, 0600);
	meanwhile = replace_it;
	ck_assert_msg(file_read(path, 10, &got, &why), "%s", text_cstr(&why));
	ck_assert(slice_equal(text_slice(&got), SLICE("1234")));
	text_clear(&got);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("file");
	TCase *t = tcase_create("file");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, reads_bytes_as_they_are);
	tcase_add_test(t, a_limit_is_kept);
	tcase_add_test(t, only_a_regular_file_is_read);
	tcase_add_test(t, a_file_that_all_may_write_is_refused);
	tcase_add_test(t, a_file_that_is_written_to_meanwhile_is_refused);
	tcase_add_test(t, one_that_is_replaced_meanwhile_is_read_as_it_was);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
