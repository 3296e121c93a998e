/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "glue/folder.h"

static bool
fail(struct text *why, const char *path, const char *what)
{
	text_printf(why, "pid-file '%s': %s", path, what);
	return false;
}

static const char *
reason(void)
{
	switch (errno) {
	case EPERM: return "its folder can be written by somebody else";
	case ENOTDIR:
	case ELOOP: return "a part of its folder is a link or no folder; write it out";
	default: return strerror(errno);
	}
}

/* What a process before left is removed, never written to. */
static bool
write_fresh(struct pid_file *p, const char *path, struct text *why)
{
	char line[32];
	int n = snprintf(line, sizeof line, "%ld\n", (long)getpid());

	if (unlinkat(p->folder_fd, p->name, 0) == -1 && errno != ENOENT)
		return fail(why, path, strerror(errno));
	p->fd = openat(p->folder_fd, p->name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (p->fd == -1 || fchmod(p->fd, 0644) == -1 ||
	    write(p->fd, line, (size_t)n) != n)
		return fail(why, path, strerror(errno));
	return true;
}

bool
pid_file_make(struct pid_file *p, const char *path, struct text *why)
{
	struct slice whole = slice_of(path);
	size_t slash = slice_find_last(whole, '/');

	*p = (struct pid_file)PID_FILE_NONE;
	if (whole.len == 0)
		return true;
	if (path[0] != '/' || slash + 1 == whole.len)
		return fail(why, path, "want a whole path, /run/NAME.pid");
	if ((p->name = strdup(path + slash + 1)) == NULL)
		return fail(why, path, "out of memory");
	p->folder_fd = folder_open_own(whole);
	if (p->folder_fd == -1)
		return fail(why, path, reason());
	return write_fresh(p, path, why);
}

/* A process that was started meanwhile has put its own there. */
static bool
is_still_there(const struct pid_file *p)
{
	struct stat ours, there;

	return fstat(p->fd, &ours) == 0 &&
	       fstatat(p->folder_fd, p->name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

void
pid_file_remove(struct pid_file *p)
{
	/* Emptied, nobody is killed by it; what a successor wrote is another file. */
	if (p->fd != -1 &&
	    (!is_still_there(p) || unlinkat(p->folder_fd, p->name, 0) == -1))
		(void)!ftruncate(p->fd, 0);
	if (p->fd != -1)
		(void)close(p->fd);
	if (p->folder_fd != -1)
		(void)close(p->folder_fd);
	free(p->name);
	*p = (struct pid_file)PID_FILE_NONE;
}
