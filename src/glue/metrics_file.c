/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/metrics_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { PATH_MAX_BYTES = 4096 };

static int
write_whole(int fd, struct slice rest)
{
	while (rest.len > 0) {
		ssize_t n = write(fd, rest.ptr, rest.len);
		if (n == 0)
			return ENOSPC;
		if (n == -1 && errno != EINTR)
			return errno;
		rest = slice_from(rest, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

/* Network file systems may say only at close() that the disk is full. */
static int
write_file(const char *path, struct slice content)
{
	(void)unlink(path); /* what a process left that was killed */
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd == -1)
		return errno;
	int error = write_whole(fd, content);
	if (error == 0 && fchmod(fd, 0644) == -1)
		error = errno;
	if (close(fd) == -1 && error == 0)
		error = errno;
	return error;
}

int
metrics_file_put(const char *path, struct slice content)
{
	struct text fresh = TEXT_INIT(PATH_MAX_BYTES);

	if (text_append(&fresh, slice_of(path)) != TEXT_OK ||
	    text_append(&fresh, SLICE(".tmp")) != TEXT_OK) {
		text_clear(&fresh);
		return ENAMETOOLONG;
	}
	int error = write_file(text_cstr(&fresh), content);
	if (error == 0 && rename(text_cstr(&fresh), path) == -1)
		error = errno;
	if (error != 0)
		(void)unlink(text_cstr(&fresh));
	text_clear(&fresh);
	return error;
}
