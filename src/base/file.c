/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 64 << 10 };

static const char too_large[] = "larger than such a file may be, make it shorter";

/* %m and not strerror(), which need not be thread-safe. */
static bool
system_fault(struct text *why, const char *name, const char *what)
{
	text_printf(why, "%s: %s: %m", name, what);
	return false;
}

static const char *
fault_of(const struct stat *st, size_t most, mode_t forbidden)
{
	if (S_ISDIR(st->st_mode))
		return "a directory, name the file in it";
	if (!S_ISREG(st->st_mode))
		return "not a regular file, put the text into one";
	if (st->st_mode & forbidden)
		return "everybody may write to it, chmod o-w it";
	return (unsigned long long)st->st_size > most ? too_large : NULL;
}

static bool
look(int fd, const char *name, struct stat *ret, struct text *why)
{
	return fstat(fd, ret) == 0 || system_fault(why, name, "cannot be examined");
}

static bool
check(const struct stat *st, const char *name, size_t most, mode_t forbidden,
    struct text *why)
{
	const char *fault = fault_of(st, most, forbidden);

	if (fault != NULL)
		text_printf(why, "%s: %s", name, fault);
	return fault == NULL;
}

bool
file_differs(const struct stat *a, const struct stat *b)
{
	return a->st_ino != b->st_ino || a->st_dev != b->st_dev ||
	       a->st_size != b->st_size || a->st_mtim.tv_sec != b->st_mtim.tv_sec ||
	       a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

/* Half a list is a list, too, and nobody would see what is missing. */
static bool
check_unchanged(int fd, const char *name, const struct stat *before, struct text *why)
{
	struct stat now;

	if (!look(fd, name, &now, why))
		return false;
	if (!file_differs(&now, before))
		return true;
	text_printf(why,
	    "%s: was written to while it was read, write a new one beside it and rename "
	    "that",
	    name);
	return false;
}

static bool
read_on(int fd, const char *name, struct text *ret, struct text *why)
{
	char piece[PIECE];

	for (;;) {
		ssize_t n = read(fd, piece, sizeof piece);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return system_fault(why, name, "cannot be read");
		if (n == 0)
			return true;
		/* It may have grown since it was looked at. */
		enum text_status s = text_append(ret, (struct slice){ piece, (size_t)n });
		if (s == TEXT_OK)
			continue;
		text_printf(
		    why, "%s: %s", name, s == TEXT_FULL ? too_large : "no memory");
		return false;
	}
}

bool
file_read(const char *path, size_t most, struct text *ret, struct text *why)
{
	/* O_NONBLOCK: the open itself must not wait for a writer of a FIFO. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	*ret = (struct text)TEXT_INIT(most);
	if (fd == -1)
		return system_fault(why, path, "cannot be opened");
	bool ok = look(fd, path, &st, why) && check(&st, path, most, S_IWOTH, why) &&
		  read_on(fd, path, ret, why) && check_unchanged(fd, path, &st, why);
	(void)close(fd);
	if (!ok)
		text_clear(ret);
	return ok;
}
