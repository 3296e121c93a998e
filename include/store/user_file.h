/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_USER_FILE_H
#define STORE_USER_FILE_H

/*
 * user_file - files in a user's home, opened so that the user cannot trick us.
 *
 * Nothing is followed but one symbolic link to a place beneath the home;
 * nothing but a regular file is opened, and a FIFO or a device does not hang
 * or act.  A file counts as the user's only if he (or root) owns it and could
 * read it, and nobody else may write it or the home: the rules of sendmail for
 * a .forward, which ignores any other.
 *
 * A dead file server hangs these calls: run them in a worker.  Thread-safe.
 */

#include <sys/stat.h>
#include <sys/types.h>

#include "base/text.h"

enum { USER_FILE_MAX = 1 << 20 }; /* bytes of one that is read whole */

enum user_file {
	USER_FILE_OK,
	USER_FILE_ABSENT,     /* it, or the home, does not exist */
	USER_FILE_UNSAFE,     /* there is one, and it is to be ignored */
	USER_FILE_UNREADABLE, /* there may be one: no right, I/O error */
	USER_FILE_TOO_LARGE,  /* for the text that it is read into */
};

/* A descriptor of the home, for the others; closed by close(2).  -1: see errno. */
int home_open(const char *home);

/*
 * Opens `name`, a path beneath the home `dir` whose absolute path is `home`.
 * OK: *ret_fd is open for reading, *ret_st describes it.  `group_writes`: as
 * Postfix does, a file that the group may write is taken, and one in a home that
 * others may write; not one that all may write.  Else *why says what is wrong.
 */
enum user_file user_file_open(int dir, const char *home, const char *name, uid_t owner,
    bool group_writes, int *ret_fd, struct stat *ret_st, struct text *why);

/* The whole file, in *ret, whose limit bounds it; of one that is TOO_LARGE a beginning.
 */
enum user_file user_file_read(int dir, const char *home, const char *name, uid_t owner,
    bool group_writes, struct text *ret, struct stat *ret_st, struct text *why);

/* To the end of the file: 0, or an errno (EFBIG: beyond the limit of *ret). */
int file_read_all(int fd, struct text *ret);

/* A file of the site's own, by path: 0, or an errno; ETXTBSY: written to meanwhile. */
int file_read_path(const char *path, struct text *ret, struct stat *ret_st);

#endif
