/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_OPTIONS_H
#define GLUE_OPTIONS_H

/*
 * options - the configuration keys that every milter has.
 */

#include "base/config.h"

enum option_log { OPTION_LOG_AUTO, OPTION_LOG_SYSLOG, OPTION_LOG_STDERR };

struct common_options {
	char *socket; /* "": unix:/run/PROGRAM/milter.sock */
	long socket_mode;
	char *socket_group; /* "": as the process has it */
	char *pid_file;     /* "": none */
	char *user;         /* "": do not change */
	bool allow_root;
	int log; /* enum option_log */
	int log_level;
	int syslog_facility;                  /* index, see option_facility() */
	long summary_interval, drain_timeout; /* seconds */
	long max_delayed;                     /* sessions */
	char *metrics_file;                   /* "": none */
	long metrics_interval;                /* seconds */
};

extern const struct config_table common_options_table;

/* syslog(3)'s number of the configured facility. */
int option_facility(const struct common_options *o);

#endif
