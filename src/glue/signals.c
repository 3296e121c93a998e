/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <unistd.h>

static int wake[2] = { -1, -1 };

static void
on_signal(int number)
{
	int before = errno;
	char byte = (char)number;

	(void)!write(wake[1], &byte, 1); /* full: it is awake already */
	errno = before;
}

static void
on_wake(int number)
{
	(void)number;
}

bool
signals_catch(void)
{
	static const int number[] = { SIGHUP, SIGUSR1, SIGTERM, SIGINT };
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) == -1)
		return false;
	for (size_t i = 0; i < sizeof number / sizeof number[0]; i++) {
		if (sigaction(number[i], &act, NULL) == -1)
			return false;
	}
	struct sigaction interrupt = { .sa_handler = on_wake };
	return sigaction(SIGNALS_WAKE, &interrupt, NULL) == 0;
}

struct wishes
signals_wait(int milliseconds)
{
	struct pollfd in = { .fd = wake[0], .events = POLLIN };
	struct wishes w = { false, false };
	char byte;

	(void)poll(&in, 1, milliseconds);
	while (read(wake[0], &byte, 1) == 1) {
		w.end = w.end || byte == SIGTERM || byte == SIGINT;
		w.reload = w.reload || byte == SIGHUP || byte == SIGUSR1;
	}
	return w;
}

/*
 * In place of the C library's, for libmilter alone: a thread of its own waits
 * there for HUP, TERM and INT, and ends the milter on each.  A signal that the
 * kernel has meant for our main thread can be taken away by that thread when
 * it comes to sigwait() at that moment; seen in 1 of 60 starts with a SIGHUP
 * right behind.  So it waits for nothing.
 */
int
sigwait(const sigset_t *restrict set, int *restrict number)
{
	(void)set;
	(void)number;
	for (;;)
		(void)pause();
}
