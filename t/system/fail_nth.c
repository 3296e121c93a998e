/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fail_nth - preloaded, makes the Nth call of one kind fail, and only that one.
 *
 *	LD_PRELOAD=fail_nth.so FAIL_KIND=malloc FAIL_NTH=17 FAIL_FILE=/tmp/x PROGRAM
 *
 * FAIL_KIND is malloc (malloc, calloc and realloc count together), thread
 * (pthread_create), open (EMFILE), write (to a file or a socket: ENOSPC), close
 * (it is closed and says EIO), fsync (EIO) or rename (ENOSPC).  The C library's
 * own calls of these are not seen.  The number of calls seen is written to
 * FAIL_FILE at the end of the process, so that a test knows how many there are
 * to fail.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
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

/* The name after mine, as a function of the type of `f`. */
#define NEXT(f) ((__typeof__(&(f)))dlsym(RTLD_NEXT, #f))

static int
fails(const char *kind, int error)
{
	if (!due(kind))
		return 0;
	errno = error;
	return -1;
}

static mode_t
mode_of(int flags, va_list ap)
{
	bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;

	return makes ? va_arg(ap, mode_t) : 0;
}

#define OPEN(name)                                                                       \
	int name(const char *path, int flags, ...)                                       \
	{                                                                                \
		va_list ap;                                                              \
                                                                                         \
		va_start(ap, flags);                                                     \
		mode_t mode = mode_of(flags, ap);                                        \
		va_end(ap);                                                              \
		return fails("open", EMFILE) ? -1 : NEXT(name)(path, flags, mode);       \
	}
#define OPENAT(name)                                                                     \
	int name(int at, const char *path, int flags, ...)                               \
	{                                                                                \
		va_list ap;                                                              \
                                                                                         \
		va_start(ap, flags);                                                     \
		mode_t mode = mode_of(flags, ap);                                        \
		va_end(ap);                                                              \
		return fails("open", EMFILE) ? -1 : NEXT(name)(at, path, flags, mode);   \
	}
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

/* What these are called where FORTIFY_SOURCE looks after the mode. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int at, const char *path, int flags);
int __openat64_2(int at, const char *path, int flags);

int
__open_2(const char *path, int flags)
{
	return fails("open", EMFILE) ? -1 : NEXT(__open_2)(path, flags);
}

int
__open64_2(const char *path, int flags)
{
	return fails("open", EMFILE) ? -1 : NEXT(__open64_2)(path, flags);
}

int
__openat_2(int at, const char *path, int flags)
{
	return fails("open", EMFILE) ? -1 : NEXT(__openat_2)(at, path, flags);
}

int
__openat64_2(int at, const char *path, int flags)
{
	return fails("open", EMFILE) ? -1 : NEXT(__openat64_2)(at, path, flags);
}

/* A pipe has no disk that could be full: nothing in the world fails so. */
static bool
write_fails(int fd)
{
	struct stat st;
	int error = errno;
	bool counts =
	    fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISSOCK(st.st_mode));

	errno = error;
	return counts && fails("write", ENOSPC) != 0;
}

ssize_t
write(int fd, const void *from, size_t n)
{
	return write_fails(fd) ? -1 : NEXT(write)(fd, from, n);
}

ssize_t
writev(int fd, const struct iovec *from, int n)
{
	return write_fails(fd) ? -1 : NEXT(writev)(fd, from, n);
}

ssize_t
send(int fd, const void *from, size_t n, int flags)
{
	return write_fails(fd) ? -1 : NEXT(send)(fd, from, n, flags);
}

int
close(int fd)
{
	int r = NEXT(close)(fd);

	return fails("close", EIO) ? -1 : r;
}

int
fsync(int fd)
{
	return fails("fsync", EIO) ? -1 : NEXT(fsync)(fd);
}

int
fdatasync(int fd)
{
	return fails("fsync", EIO) ? -1 : NEXT(fdatasync)(fd);
}

int
rename(const char *from, const char *to)
{
	return fails("rename", ENOSPC) ? -1 : NEXT(rename)(from, to);
}

int
renameat(int at, const char *from, int at_to, const char *to)
{
	return fails("rename", ENOSPC) ? -1 : NEXT(renameat)(at, from, at_to, to);
}

int
renameat2(int at, const char *from, int at_to, const char *to, unsigned flags)
{
	return fails("rename", ENOSPC) ? -1 : NEXT(renameat2)(at, from, at_to, to, flags);
}

__attribute__((destructor)) static void
tell(void)
{
	const char *path = getenv("FAIL_FILE");
	char line[32];
	int n = snprintf(line, sizeof line, "%lu\n", atomic_load(&seen));
	int fd = path != NULL
		     ? NEXT(open)(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
		     : -1;

	if (fd == -1)
		return;
	(void)!NEXT(write)(fd, line, (size_t)n);
	(void)NEXT(close)(fd);
}
