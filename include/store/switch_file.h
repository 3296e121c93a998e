/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_SWITCH_FILE_H
#define STORE_SWITCH_FILE_H

/*
 * switch_file - the logger's switch: on while a file exists.
 *
 * What the name leads to counts, and whatever it is: an unreadable file and a
 * directory are on, a dangling link is off.  When nobody can tell (a folder of
 * the path may not be searched), it is off and the report is told.  One
 * stat(2) per question.  Thread-safe.
 */

#include "base/report.h"
#include "policy/logger/logger.h"

struct switch_file {
	const char *path; /* borrowed */
	const struct report *report;
};

struct logger_switch switch_file_port(struct switch_file *s);

#endif
