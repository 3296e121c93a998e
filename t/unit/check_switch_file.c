/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/switch_file.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t/unit/runner.h"

static char dir[64], path[200];
static unsigned reports;

static void
count(void *self, const char *cause, const char *text)
{
	(void)self;
	(void)text;
	ck_assert_str_eq(cause, "planted-link");
	reports++;
}

static const struct report report = { count, NULL };

static bool
is_on(void)
{
	struct switch_file s = { path, &report };
	struct logger_switch port = switch_file_port(&s);

	return port.is_on(port.self);
}

static void
set_up(void)
{
	snprintf(dir, sizeof dir, "/tmp/check_switch.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/on", dir);
	reports = 0;
}

static void
tear_down(void)
{
	(void)unlink(path);
	(void)rmdir(path);
	ck_assert_int_eq(rmdir(dir), 0);
}

START_TEST(is_off_without_a_file_and_on_with_one)
{
	ck_assert(!is_on());
	FILE *f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fclose(f);
	ck_assert(is_on());
	ck_assert_int_eq(chmod(path, 0), 0);
	ck_assert(is_on());
	ck_assert_uint_eq(reports, 0);
}
END_TEST

START_TEST(takes_a_folder_for_on_and_a_link_to_nowhere_for_off)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert(is_on());
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(symlink("/no/such/place", path), 0);
	ck_assert(!is_on());
	ck_assert_uint_eq(reports, 0);
}
END_TEST

START_TEST(says_when_nobody_can_tell)
{
	ck_assert_int_eq(
	    symlink(path, path), 0); /* a loop, which root cannot see through */
	ck_assert(!is_on());
	ck_assert_uint_eq(reports, 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("switch_file");
	TCase *t = tcase_create("switch");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, is_off_without_a_file_and_on_with_one);
	tcase_add_test(t, takes_a_folder_for_on_and_a_link_to_nowhere_for_off);
	tcase_add_test(t, says_when_nobody_can_tell);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
