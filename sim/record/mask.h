/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_RECORD_MASK_H
#define SIM_RECORD_MASK_H

/*
 * mask - hides in a line what no two runs of one session have in common.
 *
 *	${queue-id}  what macro i said of a message, wherever it stands
 *	${port}      the client's port in CONNECT, and macros that name a port
 *	${date}      a date as header fields have it
 *	${mask}      what an expression of the user's own matches
 *
 * Queue ids are learnt from the packets and not from how they look, so that those
 * of any MTA are found.  A mask hides a value, never a line.  Pure but for memory.
 */

#include "sim/transcript/event.h"

enum mask_name { MASK_QUEUE_ID, MASK_PORT, MASK_DATE, MASK_OWN, N_MASKS };

enum { MASKS_OWN = 16, MASK_IDS = 8, MASK_ID_MAX = 64, MASK_ID_MIN = 6 };

struct masks; /* what there is to hide, for any number of sessions */

/* NULL: memory is out. */
struct masks *masks_new(void);
void masks_free(struct masks *m);

/* From now on those of the user's own alone. */
void masks_exact(struct masks *m);

/* One more of the user's own, an extended regular expression.  False: *why. */
bool masks_add(struct masks *m, const char *expression, struct text *why);

/* What is known of one session so far. */
struct mask_state {
	char id[MASK_IDS][MASK_ID_MAX + 1]; /* the latest; "": none */
	size_t next;
	unsigned long hidden[N_MASKS]; /* values */
};

/* Looks at a packet before its line is hidden in. */
void mask_learn(struct mask_state *s, const struct event *e);

/* Appends the line to *out with all that is to be hidden in it by its name. */
void mask_line(
    const struct masks *m, struct mask_state *s, struct slice line, struct text *out);

/* "queue-id 4, date 2"; "" for nothing. */
void mask_describe(const struct mask_state *s, struct text *out);

#endif
