/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_H
#define SIM_LOAD_H

/*
 * load - many messages at once, each verdict accounted for.
 *
 * Connections live on one loop in this thread.  Each takes the next message as
 * soon as it is free, so that all are done whatever one of them does.  The run
 * ends when all messages have their verdict, at the first fault, or when it is
 * interrupted (sim/io/interrupt.h); what was counted until then is in the result, and
 * `done` says whether it is all.
 */

#include "sim/load/histogram.h"
#include "sim/load/line.h"
#include "sim/load/process.h"

struct load_config {
	struct line_wish wish;
	const struct load_mail *mail;
	unsigned connections;
	uint64_t messages;
	double rate;   /* messages a second; 0: as fast as it goes */
	pid_t watched; /* 0: none */
	/* Called twice a second; NULL: nobody looks. */
	void (*progress)(void *self, const struct accounts *a, double seconds);
	void *self;
};

struct load_result {
	struct accounts accounts; /* accounts_init() before; expectations set */
	struct histogram took[N_LOAD_STAGES];
	double seconds;
	struct load_usage driver[2], watched[2]; /* before and after */
	bool is_watched;                         /* both could be read */
	bool done;                               /* all messages have their verdict */
	bool reached;                            /* a connection stood */
	struct text fault;                       /* why not done */
};

/* False: memory or descriptors are out. */
bool load_run(const struct load_config *c, struct load_result *r);

#endif
