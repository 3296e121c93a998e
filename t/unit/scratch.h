/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_SCRATCH_H
#define T_UNIT_SCRATCH_H

/* A directory of a test's own, files in it, and its end. */

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/slice.h"
#include "t/unit/runner.h"

struct scratch {
	char path[64];
	int fd;
};

static inline void
scratch_setup(struct scratch *s)
{
	memcpy(s->path, "/tmp/refmilter-XXXXXX", sizeof "/tmp/refmilter-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(s->path));
	s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(s->fd, -1);
}

static int
scratch_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
scratch_teardown(struct scratch *s)
{
	(void)close(s->fd);
	ck_assert_int_eq(nftw(s->path, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* Mode 0600, or as given afterwards by chmod. */
static inline void
scratch_write(struct scratch *s, const char *name, struct slice content)
{
	int fd = openat(s->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, content.ptr, content.len), (ssize_t)content.len);
	ck_assert_int_eq(close(fd), 0);
}

static inline void
scratch_mkdir(struct scratch *s, const char *name)
{
	ck_assert_int_eq(mkdirat(s->fd, name, 0700), 0);
}

static inline const char *
scratch_path(const struct scratch *s, const char *name, char buffer[128])
{
	(void)snprintf(buffer, 128, "%s/%s", s->path, name);
	return buffer;
}

#endif
