/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/commands/stop.h"

enum { STOP_MS = 5000 };

void
stop_now(void *self)
{
	struct stop *s = self;

	loop_stop(s->loop);
}

static void
interrupted(void *self)
{
	struct stop *s = self;

	if (interrupt_count() > 1) {
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
	s->interrupt = (struct interrupt){ .came = interrupted, .self = s };
	s->patience = (struct timer){ .fire = stop_now, .self = s };
	return interrupt_watch(s->loop, &s->interrupt);
}
