/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 20 };

static bool
fault(struct text *why, const char *path, const char *what)
{
	text_printf(why, "%s: %s", path, what);
	return false;
}

static bool
system_fault(struct text *why, const char *path, const char *what)
{
	/* %m and not strerror(), which need not be thread-safe. */
	text_printf(why, "%s: %s: %m", path, what);
	return false;
}

static bool
is_acceptable(const struct stat *st, size_t most, const char *path, struct text *why)
{
	if (S_ISDIR(st->st_mode))
		return fault(why, path, "is a directory, name the file in it");
	if (!S_ISREG(st->st_mode))
		return fault(why, path, "is no regular file, put the text into one");
	if (st->st_mode & S_IWOTH)
		return fault(why, path, "everybody may write to it, chmod o-w it");
	if ((unsigned long long)st->st_size > most) {
		text_printf(
		    why, "%s: is larger than %zu bytes, make it shorter", path, most);
		return false;
	}
	return true;
}

static bool
read_blocks(int fd, char *block, const char *path, struct text *ret, struct text *why)
{
	for (;;) {
		ssize_t n = read(fd, block, BLOCK);

		if (n == 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return system_fault(why, path, "cannot be read");
		/* It may have grown since it was looked at. */
		if (text_append(ret, (struct slice){ block, (size_t)n }) != TEXT_OK)
			return fault(why, path, "is too large, or memory is out");
	}
}

static bool
read_open(int fd, const char *path, struct text *ret, struct text *why)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return system_fault(why, path, "cannot be examined");
	if (!is_acceptable(&st, ret->limit - ret->len, path, why))
		return false;
	char *block = malloc(BLOCK);
	bool ok = block != NULL ? read_blocks(fd, block, path, ret, why)
				: fault(why, path, "cannot be read, memory is out");
	free(block);
	return ok;
}

bool
text_file_read(const char *path, struct text *ret, struct text *why)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1)
		return system_fault(why, path, "cannot be opened");
	bool ok = read_open(fd, path, ret, why);
	(void)close(fd);
	return ok;
}
