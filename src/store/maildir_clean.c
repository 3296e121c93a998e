/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/maildir_clean.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_leftover(int fd, const char *name, time_t before)
{
	struct stat st;

	return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       st.st_mtime < before;
}

size_t
maildir_clean(int fd, time_t before)
{
	size_t removed = 0;
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = again != -1 ? fdopendir(again) : NULL;
	struct dirent *entry;

	if (dir == NULL) {
		if (again != -1)
			(void)close(again);
		return 0;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (is_leftover(fd, entry->d_name, before) &&
		    unlinkat(fd, entry->d_name, 0) == 0)
			removed++;
	}
	(void)closedir(dir);
	return removed;
}
