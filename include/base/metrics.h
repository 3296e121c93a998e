/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

/*
 * metrics - figures in the text format of Prometheus, version 0.0.4.
 *
 *	# HELP refmilter_messages_total Messages begun with MAIL.
 *	# TYPE refmilter_messages_total counter
 *	refmilter_messages_total{filter="virus"} 12
 *
 * A family comes first, then all its samples.  Appends to a text; what does not
 * fit is left out by whole lines, so nothing torn is ever shown.  A histogram
 * takes values from any number of threads without a lock; the rest is for one
 * thread at a time.
 */

#include <stdatomic.h>

#include "base/text.h"

/* `name` and `help` are our own words on one line; `type` is of the format. */
struct metric {
	const char *name, *type, *help;
};

struct metric_label {
	const char *name;  /* our own word, [a-z_]+ */
	const char *value; /* anything; what is not printable ASCII becomes \xFF */
};

void metrics_family(struct text *to, const struct metric *m);

void metrics_sample(struct text *to, const struct metric *m,
    const struct metric_label *label, size_t labels, unsigned long long value);

/* Upper bounds of the buckets: microseconds, and as Prometheus is told. */
#define HISTOGRAM_BUCKETS(X)                                                             \
	X(100, "0.0001")                                                                 \
	X(300, "0.0003")                                                                 \
	X(1000, "0.001")                                                                 \
	X(3000, "0.003")                                                                 \
	X(10000, "0.01")                                                                 \
	X(30000, "0.03")                                                                 \
	X(100000, "0.1")                                                                 \
	X(300000, "0.3")                                                                 \
	X(1000000, "1")                                                                  \
	X(3000000, "3")                                                                  \
	X(10000000, "10")                                                                \
	X(30000000, "30")

#define HISTOGRAM_ENUM(us, le) HISTOGRAM_##us##_US,
enum { HISTOGRAM_BUCKETS(HISTOGRAM_ENUM) N_HISTOGRAM_BUCKETS };
#undef HISTOGRAM_ENUM

/* How long things took; a zeroed one is empty.  Only ever grows. */
struct histogram {
	atomic_ullong count[N_HISTOGRAM_BUCKETS + 1]; /* the last: longer than all */
	atomic_ullong sum_us;
};

void histogram_add(struct histogram *h, long long microseconds);

/*
 * Appends the buckets, sum and count of the family `m`, whose type is
 * "histogram" and whose unit is seconds; at most METRIC_LABELS_MAX labels.
 */
enum { METRIC_LABELS_MAX = 4 };
void metrics_histogram(struct text *to, const struct metric *m,
    const struct metric_label *label, size_t labels, struct histogram *h);

#endif
