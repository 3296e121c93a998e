/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/server.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/put.h"
#include "t/unit/runner.h"

/* A client in the same process: says the next line after each answer. */
struct client {
	struct loop *loop;
	struct watch watch;
	const char *const *line; /* ends in NULL */
	struct text heard;
};

static void
hear(void *self, short revents)
{
	struct client *c = self;
	char buffer[1000];
	ssize_t n = read(c->watch.fd, buffer, sizeof buffer);

	(void)revents;
	if (n <= 0) {
		loop_stop(c->loop);
		return;
	}
	put(&c->heard, (struct slice){ buffer, (size_t)n });
	if (*c->line != NULL) {
		const char *line = *c->line++;
		ck_assert_int_eq(
		    write(c->watch.fd, line, strlen(line)), (int)strlen(line));
	}
}

static void
out_of_time(void *self)
{
	(void)self;
	ck_abort_msg("the server does not answer");
}

static int
dial_nobody(void *self, unsigned long session, size_t filter)
{
	ck_assert_uint_eq(session, 1);
	++*(size_t *)self;
	ck_assert_uint_eq(filter, 0);
	errno = ECONNREFUSED;
	return -1;
}

static void
count_notes(void *self, const struct event *e)
{
	*(size_t *)self += e->what == EVENT_NOTE && e->filter == 0;
}

/* The dialogue of `lines` with a server whose one filter cannot be reached. */
static struct text
dialogue(enum filter_policy policy, const char *const *lines, size_t *ret_notes)
{
	static const char *const domain[] = { "foo.com" };
	const struct filter_config filter = { .socket = NULL, .policy = policy };
	size_t dialled = 0;
	const struct server_config config = { .profile = &profile_rfc2821,
		.users = { .domain = domain, .domains = 1 },
		.size_limit = 1000,
		.text_line_max = -1,
		.filter = &filter,
		.filters = 1,
		.sessions_max = 1,
		.memory_max = 100000,
		.timeout_ms = 5000,
		.sink = { count_notes, ret_notes },
		.dial = dial_nobody,
		.self = &dialled };
	struct text why = TEXT_INIT(100);
	struct client c = { .loop = loop_new(), .line = lines, .heard = TEXT_INIT(5000) };
	struct timer limit = { .fire = out_of_time };
	int ends[2];

	struct server *s = server_new(c.loop, &config, &why);
	ck_assert_msg(s != NULL, "%s", text_cstr(&why));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	c.watch =
	    (struct watch){ .fd = ends[0], .events = POLLIN, .ready = hear, .self = &c };
	ck_assert(loop_watch(c.loop, &c.watch));
	ck_assert(loop_set(c.loop, &limit, loop_now(c.loop) + 10000));
	ck_assert(server_adopt(s, ends[1], NULL));
	loop_run(c.loop);
	ck_assert_uint_eq(dialled, 1);
	ck_assert_uint_eq(server_counts(s).sessions, 1);
	loop_unwatch(c.loop, &c.watch);
	close(ends[0]);
	server_free(s);
	loop_free(c.loop);
	return c.heard;
}

START_TEST(runs_inside_a_process)
{
	static const char *const lines[] = { "EHLO x\r\n", "MAIL FROM:<a@b>\r\n",
		"RCPT TO:<c@foo.com>\r\n", "DATA\r\n", "Subject: x\r\n\r\nx\r\n.\r\n",
		"QUIT\r\n", NULL };
	size_t notes = 0;
	struct text heard = dialogue(POLICY_IGNORE, lines, &notes);

	ck_assert_str_eq(text_cstr(&heard),
	    "220 foo.com Simple Mail Transfer Service Ready\r\n"
	    "250-foo.com greets x\r\n250-8BITMIME\r\n250-SIZE\r\n250-DSN\r\n250 HELP\r\n"
	    "250 OK\r\n250 OK\r\n354 Start mail input; end with <CRLF>.<CRLF>\r\n250 "
	    "OK\r\n"
	    "221 foo.com Service closing transmission channel\r\n");
	ck_assert_uint_eq(notes, 1); /* the filter that cannot be reached */
	text_clear(&heard);
}
END_TEST

START_TEST(asks_the_dialler_for_its_filters)
{
	static const char *const lines[] = { "EHLO x\r\n", "MAIL FROM:<a@b>\r\n",
		"QUIT\r\n", NULL };
	size_t notes = 0;
	struct text heard = dialogue(POLICY_TEMPFAIL, lines, &notes);

	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&heard), "250 HELP\r\n451 Please try again later\r\n221 "));
	text_clear(&heard);
}
END_TEST

START_TEST(refuses_a_config_that_cannot_work)
{
	struct server_config config = { .profile = &profile_rfc2821 };
	struct text why = TEXT_INIT(100);
	struct loop *l = loop_new();

	ck_assert_ptr_null(server_new(l, &config, &why));
	ck_assert_str_eq(text_cstr(&why), "no domain");
	text_clear(&why);
	loop_free(l);
}
END_TEST

static void
fire(void *self)
{
	struct text *t = self;

	text_printf(t, "%zu ", t->len);
}

static void
stop(void *self)
{
	loop_stop(self);
}

START_TEST(timers_fire_once_and_in_time)
{
	struct loop *l = loop_new();
	struct text log = TEXT_INIT(100);
	struct timer a = { .fire = fire, .self = &log }, b = a, gone = a,
		     end = { .fire = stop, .self = l };
	uint64_t now = loop_now(l);

	ck_assert(loop_set(l, &gone, now + 5) && loop_set(l, &end, now + 40));
	ck_assert(loop_set(l, &a, now + 10) && loop_set(l, &b, now + 20));
	ck_assert(loop_set(l, &gone, 0) && loop_set(l, &a, now + 30));
	loop_run(l);
	ck_assert_uint_ge(loop_now(l), now + 40);
	ck_assert_str_eq(text_cstr(&log), "0 2 ");
	text_clear(&log);
	loop_free(l);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("server");
	TCase *t = tcase_create("server and loop");

	tcase_add_test(t, runs_inside_a_process);
	tcase_add_test(t, asks_the_dialler_for_its_filters);
	tcase_add_test(t, refuses_a_config_that_cannot_work);
	tcase_add_test(t, timers_fire_once_and_in_time);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
