/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_HEAD_H
#define SIM_CHECK_HEAD_H

/*
 * head - what a case says of itself: the first lines of its file.
 *
 *	id: rep/3.2              short and stable, never used again for another
 *	level: must              must, interop, should, info
 *	says: one command has one reply
 *	source: engine.c: mi_engine()
 *	rule: one-reply          several cases may exercise one rule; missing: the id
 *	breaks: sendmail-8.17: every later answer is off by one
 *	breaks: postfix-3.7: the same
 *	known: libmilter 8.17    a library does this; see docs/FINDINGS.md
 *	needs: process           its process; or `hostile`: may end or hang it
 *	process: term idle       played by sim/check/process_case.h, not a transcript
 *	same: yes                equal messages must be answered alike; sim/check/watch.h
 *	again: 200               played so often, and the process holds no more than
 *before
 *
 * `breaks` names an MTA and what it does with it; there may be several.
 */

#include "base/text.h"
#include "sim/check/outcome.h"

enum check_needs { CHECK_NEEDS_NOTHING, CHECK_NEEDS_PROCESS, CHECK_NEEDS_HOSTILE };

struct check_head {
	char *id, *family; /* family: the id up to its last slash */
	enum check_level level;
	char *says, *source, *rule;
	char *breaks;          /* lines, LF between; "" when there are none */
	char *known, *process; /* NULL: not so */
	enum check_needs needs;
	bool same;
	unsigned again; /* 0: the transcript is played once */
};

/* Is it about the milter's process, which is gone behind it? */
static inline bool
check_head_of_process(const struct check_head *h)
{
	return h->process != NULL || h->again > 0;
}

/*
 * The head's lines in a case's source.  What is no `key: value` of a head is passed
 * over.  False: *why says what is missing.
 */
bool check_head_read(struct check_head *h, struct slice lines, struct text *why);
void check_head_clear(struct check_head *h);

/* What a report says of a case; false: memory is out, and *to must be cleared. */
bool check_head_copy(struct check_head *to, const struct check_head *from);

/* Makes the lines that sim/transcript/ does not know comments; they keep their place. */
void check_head_hide(char *source, size_t len);

/* Ids in the order of people: rep/2 before rep/10.  As strcmp(). */
int check_id_order(const char *a, const char *b);

/*
 * The level under a profile: an interop case that names MTAs, but not this one,
 * is a should.  `profile` "strict": as written.
 */
enum check_level check_level_under(const struct check_head *h, const char *profile);

#endif
