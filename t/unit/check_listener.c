/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/listener.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "t/unit/runner.h"

static char dir[] = "/tmp/check_listener.XXXXXX";
static char path[80], spec[100];
static struct text why = TEXT_INIT(500);
static struct listener l = LISTENER_NONE;

static void
before(void)
{
	memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s/s", dir);
	(void)snprintf(spec, sizeof spec, "unix:%s", path);
}

static void
after(void)
{
	char command[200];

	listener_close(&l);
	listener_close(&l);
	text_clear(&why);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

static bool
listen_at(const char *where, unsigned mode)
{
	struct listener_wish w = { where, mode, (uid_t)-1, (gid_t)-1 };

	return listener_bind(&l, &w, &why) && listener_open(&l, &why);
}

static bool
can_connect(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(sun.sun_path, path, strlen(path));
	bool ok = connect(fd, (struct sockaddr *)&sun, sizeof sun) == 0;
	(void)close(fd);
	return ok;
}

START_TEST(a_unix_socket_has_the_mode_asked_for)
{
	struct stat st;

	ck_assert_msg(listen_at(spec, 0620), "%s", text_cstr(&why));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert(S_ISSOCK(st.st_mode));
	ck_assert_uint_eq(st.st_mode & 07777, 0620);
	ck_assert(can_connect());
	listener_close(&l);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(before_it_listens_nobody_can_connect)
{
	struct listener_wish w = { spec, 0666, (uid_t)-1, (gid_t)-1 };

	ck_assert(listener_bind(&l, &w, &why));
	ck_assert(!can_connect());
}
END_TEST

START_TEST(a_stale_socket_is_replaced)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(sun.sun_path, path, strlen(path));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof sun), 0);
	(void)close(fd); /* as after kill -9 */
	ck_assert(!can_connect());
	ck_assert_msg(listen_at(spec, 0600), "%s", text_cstr(&why));
	ck_assert(can_connect());
}
END_TEST

/* A connection to it fails too, but not as to one that nobody holds. */
START_TEST(a_live_socket_of_another_kind_is_left_alone)
{
	static const int kind[] = { SOCK_DGRAM, SOCK_SEQPACKET };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct stat st;
	int fd = socket(AF_UNIX, kind[_i], 0);

	memcpy(sun.sun_path, path, strlen(path));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof sun), 0);
	ck_assert(!listen_at(spec, 0600));
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&why), "another program is listening there"));
	listener_close(&l);
	ck_assert_int_eq(stat(path, &st), 0);
	(void)close(fd);
	text_clear(&why);
	ck_assert_msg(listen_at(spec, 0600), "%s", text_cstr(&why));
}
END_TEST

START_TEST(a_live_socket_is_left_alone)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(sun.sun_path, path, strlen(path));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof sun), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert(!listen_at(spec, 0600));
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&why), "another program is listening there"));
	ck_assert(can_connect());
	(void)close(fd);
}
END_TEST

START_TEST(a_second_instance_is_refused_by_the_lock)
{
	struct listener second = LISTENER_NONE;
	struct listener_wish w = { spec, 0600, (uid_t)-1, (gid_t)-1 };

	ck_assert(listen_at(spec, 0600));
	ck_assert(!listener_bind(&second, &w, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "another process holds its lock"));
	listener_close(&second);
	ck_assert_msg(can_connect(), "the first one's socket must survive");
}
END_TEST

START_TEST(a_plain_file_is_left_alone)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert(!listen_at(spec, 0600));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "a file of another kind"));
	listener_close(&l);
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

/* clang-format off */
static const struct {
	const char *spec, *says;
} bad[] = {
	{ "", "want unix:PATH" },
	{ "bogus:x", "want unix:PATH" },
	{ "unix:", "must begin with /" },
	{ "unix:relative", "must begin with /" },
	{ "unix:/nonexistent-dir/s", "No such file or directory" },
	{ "unix:/tmp/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "too long" },
	{ "inet:", "from 0 to 65535" },
	{ "inet:nosuchservice@127.0.0.1", "socket 'inet:nosuchservice@127.0.0.1': " },
	{ "unix:/tmp/", "name the socket" },
	{ "inet:65536@127.0.0.1", "from 0 to 65535" },
	{ "inet:73428", "from 0 to 65535" },
	{ "inet6:99999999999999999999@::1", "from 0 to 65535" },
	{ "inet:-1@127.0.0.1", "from 0 to 65535" },
	{ "inet:1@256.256.256.256", "socket 'inet:1@256.256.256.256': " },
	{ "fd:", "want fd:N" },
	{ "fd:2", "want fd:N" },
	{ "fd:-1", "want fd:N" },
	{ "fd:999", "no stream socket was passed in" },
};
/* clang-format on */

START_TEST(a_wrong_address_is_named)
{
	ck_assert(!listen_at(bad[_i].spec, 0600));
	ck_assert_msg(strstr(text_cstr(&why), bad[_i].says) != NULL, "'%s': got '%s'",
	    bad[_i].spec, text_cstr(&why));
}
END_TEST

static const char *
described(void)
{
	static struct text line = TEXT_INIT(200);

	text_clear(&line);
	listener_describe(&l, &line);
	return text_cstr(&line);
}

START_TEST(internet_sockets_listen_too)
{
	ck_assert_msg(listen_at("inet:0@127.0.0.1", 0), "%s", text_cstr(&why));
	ck_assert_int_eq(l.address.ss_family, AF_INET);
}
END_TEST

START_TEST(without_a_host_only_this_machine_can_connect)
{
	static const char *const where[] = { "inet:0", "inet:0@" };
	unsigned port;

	ck_assert_msg(listen_at(where[_i], 0), "%s", text_cstr(&why));
	ck_assert_msg(sscanf(described(), "inet:%u@127.0.0.1", &port) == 1 && port > 0 &&
			  strstr(described(), "@127.0.0.1") != NULL,
	    "%s", described());
}
END_TEST

START_TEST(says_where_it_listens)
{
	ck_assert_msg(listen_at(path, 0600), "%s", text_cstr(&why));
	ck_assert_str_eq(described(), spec);
}
END_TEST

START_TEST(of_two_passed_sockets_it_would_serve_one)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char where[20];

	memcpy(sun.sun_path, path, strlen(path));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof sun), 0);
	(void)snprintf(where, sizeof where, "fd:%d", fd);
	ck_assert_int_eq(setenv("LISTEN_FDS", "2", 1), 0);
	ck_assert(!listen_at(where, 0));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "more than one socket"));
	ck_assert_int_eq(setenv("LISTEN_FDS", "1", 1), 0);
	text_clear(&why);
	ck_assert_msg(listen_at(where, 0), "%s", text_cstr(&why));
	ck_assert_int_eq(unsetenv("LISTEN_FDS"), 0);
}
END_TEST

/* Whoever started anew in our place keeps its socket. */
START_TEST(at_the_end_only_its_own_socket_goes)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_msg(listen_at(spec, 0600), "%s", text_cstr(&why));
	ck_assert_int_eq(unlink(path), 0);
	memcpy(sun.sun_path, path, strlen(path));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof sun), 0);
	listener_close(&l);
	ck_assert_int_eq(access(path, F_OK), 0);
	(void)close(fd);
}
END_TEST

/* Where the file system has no ACLs there is nothing to narrow the mode. */
START_TEST(a_mode_that_the_folder_narrows_is_named)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, perm;
			uint32_t id;
		} entry[3];
	} acl = { 2, { { 1, 7, ~0U }, { 4, 7, ~0U }, { 32, 0, ~0U } } };

	if (setxattr(dir, "system.posix_acl_default", &acl, sizeof acl, 0) == -1)
		return;
	ck_assert(!listen_at(spec, 0666));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "the mode 0660 and not 0666"));
	listener_close(&l);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("listen");
	TCase *t = tcase_create("listen");

	tcase_add_checked_fixture(t, before, after);
	tcase_add_test(t, a_unix_socket_has_the_mode_asked_for);
	tcase_add_test(t, before_it_listens_nobody_can_connect);
	tcase_add_test(t, a_stale_socket_is_replaced);
	tcase_add_loop_test(t, a_live_socket_of_another_kind_is_left_alone, 0, 2);
	tcase_add_test(t, a_live_socket_is_left_alone);
	tcase_add_test(t, a_second_instance_is_refused_by_the_lock);
	tcase_add_test(t, a_plain_file_is_left_alone);
	tcase_add_loop_test(t, a_wrong_address_is_named, 0, COUNT(bad));
	tcase_add_test(t, internet_sockets_listen_too);
	tcase_add_loop_test(t, without_a_host_only_this_machine_can_connect, 0, 2);
	tcase_add_test(t, says_where_it_listens);
	tcase_add_test(t, of_two_passed_sockets_it_would_serve_one);
	tcase_add_test(t, at_the_end_only_its_own_socket_goes);
	tcase_add_test(t, a_mode_that_the_folder_narrows_is_named);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
