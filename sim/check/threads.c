/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/threads.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXITING = 0x4 }; /* PF_EXITING of include/linux/sched.h, since Linux 2.4 */

/* Field n of the line; `at` is at the state, which is field 3. */
static unsigned long long
field(const char *at, int n)
{
	for (; n > 3 && at != NULL; n--)
		at = strchr(at + 1, ' ');
	return at != NULL ? strtoull(at, NULL, 10) : 0;
}

/* The name before the state, in parentheses, may hold anything. */
static bool
read_fields(const char *line, struct thread_look *ret)
{
	const char *at = strrchr(line, ')');

	if (at == NULL || at[1] != ' ' || at[2] == '\0')
		return false;
	ret->state = at[2];
	ret->exiting = (field(at + 2, 9) & EXITING) != 0;
	ret->spent = field(at + 2, 14) + field(at + 2, 15); /* utime and stime */
	return true;
}

bool
thread_look(pid_t pid, struct thread_look *ret)
{
	char name[64], line[1000];

	(void)snprintf(name, sizeof name, "/proc/%ld/task/%s/stat", (long)pid, ret->id);
	FILE *f = fopen(name, "re");
	bool ok = f != NULL && fgets(line, sizeof line, f) != NULL;
	if (f != NULL)
		(void)fclose(f);
	return ok && read_fields(line, ret);
}

static DIR *
tasks(pid_t pid)
{
	char name[64];

	(void)snprintf(name, sizeof name, "/proc/%ld/task", (long)pid);
	return opendir(name);
}

/* The next that can be looked at. */
static bool
next(DIR *d, pid_t pid, struct thread_look *ret)
{
	struct dirent *e;

	while ((e = readdir(d)) != NULL) {
		*ret = (struct thread_look){ .spent = 0 };
		(void)snprintf(ret->id, sizeof ret->id, "%.15s", e->d_name);
		if (isdigit((unsigned char)ret->id[0]) && thread_look(pid, ret))
			return true;
	}
	return false;
}

size_t
threads_look(pid_t pid, struct thread_look *ret, size_t room)
{
	DIR *d = tasks(pid);
	size_t n = 0;

	while (d != NULL && n < room && next(d, pid, &ret[n]))
		n++;
	if (d != NULL)
		(void)closedir(d);
	return n;
}

static bool
has_ended(const struct thread_look *t)
{
	return t->state == 'Z' || t->state == 'X';
}

static bool
is_exiting(const struct thread_look *t)
{
	return t->exiting || has_ended(t);
}

/* Is there a thread, and is this true of each? */
static bool
all(pid_t pid, bool (*is)(const struct thread_look *))
{
	DIR *d = tasks(pid);
	struct thread_look t;
	bool found = false, each = true;

	while (d != NULL && each && next(d, pid, &t)) {
		found = true;
		each = is(&t);
	}
	if (d != NULL)
		(void)closedir(d);
	return found && each;
}

bool
threads_ended(pid_t pid)
{
	return all(pid, has_ended);
}

bool
threads_exiting(pid_t pid)
{
	return all(pid, is_exiting);
}
