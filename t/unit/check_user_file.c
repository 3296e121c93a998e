/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/user_file.h"

#include <errno.h>
#include <signal.h>

#include "t/unit/scratch.h"

static struct scratch dir;
static int home;
static int stale_reads; /* so many reads to come fail with ESTALE */

ssize_t __real_read(int fd, void *to, size_t len);
ssize_t __wrap_read(int fd, void *to, size_t len);

ssize_t
__wrap_read(int fd, void *to, size_t len)
{
	if (stale_reads > 0) {
		stale_reads--;
		errno = ESTALE;
		return -1;
	}
	return __real_read(fd, to, len);
}

static void
setup(void)
{
	scratch_setup(&dir);
	home = home_open(dir.path);
	ck_assert_int_ne(home, -1);
	scratch_write(&dir, ".forward", SLICE("other@x.example\n"));
}

static void
teardown(void)
{
	close(home);
	scratch_teardown(&dir);
}

static enum user_file
read_as(uid_t owner, bool group_writes, const char **ret_why)
{
	static struct text why = TEXT_INIT(500);
	struct text file = TEXT_INIT(1000);
	struct stat st;

	text_clear(&why);
	enum user_file status = user_file_read(
	    home, dir.path, ".forward", owner, group_writes, &file, &st, &why);
	if (status == USER_FILE_OK)
		ck_assert(slice_starts(text_slice(&file), SLICE("other@")));
	text_clear(&file);
	if (ret_why != NULL)
		*ret_why = text_cstr(&why);
	return status;
}

static void
expect(enum user_file want, const char *in_why)
{
	const char *why;
	enum user_file got = read_as(getuid(), false, &why);

	ck_assert_msg(got == want, "%d: %s", got, why);
	if (in_why != NULL)
		ck_assert_msg(strstr(why, in_why) != NULL, "got '%s'", why);
}

static void
replace(void)
{
	ck_assert_int_eq(unlinkat(dir.fd, ".forward", 0), 0);
}

START_TEST(reads_the_users_own)
{
	expect(USER_FILE_OK, NULL);
}
END_TEST

START_TEST(nothing_there)
{
	replace();
	expect(USER_FILE_ABSENT, NULL);
	ck_assert_int_eq(home_open("/nonexistent/home"), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(somebody_elses)
{
	const char *why;

	if (getuid() == 0) /* root's own counts as everybody's: give it away */
		ck_assert_int_eq(fchownat(dir.fd, ".forward", 12345, 12345, 0), 0);
	ck_assert_int_eq(read_as(54321, false, &why), USER_FILE_UNSAFE);
	ck_assert_ptr_nonnull(strstr(why, "somebody else"));
}
END_TEST

START_TEST(unsafe_modes)
{
	static const struct {
		mode_t mode;
		enum user_file want, group_writes;
	} row[] = {
		{ 0600, USER_FILE_OK, USER_FILE_OK },
		{ 0644, USER_FILE_OK, USER_FILE_OK },
		{ 0400, USER_FILE_OK, USER_FILE_OK },
		{ 0620, USER_FILE_UNSAFE, USER_FILE_OK },
		{ 0602, USER_FILE_UNSAFE, USER_FILE_UNSAFE },
		{ 0000, USER_FILE_UNSAFE, USER_FILE_UNSAFE },
		{ 0200, USER_FILE_UNSAFE, USER_FILE_UNSAFE },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		ck_assert_int_eq(fchmodat(dir.fd, ".forward", row[i].mode, 0), 0);
		ck_assert_msg(read_as(getuid(), false, NULL) == row[i].want, "%o",
		    (unsigned)row[i].mode);
		ck_assert_msg(read_as(getuid(), true, NULL) == row[i].group_writes,
		    "group writes, %o", (unsigned)row[i].mode);
	}
}
END_TEST

START_TEST(a_home_that_others_write)
{
	ck_assert_int_eq(fchmod(dir.fd, 0770), 0);
	expect(USER_FILE_UNSAFE, "the home may be written by others");
	ck_assert_int_eq(read_as(getuid(), true, NULL), USER_FILE_OK);
	ck_assert_int_eq(fchmod(dir.fd, 0700), 0);
}
END_TEST

START_TEST(a_directory)
{
	replace();
	scratch_mkdir(&dir, ".forward");
	expect(USER_FILE_UNSAFE, "not a regular file");
}
END_TEST

/* Would hang for ever if it were opened to read and wait. */
START_TEST(a_fifo)
{
	replace();
	ck_assert_int_eq(mkfifoat(dir.fd, ".forward", 0600), 0);
	expect(USER_FILE_UNSAFE, "not a regular file");
}
END_TEST

START_TEST(a_device)
{
	replace();
	if (mknodat(dir.fd, ".forward", S_IFCHR | 0600, 1 << 8 | 3) == -1)
		return; /* only root can make one */
	expect(USER_FILE_UNSAFE, "not a regular file");
}
END_TEST

START_TEST(links)
{
	char outside[200], inside[200];
	const struct {
		const char *target;
		enum user_file want;
	} row[] = {
		{ "mail/forward", USER_FILE_OK },
		{ inside, USER_FILE_OK },
		{ "mail/none", USER_FILE_ABSENT },
		{ "mail", USER_FILE_UNSAFE },
		{ "mail/link", USER_FILE_UNSAFE },
		{ "mail/../mail/forward", USER_FILE_UNSAFE },
		{ "..", USER_FILE_UNSAFE },
		{ "/etc/passwd", USER_FILE_UNSAFE },
		{ outside, USER_FILE_UNSAFE },
		{ ".forward", USER_FILE_UNSAFE },
	};

	snprintf(inside, sizeof inside, "%s/mail/forward", dir.path);
	snprintf(outside, sizeof outside, "%s-other/mail/forward", dir.path);
	scratch_mkdir(&dir, "mail");
	scratch_write(&dir, "mail/forward", SLICE("other@x.example\n"));
	ck_assert_int_eq(symlinkat("forward", dir.fd, "mail/link"), 0);
	for (size_t i = 0; i < COUNT(row); i++) {
		replace();
		ck_assert_int_eq(symlinkat(row[i].target, dir.fd, ".forward"), 0);
		const char *why;
		enum user_file got = read_as(getuid(), false, &why);
		ck_assert_msg(got == row[i].want, "%s: %d %s", row[i].target, got, why);
	}
}
END_TEST

START_TEST(a_link_chain_is_not_followed)
{
	replace();
	ck_assert_int_eq(symlinkat("second", dir.fd, ".forward"), 0);
	ck_assert_int_eq(symlinkat("/etc/passwd", dir.fd, "second"), 0);
	expect(USER_FILE_UNSAFE, NULL);
}
END_TEST

START_TEST(too_large)
{
	static char large[1001];

	memset(large, '#', sizeof large);
	scratch_write(&dir, ".forward", (struct slice){ large, sizeof large });
	expect(USER_FILE_TOO_LARGE, "File too large");
}
END_TEST

START_TEST(a_stale_handle_is_tried_again_once)
{
	stale_reads = 1;
	expect(USER_FILE_OK, NULL);
	stale_reads = 2;
	expect(USER_FILE_UNREADABLE, "tale");
	stale_reads = 0;
}
END_TEST

START_TEST(no_right_is_not_absence)
{
	if (getuid() == 0)
		return; /* root may read everything */
	ck_assert_int_eq(fchmod(dir.fd, 0), 0);
	expect(USER_FILE_UNREADABLE, "ermission");
	ck_assert_int_eq(fchmod(dir.fd, 0700), 0);
}
END_TEST

START_TEST(reads_a_file_of_the_site)
{
	struct text t = TEXT_INIT(100);
	struct stat st;
	char path[128];

	ck_assert_int_eq(
	    file_read_path(scratch_path(&dir, ".forward", path), &t, &st), 0);
	ck_assert_str_eq(text_cstr(&t), "other@x.example\n");
	text_clear(&t);
	ck_assert_int_eq(file_read_path(dir.path, &t, &st), EISDIR);
	ck_assert_int_eq(file_read_path("/nonexistent", &t, &st), ENOENT);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("user_file");
	TCase *t = tcase_create("read");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, reads_the_users_own);
	tcase_add_test(t, nothing_there);
	tcase_add_test(t, somebody_elses);
	tcase_add_test(t, unsafe_modes);
	tcase_add_test(t, a_home_that_others_write);
	tcase_add_test(t, a_directory);
	tcase_add_test(t, a_fifo);
	tcase_add_test(t, a_device);
	tcase_add_test(t, links);
	tcase_add_test(t, a_link_chain_is_not_followed);
	tcase_add_test(t, too_large);
	tcase_add_test(t, a_stale_handle_is_tried_again_once);
	tcase_add_test(t, no_right_is_not_absence);
	tcase_add_test(t, reads_a_file_of_the_site);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
