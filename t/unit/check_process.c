/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/process.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "t/unit/runner.h"

static struct text why = TEXT_INIT(500);

START_TEST(a_user_that_is_not_there_is_named)
{
	struct identity who;

	ck_assert(!process_identity("no-such-user-here", &who, &why));
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&why), "'no-such-user-here': no such user"));
	text_clear(&why);
	ck_assert(process_identity("", &who, &why));
	ck_assert_uint_eq(who.uid, geteuid());
}
END_TEST

START_TEST(a_group_that_is_not_there_is_named)
{
	gid_t gid = 0;

	ck_assert(!process_group("no-such-group-here", &gid, &why));
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&why), "'no-such-group-here': no such group"));
	text_clear(&why);
	ck_assert(process_group("", &gid, &why));
	ck_assert(gid == (gid_t)-1);
	struct group *root = getgrgid(0);
	ck_assert_ptr_nonnull(root);
	ck_assert(process_group(root->gr_name, &gid, &why));
	ck_assert_uint_eq(gid, 0);
}
END_TEST

/* What root makes while it acts as a user is that user's. */
START_TEST(root_acts_with_no_more_than_the_users_rights)
{
	struct passwd *pw = getpwuid(65534);
	struct identity who;
	gid_t group[100];

	if (geteuid() != 0 || pw == NULL)
		return;
	ck_assert(process_identity(pw->pw_name, &who, &why));
	ck_assert_msg(process_act_as(&who, 12345, &why), "%s", text_cstr(&why));
	ck_assert_uint_eq(geteuid(), 65534);
	ck_assert_uint_eq(getegid(), 12345);
	int n = getgroups(100, group);
	for (int i = 0; i < n; i++)
		ck_assert_uint_ne(group[i], 0);
	ck_assert_int_eq(
	    access("/root", W_OK) == 0 && chdir("/root") == 0 && mkdir("/root/x", 0) == 0,
	    0);
	process_act_as_root();
	ck_assert_uint_eq(geteuid(), 0);
	ck_assert_uint_eq(getegid(), 0);
	ck_assert_msg(process_become(&who, &why), "%s", text_cstr(&why));
	ck_assert_uint_eq(getuid(), 65534);
	ck_assert_uint_eq(getgid(), who.gid);
	ck_assert_int_eq(seteuid(0), -1);
}
END_TEST

START_TEST(systemd_is_told_in_one_datagram)
{
	char dir[] = "/tmp/check_process.XXXXXX", got[2000];
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(sun.sun_path, sizeof sun.sun_path, "%s/notify", dir);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof sun), 0);
	process_notify("READY=1"); /* nobody to tell: nothing happens */
	ck_assert_int_eq(setenv("NOTIFY_SOCKET", sun.sun_path, 1), 0);
	process_notify("READY=1\nSTATUS=23 signatures");
	ssize_t n = recv(fd, got, sizeof got - 1, MSG_DONTWAIT);
	ck_assert_int_gt(n, 0);
	got[n] = '\0';
	ck_assert_msg(
	    strncmp(got, "READY=1\nSTATUS=23 signatures\nMONOTONIC_USEC=", 44) == 0, "%s",
	    got);
	ck_assert_int_eq(unsetenv("NOTIFY_SOCKET"), 0);
	(void)close(fd);
	(void)unlink(sun.sun_path);
	(void)rmdir(dir);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("process");
	TCase *t = tcase_create("process");

	tcase_add_test(t, a_user_that_is_not_there_is_named);
	tcase_add_test(t, a_group_that_is_not_there_is_named);
	tcase_add_test(t, root_acts_with_no_more_than_the_users_rights);
	tcase_add_test(t, systemd_is_told_in_one_datagram);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
