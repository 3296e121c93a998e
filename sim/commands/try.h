/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_COMMANDS_TRY_H
#define SIM_COMMANDS_TRY_H

/* try - what the two files of milter-sim try share. */

#include <jansson.h>

#include "sim/check/params.h"
#include "sim/check/process.h"
#include "sim/profile/profile.h"

enum { TRY_RECIPIENTS = 200, PATH_KEPT = 4096 };

/* Exit codes beside those of all subcommands; of several files the gravest. */
enum { TRY_REFUSED = 10, TRY_DEFERRED = 11, TRY_GONE = 12 };

struct attempt {
	struct process_config process;
	struct process milter;
	const struct profile *profile;
	const char *socket, *client, *helo, *from;
	const char *to[TRY_RECIPIENTS];
	size_t tos;
	struct params macros;
	struct socket_address address;
	bool json, colour;
};

/* What was seen of one message. */
struct seen {
	const struct attempt *try;
	enum packet_kind command;
	uint32_t protocol;        /* that the milter asked for */
	struct text path, sender; /* of the last MAIL or RCPT, and of the last MAIL */
	bool settled;             /* the milter has had its last word */
	int verdict;              /* an exit code */
	size_t refused;           /* recipients */
	json_t *stages, *changes, *asked;
};

/* An event_sink's tell; self is a struct seen.  Prints as it goes, unless --json. */
void try_tell(void *self, const struct event *e);

#endif
