/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_COMMANDS_SERVE_OPTIONS_H
#define SIM_COMMANDS_SERVE_OPTIONS_H

/* serve_options - the command line of `milter-sim serve` as a server_config. */

#include "sim/filters/chain.h"
#include "sim/server/server.h"

enum { LISTEN_MAX = 16, DOMAINS_MAX = 32, USERS_MAX = 1000, MACROS_MAX = 100 };

/* How --trace shows what happens. */
enum trace_form { TRACE_NONE, TRACE_PERSON, TRACE_TRANSCRIPT, TRACE_JSON };

struct serve_options {
	struct server_config config;
	const char *listen[LISTEN_MAX];
	size_t listens;
	const char *domain[DOMAINS_MAX];
	struct user user[USERS_MAX];
	struct filter_config filter[FILTERS_MAX];
	struct macro_given macro[MACROS_MAX];
	struct text macro_name[MACROS_MAX]; /* with the braces that were left out */
	struct text announced;
	const char *port_file; /* NULL: none */
	unsigned time_scale;   /* times as fast as the world, see loop_pace() */
	enum trace_form trace;
	bool quiet;
};

enum serve_command { SERVE_RUN, SERVE_DONE, SERVE_WRONG };

/*
 * Reads n words of a command line, which must outlive *o; a NAME=FULL of --user is
 * cut in place.  Prints nothing.  SERVE_DONE: --help is among them.  SERVE_WRONG:
 * *why.  serve_options_clear() in every case.
 */
enum serve_command serve_options_words(
    struct serve_options *o, size_t n, char **word, struct text *why);

void serve_options_clear(struct serve_options *o);

#endif
