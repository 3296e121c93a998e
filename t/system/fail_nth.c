/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fail_nth - preloaded, makes the Nth call of one kind fail, and only that one.
 *
 *	LD_PRELOAD=fail_nth.so FAIL_KIND=malloc FAIL_NTH=17 FAIL_FILE=/tmp/x PROGRAM
 *
 * FAIL_KIND is malloc (malloc, calloc and realloc count together), thread
 * (pthread_create) or read.  The number of calls seen is written to FAIL_FILE
 * at the end of the process, so that a test knows how many there are to fail.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_ulong seen;

static bool
due(const char *kind)
{
	static const char *wanted;
	static unsigned long nth;

	if (wanted == NULL) {
		const char *n = getenv("FAIL_NTH");
		wanted = getenv("FAIL_KIND");
		nth = n != NULL ? strtoul(n, NULL, 10) : 0;
		if (wanted == NULL)
			wanted = "";
	}
	return strcmp(kind, wanted) == 0 && atomic_fetch_add(&seen, 1) + 1 == nth;
}

/* glibc's own entry points: dlsym() itself allocates. */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

void *
malloc(size_t n)
{
	if (!due("malloc"))
		return __libc_malloc(n);
	errno = ENOMEM;
	return NULL;
}

void *
calloc(size_t n, size_t size)
{
	if (!due("malloc"))
		return __libc_calloc(n, size);
	errno = ENOMEM;
	return NULL;
}

void *
realloc(void *p, size_t n)
{
	if (!due("malloc"))
		return __libc_realloc(p, n);
	errno = ENOMEM;
	return NULL;
}

int
pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
	int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
	    NULL;

	if (due("thread"))
		return EAGAIN;
	*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	return real(t, attr, run, arg);
}

__attribute__((destructor)) static void
tell(void)
{
	const char *path = getenv("FAIL_FILE");
	char line[32];
	int n = snprintf(line, sizeof line, "%lu\n", atomic_load(&seen));
	int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;

	if (fd == -1)
		return;
	(void)!write(fd, line, (size_t)n);
	(void)close(fd);
}
