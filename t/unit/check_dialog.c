/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/dialog.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#include "base/clock.h"
#include "t/unit/quota_server.h"

/* For what comes at once, were the machine not busy. */
enum { PATIENCE_MS = 30000 };

static struct scratch dir;
static struct quota_server server;

/* How the client's answers come in; those of the server's thread are left alone. */
static struct pieces {
	pthread_t client;
	size_t largest, n; /* largest 0: as they come */
	char *end;         /* of the room that the first call had */
	bool beyond;
} pieces;

ssize_t __real_recv(int fd, void *to, size_t len, int flags);
ssize_t __wrap_recv(int fd, void *to, size_t len, int flags);
ssize_t __wrap___recv_chk(int fd, void *to, size_t len, size_t room, int flags);

ssize_t
__wrap_recv(int fd, void *to, size_t len, int flags)
{
	if (pieces.largest == 0 || !pthread_equal(pieces.client, pthread_self()))
		return __real_recv(fd, to, len, flags);
	if (pieces.n++ == 0)
		pieces.end = (char *)to + len;
	pieces.beyond = pieces.beyond || (char *)to + len > pieces.end;
	return __real_recv(fd, to, len < pieces.largest ? len : pieces.largest, flags);
}

/* What recv() is called where FORTIFY_SOURCE knows the size of the room. */
ssize_t
__wrap___recv_chk(int fd, void *to, size_t len, size_t room, int flags)
{
	(void)room;
	return __wrap_recv(fd, to, len, flags);
}

/* What becomes of the client's first writes; 0: as it comes. */
static struct {
	pthread_t client;
	int error[3], n;
} writes;

ssize_t __real_send(int fd, const void *from, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *from, size_t len, int flags);

ssize_t
__wrap_send(int fd, const void *from, size_t len, int flags)
{
	if (pthread_equal(writes.client, pthread_self()) &&
	    writes.n < (int)COUNT(writes.error) && writes.error[writes.n] != 0) {
		errno = writes.error[writes.n++];
		return -1;
	}
	return __real_send(fd, from, len, flags);
}

static void
setup(void)
{
	scratch_setup(&dir);
	writes.client = pthread_self();
	writes.n = 0;
	memset(writes.error, 0, sizeof writes.error);
}

static void
teardown(void)
{
	scratch_teardown(&dir);
}

static struct dialog *
open_dialog(const char *where)
{
	struct text why = TEXT_INIT(400);
	struct dialog *d = dialog_new(where, &why);

	ck_assert_msg(d != NULL, "%s", text_cstr(&why));
	return d;
}

static enum quota_answer
ask(struct dialog *d, unsigned limit_ms, const char *in_why)
{
	struct text why = TEXT_INIT(400);
	enum quota_answer a =
	    dialog_ask(d, SLICE("recipient=x\n\n"), quota_status_answer, limit_ms, &why);

	if (in_why != NULL)
		ck_assert_msg(
		    strstr(text_cstr(&why), in_why) != NULL, "'%s'", text_cstr(&why));
	text_clear(&why);
	return a;
}

START_TEST(keeps_its_connection)
{
	static const struct quota_server_row row[] = { { "action=OK\n\n", 100 } };

	quota_server_start(&server, &dir, row, COUNT(row));
	struct dialog *d = open_dialog(server.where);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(ask(d, PATIENCE_MS, NULL), ANSWER_FITS);
	dialog_free(d);
	quota_server_stop(&server);
	ck_assert_int_eq(server.accepted, 1);
	ck_assert_str_eq(server.got, "recipient=x\n\n");
}
END_TEST

START_TEST(comes_back_after_the_server_hung_up)
{
	static const struct quota_server_row row[] = { { "action=OK\n\n", 1 } };

	quota_server_start(&server, &dir, row, COUNT(row));
	struct dialog *d = open_dialog(server.where);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(ask(d, PATIENCE_MS, NULL), ANSWER_FITS);
	dialog_free(d);
	quota_server_stop(&server);
	ck_assert_int_eq(server.accepted, 5);
}
END_TEST

START_TEST(waits_no_longer_than_told)
{
	static const struct quota_server_row row[] = { { NULL, 1 },
		{ "action=OK\n\n", 1 } };

	quota_server_start(&server, &dir, row, COUNT(row));
	struct dialog *d = open_dialog(server.where);
	long long began = monotonic_ms();
	ck_assert_int_eq(ask(d, 50, "timed out"), ANSWER_INCOMPLETE);
	ck_assert_int_ge(monotonic_ms() - began, 49);
	/* The late answer's connection is not used again. */
	ck_assert_int_eq(ask(d, PATIENCE_MS, NULL), ANSWER_FITS);
	dialog_free(d);
	quota_server_stop(&server);
	ck_assert_int_eq(server.accepted, 2);
}
END_TEST

static const struct {
	const char *answer;
	enum quota_answer want;
	const char *why;
} says[] = {
	{ "action=552 5.2.2 full\n\n", ANSWER_FULL, "" },
	{ "action=DEFER_IF_PERMIT x\n\n", ANSWER_TROUBLE, "answered 'action=DEFER" },
	{ "HTTP/1.1 400\r\n\r\n", ANSWER_NONSENSE, "nonsense: 'HTTP/1.1 400\\r" },
	{ "action=OK\n\naction=OK\n\n", ANSWER_NONSENSE, "nonsense" },
	{ "action=O", ANSWER_INCOMPLETE, "reset" }, /* and hangs up */
	{ "", ANSWER_INCOMPLETE, "reset" },
};

START_TEST(hears)
{
	struct quota_server_row row[] = { { says[_i].answer, 1 } };

	quota_server_start(&server, &dir, row, COUNT(row));
	struct dialog *d = open_dialog(server.where);
	ck_assert_int_eq(ask(d, PATIENCE_MS, says[_i].why), says[_i].want);
	dialog_free(d);
	quota_server_stop(&server);
}
END_TEST

START_TEST(takes_no_endless_answer)
{
	static char much[QUOTA_ANSWER_MAX + 100];
	struct quota_server_row row[] = { { much, 1 } };

	memset(much, 'a', sizeof much - 1);
	quota_server_start(&server, &dir, row, COUNT(row));
	struct dialog *d = open_dialog(server.where);
	ck_assert_int_eq(ask(d, PATIENCE_MS, "nonsense"), ANSWER_NONSENSE);
	dialog_free(d);
	quota_server_stop(&server);
}
END_TEST

/* The kernel may cut an answer anywhere; what is still read fits behind what came. */
START_TEST(reads_an_answer_in_pieces_and_into_its_own_room)
{
	static char much[QUOTA_ANSWER_MAX + 100];
	struct quota_server_row row[] = { { "action=OK\n\n", 1 }, { much, 1 } };

	memset(much, 'a', sizeof much - 1);
	quota_server_start(&server, &dir, row, COUNT(row));
	struct dialog *d = open_dialog(server.where);
	for (size_t i = 0; i < COUNT(row); i++) {
		pieces = (struct pieces){ .client = pthread_self(), .largest = 7 };
		ck_assert_int_eq(
		    ask(d, PATIENCE_MS, NULL), i == 0 ? ANSWER_FITS : ANSWER_NONSENSE);
		ck_assert_uint_gt(pieces.n, 1);
		ck_assert(!pieces.beyond);
	}
	dialog_free(d);
	quota_server_stop(&server);
}
END_TEST

static const struct {
	int error[3];
	enum quota_answer want;
	const char *why;
} kernel_says[] = {
	{ { EINTR, EINTR, EAGAIN }, ANSWER_FITS, NULL },
	{ { EAGAIN, EAGAIN, EINTR }, ANSWER_FITS, NULL },
	{ { EPIPE }, ANSWER_INCOMPLETE, "Broken pipe" },
	{ { EINTR, EAGAIN, ENOBUFS }, ANSWER_INCOMPLETE, "No buffer space" },
};

START_TEST(asks_again_what_was_interrupted)
{
	static const struct quota_server_row row[] = { { "action=OK\n\n", 1 } };

	quota_server_start(&server, &dir, row, COUNT(row));
	struct dialog *d = open_dialog(server.where);
	memcpy(writes.error, kernel_says[_i].error, sizeof writes.error);
	ck_assert_int_eq(ask(d, PATIENCE_MS, kernel_says[_i].why), kernel_says[_i].want);
	dialog_free(d);
	quota_server_stop(&server);
	if (kernel_says[_i].want == ANSWER_FITS)
		ck_assert_str_eq(server.got, "recipient=x\n\n");
}
END_TEST

/* More than a socket takes, to one who never reads. */
START_TEST(waits_no_longer_for_one_who_does_not_read)
{
	static char much[8 << 20];
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int hung = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct text why = TEXT_INIT(400);
	char where[160];

	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s/hung", dir.path);
	(void)snprintf(where, sizeof where, "unix:%s", at.sun_path);
	ck_assert_int_eq(bind(hung, (struct sockaddr *)&at, sizeof at), 0);
	ck_assert_int_eq(listen(hung, 1), 0);
	struct dialog *d = open_dialog(where);
	long long began = monotonic_ms();
	ck_assert_int_eq(dialog_ask(d, (struct slice){ much, sizeof much },
			     quota_status_answer, 60, &why),
	    ANSWER_INCOMPLETE);
	ck_assert_str_eq(text_cstr(&why), "Connection timed out");
	ck_assert_int_ge(monotonic_ms() - began, 59);
	dialog_free(d);
	text_clear(&why);
	(void)close(hung);
}
END_TEST

START_TEST(nobody_listens)
{
	struct dialog *d = open_dialog("unix:/nonexistent/quota.sock");

	ck_assert_int_eq(ask(d, PATIENCE_MS, "No such file"), ANSWER_INCOMPLETE);
	dialog_free(d);
}
END_TEST

START_TEST(speaks_over_tcp)
{
	static const struct quota_server_row row[] = { { "action=OK\n\n", 1 } };
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	char where[64];

	server = (struct quota_server){
		.row = row, .rows = 1, .lock = PTHREAD_MUTEX_INITIALIZER
	};
	server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(server.listener, (struct sockaddr *)&a, sizeof a), 0);
	ck_assert_int_eq(listen(server.listener, 1), 0);
	ck_assert_int_eq(getsockname(server.listener, (struct sockaddr *)&a, &len), 0);
	ck_assert_int_eq(
	    pthread_create(&server.thread, NULL, quota_server_run, &server), 0);
	snprintf(where, sizeof where, "inet:%d@127.0.0.1", ntohs(a.sin_port));
	struct dialog *d = open_dialog(where);
	ck_assert_int_eq(ask(d, PATIENCE_MS, NULL), ANSWER_FITS);
	dialog_free(d);
	quota_server_stop(&server);
	d = open_dialog(where);
	ck_assert_int_eq(ask(d, PATIENCE_MS, "refused"), ANSWER_INCOMPLETE);
	dialog_free(d);
}
END_TEST

START_TEST(knows_where_it_cannot_go)
{
	static const char *const bad[] = { "", "unix:", "unix:relative", "inet:25",
		"inet:@host", "inet:25@", "/path", "tcp:25@host" };

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct text why = TEXT_INIT(400);
		ck_assert_msg(dialog_new(bad[i], &why) == NULL, "%s", bad[i]);
		ck_assert_ptr_nonnull(strstr(text_cstr(&why), "neither"));
		text_clear(&why);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("dialog");
	TCase *t = tcase_create("ask");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, keeps_its_connection);
	tcase_add_test(t, comes_back_after_the_server_hung_up);
	tcase_add_test(t, waits_no_longer_than_told);
	tcase_add_loop_test(t, hears, 0, COUNT(says));
	tcase_add_test(t, takes_no_endless_answer);
	tcase_add_test(t, reads_an_answer_in_pieces_and_into_its_own_room);
	tcase_add_loop_test(t, asks_again_what_was_interrupted, 0, COUNT(kernel_says));
	tcase_add_test(t, waits_no_longer_for_one_who_does_not_read);
	tcase_add_test(t, nobody_listens);
	tcase_add_test(t, speaks_over_tcp);
	tcase_add_test(t, knows_where_it_cannot_go);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
