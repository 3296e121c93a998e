/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * process_busy - does a milter compute although nobody asks it anything?
 *
 * A thread that is seen to sleep once is well.  One that never does must also have
 * used processor time, so that a busy machine, where a thread waits for its turn for
 * long, is no alarm.
 */
#include <unistd.h>

#include "base/clock.h"
#include "sim/check/nap.h"
#include "sim/check/process.h"
#include "sim/check/threads.h"

enum {
	THREADS = 64,       /* that are looked at */
	SPENT_MS = 500,     /* of processor time without a pause */
	WATCHED_MS = 30000, /* and no longer than this */
	LOOK_MS = 10,
};

struct thread {
	struct thread_look first;
	bool slept;
};

static size_t
running(const struct process *p, struct thread ret[THREADS])
{
	struct thread_look look[THREADS];
	size_t n = 0, found = threads_look(p->pid, look, THREADS);

	for (size_t i = 0; i < found; i++) {
		if (look[i].state == 'R')
			ret[n++] = (struct thread){ .first = look[i] };
	}
	return n;
}

/* Ticks without a pause; 0: it paused, or is gone. */
static unsigned long long
without_pause(const struct process *p, struct thread *t)
{
	struct thread_look now = t->first;

	t->slept = t->slept || !thread_look(p->pid, &now) || now.state != 'R';
	return t->slept ? 0 : now.spent - t->first.spent;
}

bool
process_spins(const struct process *p)
{
	long a_second = sysconf(_SC_CLK_TCK);
	unsigned long long most =
	    (unsigned long long)(a_second > 0 ? a_second : 100) * SPENT_MS / 1000;
	long long end = monotonic_ms() + WATCHED_MS;
	struct thread thread[THREADS];
	size_t n = running(p, thread), awake = n;

	while (awake > 0 && monotonic_ms() < end) {
		nap_ms(LOOK_MS);
		awake = 0;
		for (size_t i = 0; i < n; i++) {
			unsigned long long spent = without_pause(p, &thread[i]);
			if (spent >= most)
				return true;
			awake += !thread[i].slept;
		}
	}
	return false;
}

bool
process_starves(const struct process *p, unsigned ms)
{
	struct thread_look look[THREADS];
	size_t found = threads_look(p->pid, look, THREADS);
	unsigned long long spent = 0;
	bool wants = false;

	for (size_t i = 0; i < found; i++) {
		spent += look[i].spent;
		wants = wants || look[i].state == 'R' || look[i].state == 'D';
	}
	return wants && spent * 1000 / (unsigned long)sysconf(_SC_CLK_TCK) < ms / 2;
}
