/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_REPORTED_H
#define T_UNIT_REPORTED_H

/* `report` keeps the cause of the last trouble, and how many there were. */

#include <stdio.h>

#include "base/report.h"

static char last_cause[32];
static unsigned reports;

static void
remember(void *self, const char *cause, const char *line)
{
	(void)self;
	(void)line;
	snprintf(last_cause, sizeof last_cause, "%s", cause);
	reports++;
}

static const struct report report = { remember, NULL };

#endif
