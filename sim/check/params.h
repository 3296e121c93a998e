/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_PARAMS_H
#define SIM_CHECK_PARAMS_H

#include "sim/play/milter_play.h"

/*
 * params - what a person gives cases to be filled in: ${from}, ${client}, any NAME.
 *
 * A milter that looks at some messages only has to be led to what is interesting
 * of it.  --client, --helo, --from, --to and --macro are parameters with names of
 * their own; the defaults stand in the cases, as `param:` lines.
 */

enum { PARAMS_MAX = 100 };

struct params {
	struct milter_param param[PARAMS_MAX];
	size_t count;
	char *owned[3 * PARAMS_MAX];
	size_t owneds;
	struct text macros; /* of --macro, as in a MACRO line */
};

#define PARAMS_INIT                                                                      \
	{                                                                                \
		.macros = TEXT_INIT(8192)                                                \
	}

/* "name=value".  False: *why. */
bool params_assign(struct params *p, const char *assignment, struct text *why);
bool params_set(struct params *p, const char *name, const char *value, struct text *why);

/* An address, with or without brackets, as ${NAME} `<a@b>`, ${NAME_addr} `a@b` and
 * ${NAME_host} `b`. */
bool params_path(struct params *p, const char *name, const char *path, struct text *why);

/* 192.0.2.1, 2001:db8::1 or sendmail's IPv6:..., as ${client}; ${family} goes with it. */
bool params_client(struct params *p, const char *address, struct text *why);

/* "{name}=value", braces may be left out; they become ${macros}. */
bool params_macro(struct params *p, const char *assignment, struct text *why);

void params_clear(struct params *p);

/* A message as the lines of a transcript: HEADER, EOH, BODY; CRLF line ends. */
bool params_message(struct slice eml, struct text *out, struct text *why);

#endif
