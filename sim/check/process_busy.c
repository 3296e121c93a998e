/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * process_busy - does a milter compute although nobody asks it anything?
 *
 * A thread that is seen to sleep once is well.  One that never does must also have
 * used processor time, so that a busy machine, where a thread waits for its turn for
 * long, is no alarm.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "sim/check/nap.h"
#include "sim/check/process.h"

enum {
	THREADS = 64,       /* that are looked at */
	SPENT_MS = 500,     /* of processor time without a pause */
	WATCHED_MS = 30000, /* and no longer than this */
	LOOK_MS = 10,
};

struct thread {
	char id[16];
	unsigned long long spent; /* clock ticks, at the first look */
	bool slept;
};

/* State and ticks of one thread; false: it is gone. */
static bool
look(const struct process *p, const char *id, char *ret_state, unsigned long long *ret)
{
	char name[64], line[1000];
	unsigned long long user = 0, kernel = 0;

	(void)snprintf(name, sizeof name, "/proc/%ld/task/%s/stat", (long)p->pid, id);
	FILE *f = fopen(name, "re");
	bool ok = f != NULL && fgets(line, sizeof line, f) != NULL;
	if (f != NULL)
		(void)fclose(f);
	/* The name of the program, in parentheses, may hold anything. */
	char *at = ok ? strrchr(line, ')') : NULL;
	if (at == NULL || at[1] != ' ' || at[2] == '\0')
		return false;
	*ret_state = at[2];
	char *field = at + 3;
	for (int i = 4; i < 14 && field != NULL; i++) /* utime is field 14 */
		field = strchr(field + 1, ' ');
	if (field == NULL)
		return false;
	user = strtoull(field, &field, 10);
	kernel = strtoull(field, NULL, 10);
	*ret = user + kernel;
	return true;
}

static size_t
running(const struct process *p, struct thread ret[THREADS])
{
	char name[64], state;
	struct dirent *e;
	size_t n = 0;

	(void)snprintf(name, sizeof name, "/proc/%ld/task", (long)p->pid);
	DIR *d = opendir(name);
	while (d != NULL && n < THREADS && (e = readdir(d)) != NULL) {
		struct thread *t = &ret[n];
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		*t = (struct thread){ .slept = false };
		(void)snprintf(t->id, sizeof t->id, "%.15s", e->d_name);
		n += look(p, t->id, &state, &t->spent) && state == 'R';
	}
	if (d != NULL)
		(void)closedir(d);
	return n;
}

/* Ticks without a pause; 0: it paused, or is gone. */
static unsigned long long
without_pause(const struct process *p, struct thread *t)
{
	unsigned long long now = t->spent;
	char state = 'S';

	t->slept = t->slept || !look(p, t->id, &state, &now) || state != 'R';
	return t->slept ? 0 : now - t->spent;
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
