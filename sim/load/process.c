/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/load/process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool
read_cpu(pid_t pid, uint64_t *ret)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
		return false;
	*ret = (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
	return true;
}

/* From a line of the kernel's, "VmRSS:     1234 kB". */
static void
read_figure(const char *line, const char *name, long *ret)
{
	size_t n = strlen(name);

	if (strncmp(line, name, n) == 0)
		*ret = strtol(line + n, NULL, 10);
}

static void
read_status(pid_t pid, struct load_usage *ret)
{
	char path[64], line[256];
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
	if ((f = fopen(path, "r")) == NULL)
		return;
	while (fgets(line, sizeof line, f) != NULL) {
		read_figure(line, "VmRSS:", &ret->memory_kb);
		read_figure(line, "Threads:", &ret->threads);
	}
	(void)fclose(f);
}

static long
count_descriptors(pid_t pid)
{
	char path[64];
	long n = 0;
	DIR *d;

	(void)snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
	if ((d = opendir(path)) == NULL)
		return -1;
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

bool
load_usage_read(pid_t pid, struct load_usage *ret)
{
	struct load_usage u = { .memory_kb = -1, .threads = -1 };

	if (pid == 0)
		pid = getpid();
	if (!read_cpu(pid, &u.cpu_us))
		return false;
	read_status(pid, &u);
	u.descriptors = count_descriptors(pid);
	*ret = u;
	return true;
}
