/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_MAILDIR_CLEAN_H
#define STORE_MAILDIR_CLEAN_H

/*
 * maildir_clean - what a crash left in tmp/.
 *
 * Removes plain files last changed before `before` (seconds since 1970) from
 * the directory `fd`, which stays open, and returns how many.  Links, folders
 * and whatever cannot be removed stay: they are not ours.
 */

#include <stddef.h>
#include <time.h>

size_t maildir_clean(int fd, time_t before);

#endif
