/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/bench/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double
read_clock(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double
cpu_seconds(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
median(const double *value, size_t n)
{
	double sorted[ROUNDS_MOST] = { 0 };

	memcpy(sorted, value, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, by_value);
	return sorted[n / 2];
}

static double
one_pass(const struct engine *e, void *self, const struct corpus *c, double cap,
    struct result *ret)
{
	double end = read_clock(CLOCK_MONOTONIC) + cap, start = cpu_seconds();
	size_t bytes = 0;

	ret->hits = 0;
	for (ret->bodies = 0; ret->bodies < c->count; ret->bodies++) {
		struct slice body = c->body[ret->bodies];

		ret->hits += e->scan(self, (char *)(size_t)body.ptr, body.len);
		bytes += body.len;
		if (read_clock(CLOCK_MONOTONIC) > end)
			break;
	}
	return (double)bytes / (cpu_seconds() - start) / 1e9;
}

void
measure(const struct run *run, const struct corpus *c, const struct slice *patterns,
    size_t count, struct result *results)
{
	void *self[ENGINES_MOST];

	for (size_t i = 0; i < run->engines; i++) {
		const struct engine *e = run->engine[i];
		double start = cpu_seconds();

		results[i] = (struct result){ 0 };
		self[i] = e->build(patterns, count);
		results[i].build_seconds = cpu_seconds() - start;
		if (self[i] != NULL && e->state_bytes != NULL)
			results[i].state_bytes = e->state_bytes(self[i]);
	}
	for (size_t round = 0; round < run->rounds; round++) {
		for (size_t i = 0; i < run->engines; i++) {
			if (self[i] != NULL)
				results[i].rate[round] = one_pass(
				    run->engine[i], self[i], c, run->cap, &results[i]);
		}
	}
	for (size_t i = 0; i < run->engines; i++) {
		if (self[i] != NULL)
			run->engine[i]->drop(self[i]);
	}
}

double
rate_of(const struct result *r, size_t rounds)
{
	return median(r->rate, rounds);
}

/* The ratios of each round, sorted. */
static void
sort_ratios(const struct result *a, const struct result *b, size_t rounds, double *ret)
{
	for (size_t i = 0; i < rounds; i++)
		ret[i] = b->rate[i] > 0 ? a->rate[i] / b->rate[i] : 0;
	qsort(ret, rounds, sizeof *ret, by_value);
}

struct ratio_text
ratio_text(const struct result *a, const struct result *b, size_t rounds)
{
	double ratio[ROUNDS_MOST] = { 0 };
	struct ratio_text t = { "-" };

	sort_ratios(a, b, rounds, ratio);
	if (ratio[rounds / 2] > 0)
		(void)snprintf(t.text, sizeof t.text, "%.2f (%.2f-%.2f)",
		    ratio[rounds / 2], ratio[0], ratio[rounds - 1]);
	return t;
}
