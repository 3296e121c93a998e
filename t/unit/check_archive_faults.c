/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every system call on the way of a message to its final name is made to fail
 * once, with every errno that the disk may give; the linker sends the calls
 * of the archive through here (--wrap).
 */
#include "store/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "t/unit/reported.h"
#include "t/unit/runner.h"

enum call { NONE, OPENAT, WRITE, FSYNC, RENAME, CLOSE, N_CALLS };

static struct {
	bool armed;
	enum call call;
	unsigned countdown; /* which one of them, from 1 */
	int error;
	bool short_writes;
	char order[1000]; /* what was called, one letter each */
	time_t step_back;
} fault;

static bool
hit(enum call call)
{
	static const char letter[] = "-owfrc";
	size_t n = strlen(fault.order);

	if (!fault.armed)
		return false;
	if (n + 1 < sizeof fault.order)
		fault.order[n] = letter[call];
	if (call != fault.call || --fault.countdown != 0)
		return false;
	errno = fault.error;
	return true;
}

int __real_openat(int dir, const char *path, int flags, ...);
ssize_t __real_write(int fd, const void *bytes, size_t n);
int __real_fsync(int fd);
int __real_renameat2(int a, const char *from, int b, const char *to, unsigned flags);
int __real_close(int fd);
int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_openat(int dir, const char *path, int flags, ...);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
int __wrap_fsync(int fd);
int __wrap_renameat2(int a, const char *from, int b, const char *to, unsigned flags);
int __wrap_close(int fd);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);

int
__wrap_openat(int dir, const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	mode_t mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return hit(OPENAT) ? -1 : __real_openat(dir, path, flags, mode);
}

ssize_t
__wrap_write(int fd, const void *bytes, size_t n)
{
	if (hit(WRITE))
		return -1;
	return __real_write(fd, bytes, fault.short_writes && n > 3 ? 3 : n);
}

int
__wrap_fsync(int fd)
{
	return hit(FSYNC) ? -1 : __real_fsync(fd);
}

int
__wrap_renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
	return hit(RENAME) ? -1 : __real_renameat2(a, from, b, to, flags);
}

int
__wrap_close(int fd)
{
	bool failed = hit(CLOSE);
	int error = errno, result = __real_close(fd);

	if (!failed)
		return result;
	errno = error;
	return -1;
}

int
__wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	int result = __real_clock_gettime(id, ts);

	ts->tv_sec -= fault.step_back;
	return result;
}

static char dir[64];
static struct archive *archive;
static struct logger_archive port;

static void
set_up(void)
{
	struct text why = TEXT_INIT(500);

	memset(&fault, 0, sizeof fault);
	snprintf(dir, sizeof dir, "/tmp/check_archive.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	struct archive_options o = { .directory = dir, .consequence = "mail passes" };
	archive = archive_open(&o, &report, &why);
	ck_assert_msg(archive != NULL, "%s", text_cstr(&why));
	port = archive_port(archive);
	last_cause[0] = '\0';
	reports = 0;
}

static void
tear_down(void)
{
	char command[100];

	fault.armed = false;
	archive_close(archive);
	snprintf(command, sizeof command, "rm -rf %s", dir);
	ck_assert_int_eq(system(command), 0);
}

static size_t
count(const char *folder)
{
	char path[128];
	size_t n = 0;

	snprintf(path, sizeof path, "%s/%s", dir, folder);
	DIR *d = opendir(path);
	ck_assert_ptr_nonnull(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

/* Larger than the archive's buffer, so that it is written in two pieces. */
static bool
store(void)
{
	static char bytes[50000];
	const struct logger_fact fact = { FACT_SENDER, SLICE("<a@b>") };
	struct logger_record r = { .fact = &fact, .nfacts = 1 };
	void *copy = port.begin(port.self);

	if (copy == NULL)
		return false;
	for (int i = 0; i < 2; i++) {
		if (!port.write(copy, (struct slice){ bytes, 20000 })) {
			port.abort(copy);
			return false;
		}
	}
	return port.commit(copy, &r);
}

START_TEST(syncs_files_then_renames_then_syncs_directories)
{
	fault.armed = true;
	ck_assert(store());
	/* message: open, write, write; sidecar: open, write; both: fsync, close;
	 * rename of each; fsync of both directories. */
	ck_assert_str_eq(fault.order, "owwowfcfcrrff");
}
END_TEST

static const struct {
	enum call call;
	unsigned which;
} point[] = {
	{ OPENAT, 1 },
	{ OPENAT, 2 },
	{ WRITE, 1 },
	{ WRITE, 2 },
	{ WRITE, 3 },
	{ FSYNC, 1 },
	{ FSYNC, 2 },
	{ FSYNC, 3 },
	{ FSYNC, 4 },
	{ RENAME, 1 },
	{ RENAME, 2 },
	{ CLOSE, 1 },
	{ CLOSE, 2 },
};

static const struct {
	int error;
	const char *cause;
} error[] = {
	{ ENOSPC, "disk-full" },
	{ EDQUOT, "quota" },
	{ EIO, "io-error" },
	{ EMFILE, "too-many-files" },
	{ ENFILE, "too-many-files" },
	{ EFBIG, "file-size-limit" },
	{ EXDEV, "cross-device" },
	{ EROFS, "read-only" },
	{ EACCES, "permission" },
	{ EEXIST, "name-taken" },
	{ ENOMEM, "no-memory" },
	{ ESTALE, "directory-gone" },
	{ EPROTO, "system-error" },
};

START_TEST(leaves_no_file_at_any_fault_and_says_why)
{
	size_t p = (size_t)_i / COUNT(error), e = (size_t)_i % COUNT(error);

	fault.call = point[p].call;
	fault.countdown = point[p].which;
	fault.error = error[e].error;
	fault.armed = true;
	bool ok = store();
	fault.armed = false;
	ck_assert_msg(!ok, "call %d no. %u", point[p].call, point[p].which);
	ck_assert_str_eq(last_cause, error[e].cause);
	ck_assert_uint_eq(reports, 1);
	ck_assert_uint_eq(count("tmp") + count("new") + count("envelope"), 0);
	ck_assert(store());
	ck_assert_uint_eq(count("new"), 1);
	ck_assert_uint_eq(count("envelope"), 1);
}
END_TEST

START_TEST(goes_on_after_an_interrupted_call)
{
	fault.call = WRITE;
	fault.countdown = 1;
	fault.error = EINTR;
	fault.armed = true;
	ck_assert(store());
}
END_TEST

START_TEST(writes_on_after_a_short_write)
{
	fault.short_writes = true;
	ck_assert(store());
	ck_assert_uint_eq(count("new"), 1);
}
END_TEST

static const int no_rename[] = { EINVAL, ENOSYS };

START_TEST(links_where_a_file_system_cannot_rename_so)
{
	fault.call = RENAME;
	fault.countdown = 1;
	fault.error = no_rename[_i];
	fault.armed = true;
	ck_assert(store());
	ck_assert_uint_eq(count("new"), 1);
	ck_assert_uint_eq(count("envelope"), 1);
	ck_assert_uint_eq(count("tmp"), 0);
}
END_TEST

START_TEST(repeats_no_name_when_the_clock_steps_back)
{
	for (int i = 0; i < 50; i++) {
		fault.step_back = i % 2 == 0 ? 0 : 3600 * i;
		ck_assert(store());
	}
	fault.step_back = 0; /* libcheck measures time as well */
	ck_assert_uint_eq(count("new"), 50);
	ck_assert_uint_eq(reports, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("archive_faults");
	TCase *t = tcase_create("system calls");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, syncs_files_then_renames_then_syncs_directories);
	tcase_add_loop_test(
	    t, leaves_no_file_at_any_fault_and_says_why, 0, COUNT(point) * COUNT(error));
	tcase_add_test(t, goes_on_after_an_interrupted_call);
	tcase_add_test(t, writes_on_after_a_short_write);
	tcase_add_loop_test(
	    t, links_where_a_file_system_cannot_rename_so, 0, COUNT(no_rename));
	tcase_add_test(t, repeats_no_name_when_the_clock_steps_back);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
