/* SPDX-License-Identifier: BSD-2-Clause */
/* process_look - what can be seen of a milter from outside. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "sim/check/process.h"

enum { NAME_ROOM = 200, LINE_ROOM = 1000 };

static void
say_signal(int number, struct text *out)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's has a buffer per thread */
	const char *name = strsignal(number);

	text_printf(out, "was killed by signal %d (%s)", number, name);
}

void
process_how(const struct process *p, struct text *out)
{
	if (!p->over)
		text_printf(out, "still runs");
	else if (p->status == -1)
		text_printf(out, "ended");
	else if (WIFSIGNALED(p->status))
		say_signal(WTERMSIG(p->status), out);
	else
		text_printf(out, "exited with %d", WEXITSTATUS(p->status));
}

static FILE *
output(const struct process *p)
{
	char name[NAME_ROOM];

	(void)snprintf(name, sizeof name, "%s/output", p->dir);
	return fopen(name, "re");
}

/* Words that begin a report of a sanitizer, valgrind or the C library. */
static const char *const reports[] = {
	"ERROR: AddressSanitizer",
	"ERROR: LeakSanitizer",
	"WARNING: ThreadSanitizer",
	"WARNING: MemorySanitizer",
	"runtime error: ",
	"Invalid read of size",
	"Invalid write of size",
	"free(): invalid",
	"double free or corruption",
	"stack smashing detected",
	"panic: runtime error",
};

bool
process_sanitizer(const struct process *p, struct text *ret_line)
{
	FILE *f = output(p);
	char line[LINE_ROOM];
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof line, f) != NULL) {
		for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++)
			found = found || strstr(line, reports[i]) != NULL;
	}
	if (found)
		text_append_escaped(ret_line, slice_trim(slice_of(line)), 300);
	if (f != NULL)
		(void)fclose(f);
	return found;
}

void
process_words(const struct process *p, size_t most, struct text *out)
{
	FILE *f = output(p);
	char line[LINE_ROOM];

	if (f == NULL)
		return;
	if (fseek(f, -(long)most, SEEK_END) == -1)
		rewind(f);
	else if (fgets(line, sizeof line, f) == NULL) /* a line that is cut */
		text_printf(out, "...\n");
	while (fgets(line, sizeof line, f) != NULL) {
		text_append_escaped(out, slice_trim(slice_of(line)), LINE_ROOM);
		text_printf(out, "\n");
	}
	(void)fclose(f);
}

/* "/proc/PID/what", what it shows of a process; NULL: nothing, or no longer. */
static FILE *
shown(long pid, const char *what)
{
	char name[NAME_ROOM];

	(void)snprintf(name, sizeof name, "/proc/%ld/%s", pid, what);
	return fopen(name, "re");
}

static DIR *
shown_folder(long pid, const char *what)
{
	char name[NAME_ROOM];

	(void)snprintf(name, sizeof name, "/proc/%ld/%s", pid, what);
	return opendir(name);
}

static bool
count_descriptors(const struct process *p, unsigned *ret)
{
	struct dirent *e;
	DIR *d = shown_folder(p->pid, "fd");

	if (d == NULL)
		return false;
	*ret = 0;
	while ((e = readdir(d)) != NULL)
		*ret += e->d_name[0] != '.';
	(void)closedir(d);
	return true;
}

static bool
is_zombie(long pid)
{
	char line[LINE_ROOM];
	FILE *f = shown(pid, "stat");

	if (f == NULL)
		return false;
	bool read = fgets(line, sizeof line, f) != NULL;
	(void)fclose(f);
	const char *end = read ? strrchr(line, ')') : NULL; /* of its name */
	return end != NULL && strncmp(end, ") Z", 3) == 0;
}

/* Of a thread: the kernel keeps children by who has forked them. */
static unsigned
dead_of(long pid, const char *thread)
{
	char name[NAME_ROOM / 2], line[LINE_ROOM], *at = line, *end;
	unsigned n = 0;
	long child;

	(void)snprintf(name, sizeof name, "task/%.20s/children", thread);
	FILE *f = shown(pid, name);
	if (f == NULL)
		return 0;
	/* One line; of a hundred and more the first will do. */
	if (fgets(line, sizeof line, f) == NULL)
		line[0] = '\0';
	for (; (child = strtol(at, &end, 10)) > 0 && end != at; at = end)
		n += is_zombie(child);
	(void)fclose(f);
	return n;
}

/* Where the kernel does not tell, none. */
static unsigned
count_dead(const struct process *p)
{
	struct dirent *e;
	unsigned n = 0;
	DIR *d = shown_folder(p->pid, "task");

	while (d != NULL && (e = readdir(d)) != NULL)
		n += e->d_name[0] != '.' ? dead_of(p->pid, e->d_name) : 0;
	if (d != NULL)
		(void)closedir(d);
	return n;
}

/* Libraries that keep books of their own on all memory, which grow. */
static const char *const book_keepers[] = { "libasan.so", "libtsan.so", "liblsan.so",
	"valgrind" };

bool
process_keeps_books(const struct process *p)
{
	FILE *f = shown(p->pid, "maps");
	char line[LINE_ROOM];
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof line, f) != NULL) {
		for (size_t i = 0; i < sizeof book_keepers / sizeof book_keepers[0]; i++)
			found = found || strstr(line, book_keepers[i]) != NULL;
	}
	if (f != NULL)
		(void)fclose(f);
	return found;
}

bool
process_measure(const struct process *p, struct process_figures *ret)
{
	FILE *f = shown(p->pid, "status");
	char line[LINE_ROOM];

	*ret = (struct process_figures){ .threads = 0 };
	if (f == NULL)
		return false;
	while (fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, "VmRSS:", 6) == 0)
			ret->resident_kib = strtoul(line + 6, NULL, 10);
		else if (strncmp(line, "VmHWM:", 6) == 0)
			ret->most_kib = strtoul(line + 6, NULL, 10);
		else if (strncmp(line, "VmData:", 7) == 0)
			ret->set_aside_kib = strtoul(line + 7, NULL, 10);
		else if (strncmp(line, "Threads:", 8) == 0)
			ret->threads = (unsigned)strtoul(line + 8, NULL, 10);
	}
	(void)fclose(f);
	ret->dead = count_dead(p);
	return count_descriptors(p, &ret->descriptors) && ret->threads > 0;
}
