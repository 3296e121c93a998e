/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_QUOTA_MAILDIRSIZE_H
#define POLICY_QUOTA_MAILDIRSIZE_H

/*
 * maildirsize - the file in which Maildir++ keeps a quota and what is used.
 *
 *	10000000S,1000C
 *	        5120       3
 *	       -1024      -1
 *
 * The first line is the quota: bytes with S, messages with C, either may be
 * missing, 0 is none.  Each further line is a delivery or a removal: bytes and
 * messages, to be summed.  A last line without LF is a write under way and is
 * left out.  We read the file and never write it.
 *
 * Source: the Maildir++ quota description of the Courier mail server.  Pure
 * and thread-safe.
 */

#include "base/slice.h"
#include "policy/quota/usage.h"

enum {
	MAILDIRSIZE_MAX = 5120,  /* bytes; from here on a recount is due */
	MAILDIRSIZE_FRESH = 900, /* seconds; an older file that says full is recounted */
};

enum maildirsize_status {
	MAILDIRSIZE_OK,
	MAILDIRSIZE_RECOUNT,  /* the quota holds; the sums are too long, torn or broken */
	MAILDIRSIZE_NO_QUOTA, /* the first line is no quota: nothing is known */
};

/*
 * `age` is the seconds since the file was last written; below 0 where its clock
 * is ahead of ours.  After OK *ret is whole, and `certain` says whether it may
 * refuse mail: one data line, and fresh, which one of tomorrow is not.  After
 * RECOUNT only the limits are set.
 */
enum maildirsize_status maildirsize_parse(struct slice file, long age, struct usage *ret);

/*
 * The size in a message's file name, "1053.M1P2.host,S=4711:2,S": the number
 * behind ",S=", up to the end, a ':' or a ','.  False: stat it.
 */
bool maildir_name_size(struct slice name, uint64_t *ret);

#endif
