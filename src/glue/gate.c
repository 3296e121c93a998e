/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/gate.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

enum { CAUSES_MAX = 64, CAUSE_LENGTH = 64 };

struct cause {
	char name[CAUSE_LENGTH];
	time_t last;
	unsigned long held;
};

static struct {
	pthread_mutex_t lock;
	time_t (*now)(void);
	struct cause
	    cause[CAUSES_MAX]; /* the last one is shared by all that find no place */
	size_t used;
} gate = { .lock = PTHREAD_MUTEX_INITIALIZER };

static time_t
monotonic(void)
{
	return (time_t)(monotonic_ms() / 1000);
}

static struct cause *
find(const char *name, bool *ret_fresh)
{
	*ret_fresh = false;
	for (size_t i = 0; i < gate.used; i++) {
		if (strncmp(gate.cause[i].name, name, CAUSE_LENGTH - 1) == 0)
			return &gate.cause[i];
	}
	if (gate.used == CAUSES_MAX)
		return &gate.cause[CAUSES_MAX - 1];
	*ret_fresh = true;
	struct cause *c = &gate.cause[gate.used++];
	(void)strncpy(c->name, name, CAUSE_LENGTH - 1);
	return c;
}

static void
say(void *self, const char *name, const char *text)
{
	bool fresh;

	(void)self;
	pthread_mutex_lock(&gate.lock);
	time_t now = gate.now != NULL ? gate.now() : monotonic();
	struct cause *c = find(name, &fresh);
	bool due = fresh || now - c->last >= GATE_SECONDS;
	unsigned long held = c->held;
	if (due) {
		c->last = now;
		c->held = 0;
	} else {
		c->held++;
	}
	pthread_mutex_unlock(&gate.lock);
	if (due && held > 0)
		log_warning("%s: %s (and %lu times more before)", name, text, held);
	else if (due)
		log_warning("%s: %s", name, text);
}

const struct report *
gate_report(void)
{
	static const struct report r = { say, NULL };

	return &r;
}

void
gate_set_clock(time_t (*now)(void))
{
	pthread_mutex_lock(&gate.lock);
	gate.now = now;
	gate.used = 0;
	memset(gate.cause, 0, sizeof gate.cause);
	pthread_mutex_unlock(&gate.lock);
}
