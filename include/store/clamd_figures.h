/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_CLAMD_FIGURES_H
#define STORE_CLAMD_FIGURES_H

/*
 * clamd_figures - what is counted of clamd, and how Prometheus is told.
 */

#include <stdatomic.h>

#include "policy/virus/opinion.h"
#include "store/clamd_watch.h"

/* Since the process began; outlives each clamd.  Only ever grows, but `now`. */
struct clamd_totals {
	atomic_ullong outcome[N_SECOND_OUTCOMES];
	atomic_ullong trouble[N_CLAMD_TROUBLES];
	atomic_ullong bytes; /* of messages that got a verdict */
	atomic_ullong now;   /* messages with clamd or in the queue */
};

/* Appends the totals, and whether each server answers (base/metrics.h). */
void clamd_totals_measure(
    struct clamd_totals *t, struct clamd_watch *watch, struct text *to);

#endif
