/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_BENCH_MEASURE_H
#define T_BENCH_MEASURE_H

/*
 * measure - engines over one corpus in interleaved rounds.
 *
 * In each round every engine goes over the corpus once, one after the other,
 * so that a machine that slows down slows all.  A figure is the median over
 * the rounds; a ratio is the median of the ratios of each round.  A slow engine
 * stops after `cap` seconds and is judged by what it has read till then.  Rates
 * are per second of processor time.
 */

#include "t/bench/corpus.h"
#include "t/bench/engines.h"

enum { ROUNDS_MOST = 31, ENGINES_MOST = 8 };

double cpu_seconds(void); /* of this process: what others on the machine do counts less */
double median(const double *value, size_t n);

struct result {
	double rate[ROUNDS_MOST]; /* GB/s; 0: the engine was not built */
	size_t hits, bodies;      /* of the last round */
	double build_seconds;
	size_t state_bytes;
};

struct run {
	const struct engine *const *engine; /* `engines` of them, the first is ours */
	size_t engines;
	size_t rounds;
	double cap;
};

void measure(const struct run *run, const struct corpus *c, const struct slice *patterns,
    size_t count, struct result *results);

double rate_of(const struct result *r, size_t rounds);

/* Rates of a to those of b, "1.35 (1.20-1.41)"; "-" when one was not built. */
struct ratio_text {
	char text[40];
};
struct ratio_text ratio_text(
    const struct result *a, const struct result *b, size_t rounds);

#endif
