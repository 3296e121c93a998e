/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_own(int folder)
{
	struct stat st;

	return fstat(folder, &st) == 0 && (st.st_uid == 0 || st.st_uid == geteuid()) &&
	       (!(st.st_mode & (S_IWGRP | S_IWOTH)) || (st.st_mode & S_ISVTX));
}

/* One step down. */
static int
enter(int from, struct slice name)
{
	char buffer[256];

	if (name.len >= sizeof buffer) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(buffer, name.ptr, name.len);
	buffer[name.len] = '\0';
	int fd = openat(from, buffer, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd != -1 && !is_own(fd)) {
		(void)close(fd);
		errno = EPERM;
		return -1;
	}
	return fd;
}

int
folder_open_own(struct slice path)
{
	struct slice left = slice_first(path, slice_find_last(path, '/'));
	int at = enter(AT_FDCWD, SLICE("/"));

	while (at != -1 && left.len > 0) {
		struct slice name = slice_first(left, slice_find(left, '/'));
		left = slice_from(left, name.len + 1);
		if (name.len == 0)
			continue;
		int next = enter(at, name);
		int reason = errno;
		(void)close(at);
		errno = reason;
		at = next;
	}
	return at;
}
