/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_COMMANDS_LOAD_METRICS_H
#define SIM_COMMANDS_LOAD_METRICS_H

/* load_metrics - a load, held against the metrics-file of the milter that bore it. */

#include "sim/load/figures.h"
#include "sim/load/load.h"

struct load_metrics {
	const char *path;
	struct figures before;
};

/* A file that is not there yet counts nothing.  False: *why, it cannot be read. */
bool load_metrics_begin(struct load_metrics *m, const char *path, struct text *why);

/*
 * The milter writes its file now and then: waits up to limit_ms for what the load
 * saw.  True when all is equal; else *lines says what differs.
 */
bool load_metrics_agree(const struct load_metrics *m, const struct load_result *r,
    unsigned limit_ms, struct text *lines);

#endif
