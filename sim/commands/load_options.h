/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_COMMANDS_LOAD_OPTIONS_H
#define SIM_COMMANDS_LOAD_OPTIONS_H

/* load_options - the words behind `milter-sim load`. */

#include "sim/load/load.h"

enum { LOAD_WORDS_MAX = 100 }; /* of one option that may be repeated */

struct load_options {
	struct socket_address address;
	const char *target; /* as written */
	bool smtp, json, quiet;
	struct load_wish wish;
	const char *header[LOAD_WORDS_MAX];
	char *copy[LOAD_SENDERS_MAX + LOAD_PARTIES_MAX]; /* of addresses, to be freed */
	size_t copies;
	struct slice message[LOAD_CONTENTS_MAX];
	struct text file[LOAD_CONTENTS_MAX], worm;
	unsigned connections, per_connection, pace_ms, timeout_ms;
	uint64_t messages;
	double rate;
	pid_t watched;
	enum load_verdict clean, infected;
	const char *reply, *metrics; /* or NULL */
};

enum load_options_end { LOAD_OPTIONS_GOOD, LOAD_OPTIONS_HELP, LOAD_OPTIONS_BAD };

/* Says on stderr what is wrong; load_options_clear() in every case. */
enum load_options_end load_options_read(struct load_options *o, int argc, char **argv);
void load_options_clear(struct load_options *o);

#endif
