/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VIRUS_MILTER_OPTIONS_H
#define VIRUS_MILTER_OPTIONS_H

/*
 * options - what the keys of virus-milter's configuration are read into.
 */

#include "glue/options.h"

struct options {
	struct common_options common; /* first: glue/daemon.h */
	char *signatures;
	long min_pattern;
	int action; /* enum virus_action */
	char *reply;

	/* The second stage; with no server there is none. */
	struct config_list clamd, clamd_ignore;
	int clamd_fail, too_large; /* enum second_else */
	int clamd_pass;            /* 0: as a stream, 1: as a descriptor */
	long long clamd_max_size, clamd_memory;
	long clamd_connections;
	long clamd_connect_timeout, clamd_send_timeout,
	    clamd_answer_timeout; /* seconds */
	long clamd_timeout, clamd_ping;
	char *clamd_spool;
};

#endif
