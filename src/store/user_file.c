/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/user_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/file.h"

/* O_NONBLOCK: a FIFO put in place after the fstatat() opens, and is seen then. */
enum { OPEN_FLAGS = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY };

int
home_open(const char *home)
{
	return open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static enum user_file
trouble(const char *name, int error, struct text *why)
{
	if (error == ENOENT || error == ENOTDIR)
		return USER_FILE_ABSENT;
	text_printf(why, "%s: %s", name, strerror(error));
	return error == ELOOP ? USER_FILE_UNSAFE : USER_FILE_UNREADABLE;
}

static bool
has_dots(const char *path)
{
	for (const char *p = path; (p = strstr(p, "..")) != NULL; p += 2) {
		if ((p == path || p[-1] == '/') && (p[2] == '\0' || p[2] == '/'))
			return true;
	}
	return false;
}

/* A link to a place beneath the home: its target relative to there; else NULL. */
static const char *
target_beneath(int dir, const char *home, const char *name, char target[PATH_MAX])
{
	size_t home_len = strlen(home);
	ssize_t n = readlinkat(dir, name, target, PATH_MAX - 1);

	if (n <= 0)
		return NULL;
	target[n] = '\0';
	if (has_dots(target))
		return NULL;
	if (target[0] != '/')
		return target;
	if (home_len == 0 || strncmp(target, home, home_len) != 0 ||
	    target[home_len] != '/')
		return NULL;
	return target[home_len + 1] != '/' ? target + home_len + 1 : NULL;
}

static const char *
unsafe_because(const struct stat *st, uid_t owner, bool group_writes)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_uid != owner && st->st_uid != 0)
		return "belongs to somebody else";
	if ((st->st_mode & S_IRUSR) == 0)
		return "is not readable by its owner";
	if ((st->st_mode & (group_writes ? S_IWOTH : S_IWGRP | S_IWOTH)) != 0)
		return "may be written by others";
	return NULL;
}

static bool
others_write(int dir)
{
	struct stat st;

	return fstat(dir, &st) == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

/* *st was seen before: to open a device may act on it. */
static enum user_file
open_checked(int dir, const char *name, uid_t owner, bool group_writes, int *ret_fd,
    struct stat *st, struct text *why)
{
	const char *fault = unsafe_because(st, owner, group_writes);
	int fd = fault == NULL ? openat(dir, name, OPEN_FLAGS) : -1;

	if (fault == NULL && fd == -1)
		return trouble(name, errno, why);
	if (fd != -1 && fstat(fd, st) == -1)
		fault = "cannot be looked at";
	else if (fd != -1)
		fault = unsafe_because(st, owner, group_writes);
	if (fault == NULL) {
		*ret_fd = fd;
		return USER_FILE_OK;
	}
	if (fd != -1)
		(void)close(fd);
	text_printf(why, "%s %s", name, fault);
	return USER_FILE_UNSAFE;
}

enum user_file
user_file_open(int dir, const char *home, const char *name, uid_t owner,
    bool group_writes, int *ret_fd, struct stat *ret_st, struct text *why)
{
	char target[PATH_MAX];
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return trouble(name, errno, why);
	if (!group_writes && others_write(dir)) {
		text_printf(why, "the home may be written by others");
		return USER_FILE_UNSAFE;
	}
	if (S_ISLNK(st.st_mode)) {
		const char *beneath = target_beneath(dir, home, name, target);
		if (beneath == NULL) {
			text_printf(why, "%s is a link out of the home", name);
			return USER_FILE_UNSAFE;
		}
		name = beneath;
		if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
			return trouble(name, errno, why);
	}
	enum user_file status =
	    open_checked(dir, name, owner, group_writes, ret_fd, &st, why);
	if (status == USER_FILE_OK)
		*ret_st = st;
	return status;
}

int
file_read_all(int fd, struct text *ret)
{
	char block[8192];
	ssize_t n;

	while ((n = read(fd, block, sizeof block)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return errno;
		switch (text_append(ret, (struct slice){ block, (size_t)n })) {
		case TEXT_OK: break;
		case TEXT_FULL: return EFBIG;
		case TEXT_NOMEM: return ENOMEM;
		}
	}
	return 0;
}

int
file_read_path(const char *path, struct text *ret, struct stat *ret_st)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat now;
	int error = 0;

	if (fd == -1)
		return errno;
	if (fstat(fd, ret_st) == -1)
		error = errno;
	else if (!S_ISREG(ret_st->st_mode))
		error = S_ISDIR(ret_st->st_mode) ? EISDIR : ENOTSUP;
	else
		error = file_read_all(fd, ret);
	if (error == 0 && (fstat(fd, &now) == -1 || file_differs(&now, ret_st)))
		error = ETXTBSY; /* what was read may be half of it */
	(void)close(fd);
	return error;
}

/* ESTALE: the file was replaced on its server; the name leads to the new one. */
enum user_file
user_file_read(int dir, const char *home, const char *name, uid_t owner,
    bool group_writes, struct text *ret, struct stat *ret_st, struct text *why)
{
	int fd = -1, error = 0;

	for (int attempt = 0; attempt < 2; attempt++) {
		enum user_file status = user_file_open(
		    dir, home, name, owner, group_writes, &fd, ret_st, why);
		if (status != USER_FILE_OK)
			return status;
		text_clear(ret);
		error = file_read_all(fd, ret);
		(void)close(fd);
		if (error != ESTALE)
			break;
	}
	if (error == 0)
		return USER_FILE_OK;
	text_printf(why, "%s: %s", name, strerror(error));
	return error == EFBIG ? USER_FILE_TOO_LARGE : USER_FILE_UNREADABLE;
}
