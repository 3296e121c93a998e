/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/pid_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t/unit/runner.h"

static char dir[] = "/tmp/check_pid_file.XXXXXX";
static char path[100], other[100];
static struct text why = TEXT_INIT(500);
static struct pid_file p = PID_FILE_NONE;

static void
before(void)
{
	memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s/pid", dir);
	(void)snprintf(other, sizeof other, "%s/other", dir);
}

static void
after(void)
{
	char command[200];

	pid_file_remove(&p);
	pid_file_remove(&p);
	text_clear(&why);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

static long
content(const char *name)
{
	FILE *f = fopen(name, "r");
	long n = -1;

	if (f == NULL)
		return -1;
	if (fscanf(f, "%ld", &n) != 1)
		n = 0;
	(void)fclose(f);
	return n;
}

static void
write_file(const char *name)
{
	FILE *f = fopen(name, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs("1\n", f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(holds_the_number_of_the_process_and_goes_with_it)
{
	struct stat st;

	ck_assert_msg(pid_file_make(&p, path, &why), "%s", text_cstr(&why));
	ck_assert_int_eq(content(path), getpid());
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
	pid_file_remove(&p);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(an_empty_path_is_none)
{
	ck_assert(pid_file_make(&p, "", &why));
	ck_assert_int_eq(p.fd, -1);
}
END_TEST

START_TEST(what_a_dead_process_left_is_replaced)
{
	write_file(path);
	ck_assert_msg(pid_file_make(&p, path, &why), "%s", text_cstr(&why));
	ck_assert_int_eq(content(path), getpid());
}
END_TEST

START_TEST(a_link_in_its_place_is_not_followed)
{
	write_file(other);
	ck_assert_int_eq((_i == 0 ? symlink : link)(other, path), 0);
	ck_assert_msg(pid_file_make(&p, path, &why), "%s", text_cstr(&why));
	ck_assert_int_eq(content(other), 1);
	ck_assert_int_eq(content(path), getpid());
}
END_TEST

START_TEST(a_link_on_the_way_is_refused)
{
	char inside[120];

	ck_assert_int_eq(symlink(dir, other), 0);
	(void)snprintf(inside, sizeof inside, "%s/pid", other);
	ck_assert(!pid_file_make(&p, inside, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "is a link or no folder"));
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(a_folder_that_others_may_write_is_refused)
{
	static const mode_t mode[] = { 0775, 0707, 0777 };

	ck_assert_int_eq(chmod(dir, mode[_i]), 0);
	ck_assert(!pid_file_make(&p, path, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "can be written by somebody else"));
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(a_folder_of_somebody_else_is_refused)
{
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(chown(dir, 65534, (gid_t)-1), 0);
	ck_assert(!pid_file_make(&p, path, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "can be written by somebody else"));
}
END_TEST

/* A daemon that has become another user cannot remove it from root's folder. */
START_TEST(where_it_cannot_be_removed_it_is_emptied)
{
	if (geteuid() != 0)
		return;
	ck_assert_msg(pid_file_make(&p, path, &why), "%s", text_cstr(&why));
	ck_assert_int_eq(seteuid(65534), 0);
	pid_file_remove(&p);
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(access(path, F_OK), 0);
	ck_assert_int_eq(content(path), 0);
}
END_TEST

START_TEST(the_file_of_a_successor_stays)
{
	ck_assert_msg(pid_file_make(&p, path, &why), "%s", text_cstr(&why));
	ck_assert_int_eq(unlink(path), 0);
	write_file(path);
	pid_file_remove(&p);
	ck_assert_int_eq(content(path), 1);
}
END_TEST

static const struct {
	const char *path, *says;
} bad[] = {
	{ "relative", "want a whole path" },
	{ "/tmp/", "want a whole path" },
	{ "/nonexistent-folder/pid", "No such file or directory" },
	{ "/etc/passwd/pid", "is a link or no folder" },
};

START_TEST(a_wrong_path_is_named)
{
	ck_assert(!pid_file_make(&p, bad[_i].path, &why));
	ck_assert_msg(strstr(text_cstr(&why), bad[_i].says) != NULL, "%s: %s",
	    bad[_i].path, text_cstr(&why));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("pid_file");
	TCase *t = tcase_create("pid_file");

	tcase_add_checked_fixture(t, before, after);
	tcase_add_test(t, holds_the_number_of_the_process_and_goes_with_it);
	tcase_add_test(t, an_empty_path_is_none);
	tcase_add_test(t, what_a_dead_process_left_is_replaced);
	tcase_add_loop_test(t, a_link_in_its_place_is_not_followed, 0, 2);
	tcase_add_test(t, a_link_on_the_way_is_refused);
	tcase_add_loop_test(t, a_folder_that_others_may_write_is_refused, 0, 3);
	tcase_add_test(t, a_folder_of_somebody_else_is_refused);
	tcase_add_test(t, where_it_cannot_be_removed_it_is_emptied);
	tcase_add_test(t, the_file_of_a_successor_stays);
	tcase_add_loop_test(t, a_wrong_path_is_named, 0, COUNT(bad));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
