/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/syslog_line.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "t/unit/scratch.h"

static struct scratch dir;
static char path[128];
static int daemon_fd = -1;

/* The log daemon's side: bound, not read by itself. */
static void
begin_daemon(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	(void)unlink(path);
	daemon_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	memcpy(sun.sun_path, path, strlen(path));
	ck_assert_int_eq(bind(daemon_fd, (struct sockaddr *)&sun, sizeof sun), 0);
}

static void
before(void)
{
	scratch_setup(&dir);
	(void)scratch_path(&dir, "log", path);
	begin_daemon();
}

static void
after(void)
{
	(void)close(daemon_fd);
	scratch_teardown(&dir);
}

/* The next line that the daemon has, or NULL. */
static const char *
got(void)
{
	static char line[5000];
	ssize_t n = recv(daemon_fd, line, sizeof line - 1, 0);

	if (n <= 0)
		return NULL;
	line[n] = '\0';
	return line;
}

START_TEST(a_line_has_the_form_of_rfc_3164)
{
	regex_t form;
	char want[200];

	syslog_line_open("test-milter", LOG_MAIL, path);
	syslog_line_send(LOG_WARNING, "virus: 'X' 100%");
	const char *line = got();
	ck_assert_ptr_nonnull(line);
	(void)snprintf(want, sizeof want,
	    "^<%d>[A-Z][a-z][a-z] [ 0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9] "
	    "test-milter\\[%ld\\]: virus: 'X' 100%%$",
	    LOG_MAIL | LOG_WARNING, (long)getpid());
	ck_assert_int_eq(regcomp(&form, want, REG_EXTENDED | REG_NOSUB), 0);
	ck_assert_msg(regexec(&form, line, 0, NULL, 0) == 0, "%s", line);
	regfree(&form);
}
END_TEST

/* With a send that waits, as in syslog(3), this test does not end. */
START_TEST(a_daemon_that_does_not_read_holds_nobody_up)
{
	unsigned lines = 0;

	syslog_line_open("test", LOG_MAIL, path);
	for (int i = 0; i < 5000; i++)
		syslog_line_send(LOG_INFO, "a line of some forty bytes, or so");
	while (got() != NULL)
		lines++;
	ck_assert_uint_gt(lines, 0);
	ck_assert_uint_lt(lines, 5000);
	syslog_line_send(LOG_INFO, "and on");
	ck_assert_ptr_nonnull(got());
}
END_TEST

START_TEST(a_daemon_that_was_restarted_is_found_again)
{
	syslog_line_open("test", LOG_MAIL, path);
	(void)close(daemon_fd);
	syslog_line_send(LOG_INFO, "lost");
	begin_daemon();
	syslog_line_send(LOG_INFO, "found");
	const char *line = got();
	ck_assert_ptr_nonnull(line);
	ck_assert_ptr_nonnull(strstr(line, "found"));
}
END_TEST

START_TEST(one_that_comes_after_us_is_found)
{
	(void)close(daemon_fd);
	ck_assert_int_eq(unlink(path), 0);
	syslog_line_open("test", LOG_MAIL, path);
	syslog_line_send(LOG_INFO, "lost");
	begin_daemon();
	syslog_line_send(LOG_INFO, "found");
	ck_assert_ptr_nonnull(got());
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("syslog_line");
	TCase *t = tcase_create("syslog_line");

	tcase_add_checked_fixture(t, before, after);
	tcase_add_test(t, a_line_has_the_form_of_rfc_3164);
	tcase_add_test(t, a_daemon_that_does_not_read_holds_nobody_up);
	tcase_add_test(t, a_daemon_that_was_restarted_is_found_again);
	tcase_add_test(t, one_that_comes_after_us_is_found);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
