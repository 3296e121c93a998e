/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 64 << 10 };

static const char *
fault(int fd, size_t most)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (st.st_size > (off_t)most)
		return "too large for what it should be";
	return NULL;
}

static const char *
read_on(int fd, struct text *ret)
{
	static const char too_large[] = "too large for what it should be";
	char piece[PIECE];

	for (;;) {
		ssize_t n = read(fd, piece, sizeof piece);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return strerror(errno);
		if (n == 0)
			return NULL;
		enum text_status s = text_append(ret, (struct slice){ piece, (size_t)n });
		if (s != TEXT_OK)
			return s == TEXT_FULL ? too_large : "no memory";
	}
}

bool
file_read_fd(int fd, const char *name, size_t most, struct text *ret, struct text *why)
{
	*ret = (struct text)TEXT_INIT(most);
	const char *wrong = fault(fd, most);
	if (wrong == NULL)
		wrong = read_on(fd, ret);
	if (wrong == NULL)
		return true;
	text_printf(why, "%s: %s", name, wrong);
	text_clear(ret);
	return false;
}

bool
file_read(const char *path, size_t most, struct text *ret, struct text *why)
{
	/* O_NONBLOCK: the open itself must not wait for a writer of a FIFO. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	*ret = (struct text)TEXT_INIT(most);
	if (fd == -1) {
		text_printf(why, "%s: %s", path, strerror(errno));
		return false;
	}
	bool ok = file_read_fd(fd, path, most, ret, why);
	(void)close(fd);
	return ok;
}
