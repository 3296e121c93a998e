/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "t/unit/scratch.h"

/* What the kernel may do: have no nameless files, interrupt, take or give less. */
static struct {
	int nameless;    /* the errno of O_TMPFILE; 0: there are such files */
	size_t most;     /* so many bytes of a read or write; 0: all */
	int read_back;   /* the errno of pread(), -1: it says that the file ends */
	bool interrupts; /* every second call */
	unsigned calls;
} kernel;

static struct scratch dir;
static struct spool *spool;
static char cause[64];
static unsigned descriptors;

static bool
is_interrupted(void)
{
	if (!kernel.interrupts || ++kernel.calls % 2 == 0)
		return false;
	errno = EINTR;
	return true;
}

static size_t
as_much(size_t n)
{
	return kernel.most > 0 && kernel.most < n ? kernel.most : n;
}

/* Where a file's size has 64 bits by a macro, calls have other names. */
#define WRAP_FILES(bits, off)                                                            \
	int __real_open##bits(const char *path, int flags, ...);                         \
	int __wrap_open##bits(const char *path, int flags, ...);                         \
	ssize_t __real_pread##bits(int fd, void *to, size_t n, off at);                  \
	ssize_t __wrap_pread##bits(int fd, void *to, size_t n, off at);                  \
                                                                                         \
	int __wrap_open##bits(const char *path, int flags, ...)                          \
	{                                                                                \
		va_list ap;                                                              \
		va_start(ap, flags);                                                     \
		int mode = (flags & O_TMPFILE) == O_TMPFILE ? va_arg(ap, int) : 0;       \
		va_end(ap);                                                              \
		if (kernel.nameless != 0 && (flags & O_TMPFILE) == O_TMPFILE) {          \
			errno = kernel.nameless;                                         \
			return -1;                                                       \
		}                                                                        \
		return __real_open##bits(path, flags, mode);                             \
	}                                                                                \
                                                                                         \
	ssize_t __wrap_pread##bits(int fd, void *to, size_t n, off at)                   \
	{                                                                                \
		if (is_interrupted())                                                    \
			return -1;                                                       \
		if (kernel.read_back > 0)                                                \
			errno = kernel.read_back;                                        \
		if (kernel.read_back != 0)                                               \
			return kernel.read_back > 0 ? -1 : 0;                            \
		return __real_pread##bits(fd, to, as_much(n), at);                       \
	}

WRAP_FILES(, off_t)
WRAP_FILES(64, off64_t)

ssize_t __real_write(int fd, const void *from, size_t n);
ssize_t __wrap_write(int fd, const void *from, size_t n);

ssize_t
__wrap_write(int fd, const void *from, size_t n)
{
	return is_interrupted() ? -1 : __real_write(fd, from, as_much(n));
}

static void
say(void *self, const char *what, const char *text)
{
	(void)self;
	(void)text;
	(void)snprintf(cause, sizeof cause, "%s", what);
}

static const struct report reporter = { say, NULL };

static unsigned
entries(const char *path)
{
	DIR *d = opendir(path);
	unsigned n = 0;

	ck_assert_ptr_nonnull(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

static void
setup(void)
{
	scratch_setup(&dir);
	memset(&kernel, 0, sizeof kernel);
	cause[0] = '\0';
	spool = spool_new(10, dir.path, &reporter);
	descriptors = entries("/proc/self/fd");
}

static void
teardown(void)
{
	memset(&kernel, 0, sizeof kernel);
	spool_free(spool);
	spool_free(NULL);
	ck_assert_uint_eq(entries("/proc/self/fd"), descriptors);
	ck_assert_uint_eq(entries(dir.path), 0);
	scratch_teardown(&dir);
}

static const struct slice letters = SLICE("abcdefghijklmnopqrstuvwxyz");

/* All of `letters` by pieces, and an end that is no failure. */
static void
expect_letters(void)
{
	char got[sizeof "abcdefghijklmnopqrstuvwxyz"], buffer[7];
	size_t at = 0;
	struct slice piece;

	while (piece = spool_read(spool, at, buffer, sizeof buffer), piece.len > 0) {
		ck_assert_uint_le(at + piece.len, letters.len);
		memcpy(got + at, piece.ptr, piece.len);
		at += piece.len;
	}
	ck_assert_ptr_nonnull(piece.ptr);
	ck_assert(slice_equal((struct slice){ got, at }, letters));
	ck_assert_uint_eq(spool_size(spool), letters.len);
}

static const int no_nameless[] = { EOPNOTSUPP, EISDIR, EINVAL };

START_TEST(where_a_file_must_have_a_name_it_loses_it_at_once)
{
	struct text why = TEXT_INIT(200);

	kernel.nameless = no_nameless[_i];
	ck_assert_msg(spool_check(dir.path, &why), "%s", text_cstr(&why));
	ck_assert_uint_eq(entries(dir.path), 0);
	ck_assert(spool_write(spool, letters));
	ck_assert_uint_eq(entries(dir.path), 0);
	expect_letters();
	ck_assert_str_eq(cause, "");
}
END_TEST

START_TEST(another_fault_is_no_reason_for_a_name)
{
	struct text why = TEXT_INIT(200);

	kernel.nameless = EACCES;
	ck_assert(!spool_check(dir.path, &why));
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&why), ": no file can be made there: Permission denied"));
	ck_assert(!spool_write(spool, letters));
	ck_assert_str_eq(cause, "permission");
	text_clear(&why);
}
END_TEST

/* Cut short, its name would be another folder's. */
START_TEST(a_folder_with_too_long_a_name_is_none)
{
	static char path[5000];

	memset(path, 'x', sizeof path - 1);
	path[0] = '/';
	spool_free(spool);
	spool = spool_new(10, path, &reporter);
	kernel.nameless = EINVAL;
	ck_assert(!spool_write(spool, letters));
	ck_assert_str_eq(cause, "system-error");
}
END_TEST

START_TEST(calls_may_be_interrupted_and_do_less)
{
	kernel.interrupts = true;
	kernel.most = (size_t)_i;
	ck_assert(spool_write(spool, slice_first(letters, 3)));
	ck_assert(spool_write(spool, slice_from(letters, 3)));
	expect_letters();
	ck_assert_str_eq(cause, "");
}
END_TEST

START_TEST(what_cannot_be_read_back_is_no_end)
{
	char buffer[7];

	ck_assert(spool_write(spool, letters));
	kernel.read_back = _i == 0 ? EIO : -1;
	for (unsigned long long at = 0; at < letters.len; at += 5) {
		errno = 0;
		struct slice piece = spool_read(spool, at, buffer, sizeof buffer);
		int error = errno;
		ck_assert_ptr_null(piece.ptr);
		ck_assert_uint_eq(piece.len, 0);
		ck_assert_int_eq(error, EIO);
	}
}
END_TEST

START_TEST(nobody_else_may_read_it)
{
	struct stat st;

	ck_assert(spool_write(spool, letters));
	int fd = spool_descriptor(spool);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

/* No memory at all is a byte, and not as much as it likes. */
START_TEST(a_limit_is_one_however_small)
{
	spool_free(spool);
	spool = spool_new((size_t)_i, "/nowhere/at/all", &reporter);
	ck_assert(spool_write(spool, SLICE("a")));
	ck_assert(!spool_write(spool, SLICE("b")));
	ck_assert_str_eq(cause, "directory-gone");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("spool_whims");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(
	    t, where_a_file_must_have_a_name_it_loses_it_at_once, 0, COUNT(no_nameless));
	tcase_add_test(t, another_fault_is_no_reason_for_a_name);
	tcase_add_test(t, a_folder_with_too_long_a_name_is_none);
	tcase_add_loop_test(t, calls_may_be_interrupted_and_do_less, 0, 4);
	tcase_add_loop_test(t, what_cannot_be_read_back_is_no_end, 0, 2);
	tcase_add_test(t, nobody_else_may_read_it);
	tcase_add_loop_test(t, a_limit_is_one_however_small, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
