/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MUTANTS_DESIGN_H
#define MUTANTS_DESIGN_H

/*
 * design - a sound filter that goes by more than the message: a count, the time, who
 * came before, a lot.  No milter-sim may call it unsound.  Set once, before any thread.
 */

#include <stdbool.h>

struct session;
struct answer;

enum { DESIGN_VALUE = 100 };

struct design {
	const char *name, *what;
	/* The answer to a command in place of the usual one. */
	struct answer (*answer)(struct session *s, char letter, struct answer usual);
	/* A field of its own, X-Design; "": none. */
	void (*value)(const struct session *s, char value[DESIGN_VALUE]);
	bool shuffles;
};

/* False: there is none of that name. */
bool design_choose(const char *name);

/* One line each, name and sentence, a tab between. */
void design_list(void);

struct answer design_answer(struct session *s, char letter, struct answer usual);

/* False: no field. */
bool design_value(const struct session *s, char value[DESIGN_VALUE]);

/* Is the envelope changed before the header, this time? */
bool design_turns(void);

#endif
