/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_CLAMD_ANSWER_H
#define POLICY_VIRUS_CLAMD_ANSWER_H

/*
 * clamd_answer - what clamd says to a command in its "z" form (clamd(8)).
 *
 *	stream: OK \0                 nothing found
 *	stream: NAME FOUND \0         NAME found; "fd[13]: ..." after FILDES
 *	PONG \0                       to PING
 *	ClamAV 1.4.3/27500/... \0     to VERSION
 *	INSTREAM size limit exceeded. ERROR \0
 *	COMMAND READ TIMED OUT \n     ends in LF even then
 *
 * Whoever listens on clamd's socket can say anything, so it is read as hostile:
 * bounded, and only what is exactly one of the first two says something of a
 * message.  Pure and thread-safe.
 */

#include "base/slice.h"

enum {
	CLAMD_ANSWER_MAX = 1024, /* bytes; a longer answer is nonsense */
	CLAMD_NAME_MAX = 255,    /* of what was found */
};

enum clamd_answer {
	CLAMD_INCOMPLETE, /* read on; at the end of the connection: nonsense */
	CLAMD_CLEAN,
	CLAMD_FOUND,
	CLAMD_OTHER, /* a whole line that is neither: PONG, a version, an error */
	CLAMD_NONSENSE,
};

/*
 * `got` is what has come so far.  *ret_words: for FOUND the name, for OTHER the
 * line, borrowed from `got`; both hold printable ASCII alone and are not empty.
 */
enum clamd_answer clamd_answer_read(struct slice got, struct slice *ret_words);

#endif
