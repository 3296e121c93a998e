/* SPDX-License-Identifier: BSD-2-Clause */
/* When is a milter over?  Its peers, its parent and its first thread each know another.
 */
#include "t/unit/runner.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/check/process.h"
#include "sim/check/threads.h"

static void
is_over(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static void *
serve_on(void *say)
{
	(void)!write(*(int *)say, "", 1);
	for (;;)
		(void)pause();
	return NULL;
}

START_TEST(a_process_outlives_its_first_thread)
{
	struct thread_look first = { .state = 'R' };
	int said[2];
	pthread_t other;

	ck_assert_int_eq(pipe(said), 0);
	pid_t pid = fork();
	if (pid == 0) {
		(void)pthread_create(&other, NULL, serve_on, &said[1]);
		pthread_exit(NULL);
	}
	char byte;
	ck_assert_int_eq(read(said[0], &byte, 1), 1);
	(void)snprintf(first.id, sizeof first.id, "%ld", (long)pid);
	while (first.state != 'Z')
		ck_assert(thread_look(pid, &first));
	ck_assert(first.exiting);
	ck_assert(!threads_ended(pid));
	ck_assert(!threads_exiting(pid));
	is_over(pid);
	ck_assert(!threads_ended(pid)); /* nobody is there to ask */
}
END_TEST

START_TEST(one_that_only_its_parent_keeps_has_ended)
{
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	ck_assert(threads_ended(pid));
	ck_assert(threads_exiting(pid));
	is_over(pid);
}
END_TEST

/* Holds so much open that its peer hears of its end well before its parent does. */
static void
hold_much_and_end(void)
{
	struct rlimit most;

	(void)getrlimit(RLIMIT_NOFILE, &most);
	most.rlim_cur = most.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &most);
	for (int i = 0; i < 20000; i++)
		(void)socket(AF_UNIX, SOCK_STREAM, 0);
	_exit(0);
}

START_TEST(who_has_closed_on_its_way_out_does_not_stay)
{
	int pair[2];
	struct process p = { .ours = _i == 1, .status = -1 };

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	p.pid = fork();
	if (p.pid == 0) {
		(void)close(pair[0]);
		hold_much_and_end();
	}
	(void)close(pair[1]);
	struct pollfd f = { .fd = pair[0], .events = POLLIN };
	ck_assert_int_eq(poll(&f, 1, -1), 1);
	/* As somebody else's child it is a zombie for as long as we leave it one. */
	ck_assert(!process_stays(&p));
	if (!p.ours)
		ck_assert_int_eq(waitpid(p.pid, NULL, 0), p.pid);
}
END_TEST

static Suite *
make_suite(void)
{
	Suite *s = suite_create("threads");
	TCase *c = tcase_create("threads");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, a_process_outlives_its_first_thread);
	tcase_add_test(c, one_that_only_its_parent_keeps_has_ended);
	tcase_add_loop_test(c, who_has_closed_on_its_way_out_does_not_stay, 0, 2);
	suite_add_tcase(s, c);
	return s;
}

RUN_SUITE(make_suite)
