/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_COMMANDS_REPORTER_H
#define SIM_COMMANDS_REPORTER_H

/*
 * reporter - how what came of transcripts is told.
 *
 * `run` hands each result to a reporter as it comes and knows no form itself.
 */

#include "sim/play/play.h"

struct report {
	size_t number;            /* from 1 */
	const char *name, *title; /* the file; "" when it has no title */
	enum play_end end;
	bool verbose; /* both dialogues also when there is no difference */
	struct play_result *result;
};

struct reporter {
	void (*begin)(size_t count);
	void (*one)(const struct report *r);
	bool (*end)(void); /* false: something could not be written */
};

/* TAP 13 on standard output, one line at a time. */
extern const struct reporter reporter_tap;

#endif
