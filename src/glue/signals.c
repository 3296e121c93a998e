/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static int wake[2] = { -1, -1 };
static atomic_bool reload_wanted, end_wanted;

static void
on_signal(int number)
{
	int before = errno;
	bool end = number == SIGTERM || number == SIGINT;

	atomic_store(end ? &end_wanted : &reload_wanted, true);
	(void)!write(wake[1], "", 1); /* full: it is awake already */
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
	char bytes[4096];

	(void)poll(&in, 1, milliseconds);
	while (read(wake[0], bytes, sizeof bytes) > 0)
		;
	/* In this order: a signal between the two wakes us once for nothing. */
	return (struct wishes){ atomic_exchange(&reload_wanted, false),
		atomic_exchange(&end_wanted, false) };
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
