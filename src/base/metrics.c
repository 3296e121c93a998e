/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/metrics.h"

#include <assert.h>

enum { LINE_MAX_BYTES = 2000 };

/* A line whole, or nothing of it. */
static void
put_line(struct text *to, struct text *line)
{
	text_printf(line, "\n");
	if (line->len > 0 && line->ptr[line->len - 1] == '\n')
		(void)!text_append(to, text_slice(line));
	text_clear(line);
}

void
metrics_family(struct text *to, const struct metric *m)
{
	struct text line = TEXT_INIT(LINE_MAX_BYTES);

	text_printf(
	    &line, "# HELP %s %s\n# TYPE %s %s", m->name, m->help, m->name, m->type);
	put_line(to, &line);
}

/*
 * Nearly as the log writes it: a backslash and what is not printable ASCII escaped; that
 * then in the format's own quotes.  So two values that differ never look alike.
 */
static void
put_value(struct text *line, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value < ' ' || *value > '~')
			text_printf(line, "\\\\x%02X", (unsigned char)*value);
		else if (*value == '\\')
			text_printf(line, "\\\\\\\\");
		else
			text_printf(line, "%s%c", *value == '"' ? "\\" : "", *value);
	}
}

static void
put_series(struct text *line, const char *name, const char *suffix,
    const struct metric_label *label, size_t labels)
{
	text_printf(line, "%s%s", name, suffix);
	for (size_t i = 0; i < labels; i++) {
		text_printf(line, "%s%s=\"", i == 0 ? "{" : ",", label[i].name);
		put_value(line, label[i].value);
		text_printf(line, "\"");
	}
	text_printf(line, "%s ", labels > 0 ? "}" : "");
}

static void
put_number(struct text *to, const char *name, const char *suffix,
    const struct metric_label *label, size_t labels, unsigned long long value)
{
	struct text line = TEXT_INIT(LINE_MAX_BYTES);

	put_series(&line, name, suffix, label, labels);
	text_printf(&line, "%llu", value);
	put_line(to, &line);
}

void
metrics_sample(struct text *to, const struct metric *m, const struct metric_label *label,
    size_t labels, unsigned long long value)
{
	put_number(to, m->name, "", label, labels, value);
}

#define BOUND(us, le) (us),
static const long long bound_us[] = { HISTOGRAM_BUCKETS(BOUND) };
#undef BOUND
#define BOUND(us, le) (le),
static const char *const bound_name[] = { HISTOGRAM_BUCKETS(BOUND) "+Inf" };
#undef BOUND

/* Nobody reads one of them to learn about another. */
static void
add(atomic_ullong *to, unsigned long long n)
{
	atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

void
histogram_add(struct histogram *h, long long microseconds)
{
	size_t i = 0;

	if (microseconds < 0)
		microseconds = 0;
	while (i < N_HISTOGRAM_BUCKETS && microseconds > bound_us[i])
		i++;
	add(&h->count[i], 1);
	add(&h->sum_us, (unsigned long long)microseconds);
}

void
metrics_histogram(struct text *to, const struct metric *m,
    const struct metric_label *label, size_t labels, struct histogram *h)
{
	struct metric_label with[METRIC_LABELS_MAX + 1];
	struct text line = TEXT_INIT(LINE_MAX_BYTES);
	unsigned long long sum = atomic_load(&h->sum_us), count = 0;

	assert(labels <= METRIC_LABELS_MAX);
	for (size_t i = 0; i < labels; i++) /* of none there may be no array */
		with[i] = label[i];
	for (size_t i = 0; i <= N_HISTOGRAM_BUCKETS; i++) {
		count += atomic_load(&h->count[i]);
		with[labels] = (struct metric_label){ "le", bound_name[i] };
		put_number(to, m->name, "_bucket", with, labels + 1, count);
	}
	put_series(&line, m->name, "_sum", label, labels);
	text_printf(&line, "%llu.%06llu", sum / 1000000, sum % 1000000);
	put_line(to, &line);
	put_number(to, m->name, "_count", label, labels, count);
}
