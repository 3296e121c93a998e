/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/io/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t count, first;
static int wake[2] = { -1, -1 };

static void
on_signal(int number)
{
	int kept = errno;

	if (count == 0)
		first = number;
	if (count < 2)
		count++;
	if (wake[1] != -1)
		(void)!write(wake[1], "", 1); /* full: it is awake already */
	errno = kept;
}

/* Somebody who starts us with nohup wants us to outlive the terminal. */
static bool
is_ignored(int number)
{
	struct sigaction now;

	return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void
interrupt_take(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	if (!is_ignored(SIGHUP))
		(void)sigaction(SIGHUP, &action, NULL);
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
}

static void
woken(void *self, short revents)
{
	struct interrupt *i = self;
	char byte;

	(void)revents;
	while (read(wake[0], &byte, 1) == 1)
		;
	i->came(i->self);
}

bool
interrupt_watch(struct loop *l, struct interrupt *i)
{
	if (wake[1] == -1 && pipe2(wake, O_NONBLOCK | O_CLOEXEC) == -1)
		return false;
	i->watch =
	    (struct watch){ .fd = wake[0], .events = POLLIN, .ready = woken, .self = i };
	if (!loop_watch(l, &i->watch))
		return false;
	interrupt_take();
	return true;
}

unsigned
interrupt_count(void)
{
	return (unsigned)count;
}

int
interrupt_exit(void)
{
	return 128 + (int)first;
}

bool
interrupt_came(void *self)
{
	(void)self;
	return count > 0;
}
