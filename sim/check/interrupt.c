/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t count, first;

static void
on_signal(int number)
{
	if (count == 0)
		first = number;
	if (count < 2)
		count++;
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
