/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/commands/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

enum { STOP_MS = 5000 };

/* A byte in a pipe, read by the loop. */
static int signal_pipe[2];

static void
on_signal(int number)
{
	int kept = errno;

	(void)number;
	if (write(signal_pipe[1], "", 1) == -1)
		errno = kept; /* full: enough of them */
	errno = kept;
}

void
stop_now(void *self)
{
	struct stop *s = self;

	loop_stop(s->loop);
}

static void
signalled(void *self, short revents)
{
	struct stop *s = self;
	char c;

	(void)revents;
	while (read(signal_pipe[0], &c, 1) == 1)
		s->asked++;
	if (s->asked > 1) {
		loop_stop(s->loop);
		return;
	}
	s->ask(s->self);
	if (!loop_set(s->loop, &s->patience, loop_now(s->loop) + STOP_MS))
		loop_stop(s->loop);
}

bool
stop_take_signals(struct stop *s)
{
	struct sigaction action = { .sa_handler = on_signal };

	if (pipe2(signal_pipe, O_NONBLOCK | O_CLOEXEC) == -1)
		return false;
	s->signals = (struct watch){
		.fd = signal_pipe[0], .events = POLLIN, .ready = signalled, .self = s
	};
	s->patience = (struct timer){ .fire = stop_now, .self = s };
	if (!loop_watch(s->loop, &s->signals))
		return false;
	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
	return true;
}
