/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/load/figures.h"

#include <inttypes.h>

#include "base/number.h"

enum { LABELS_MAX = 8 };

struct label {
	struct slice name, value;
};

struct series {
	struct slice name;
	struct label label[LABELS_MAX];
	size_t labels;
	struct slice value;
};

/* --- one line of the file --- */

static bool
take(struct slice *rest, char c)
{
	if (rest->len == 0 || rest->ptr[0] != c)
		return false;
	*rest = slice_from(*rest, 1);
	return true;
}

/* NAME="VALUE", where a quotation mark in VALUE stands behind a backslash. */
static bool
take_label(struct slice *rest, struct label *ret)
{
	size_t n = 0;

	ret->name = slice_first(*rest, slice_find(*rest, '='));
	*rest = slice_from(*rest, ret->name.len);
	if (ret->name.len == 0 || !take(rest, '=') || !take(rest, '"'))
		return false;
	while (n < rest->len && rest->ptr[n] != '"')
		n += rest->ptr[n] == '\\' ? 2 : 1;
	if (n >= rest->len)
		return false;
	ret->value = slice_first(*rest, n);
	*rest = slice_from(*rest, n + 1);
	return true;
}

static bool
take_labels(struct slice *rest, struct series *s)
{
	if (!take(rest, '{'))
		return true;
	do {
		if (s->labels == LABELS_MAX || !take_label(rest, &s->label[s->labels]))
			return false;
		s->labels++;
	} while (take(rest, ','));
	return take(rest, '}');
}

static bool
has_only(struct slice s, const char *these)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\0' || strchr(these, s.ptr[i]) == NULL)
			return false;
	}
	return s.len > 0;
}

/* A name of the format, and a number behind it; a time may follow that. */
static bool
is_sound(const struct series *s)
{
	return has_only(s->name,
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:") &&
	       has_only(s->value, "0123456789.+-eENaInf ");
}

static bool
read_series(struct slice line, struct series *ret)
{
	size_t brace = slice_find(line, '{'), blank = slice_find(line, ' ');

	*ret =
	    (struct series){ .name = slice_first(line, brace < blank ? brace : blank) };
	line = slice_from(line, ret->name.len);
	if (!take_labels(&line, ret) || !take(&line, ' '))
		return false;
	ret->value = line;
	return is_sound(ret);
}

/* --- what it counts --- */

static bool
says(const struct series *s, const char *label, const char *value)
{
	for (size_t i = 0; i < s->labels; i++) {
		if (slice_equal(s->label[i].name, slice_of(label)))
			return slice_equal(s->label[i].value, slice_of(value));
	}
	return false;
}

/* Of a connection a verdict is about all its messages, so no message's. */
static enum figure
figure_of_verdict(const struct series *s)
{
	bool refused = says(s, "verdict", "reject");

	if (!refused && !says(s, "verdict", "tempfail"))
		return N_FIGURES;
	if (says(s, "event", "connect") || says(s, "event", "helo"))
		return N_FIGURES;
	if (says(s, "event", "rcpt"))
		return FIGURE_RECIPIENTS;
	return refused ? FIGURE_REFUSED : FIGURE_DEFERRED;
}

static enum figure
figure_of(const struct series *s)
{
	if (slice_equal(s->name, SLICE("refmilter_messages_total")))
		return FIGURE_MESSAGES;
	if (slice_equal(s->name, SLICE("refmilter_verdicts_total")))
		return figure_of_verdict(s);
	if (slice_equal(s->name, SLICE("refmilter_sessions_total")) &&
	    says(s, "result", "negotiated"))
		return FIGURE_SESSIONS;
	return N_FIGURES;
}

static bool
add_line(struct slice line, struct figures *f)
{
	struct series s;
	uint64_t n;

	if (line.len == 0 || line.ptr[0] == '#')
		return true;
	if (!read_series(line, &s))
		return false;
	enum figure figure = figure_of(&s);
	if (figure == N_FIGURES)
		return true;
	if (!number_parse(s.value, &n) || n > UINT64_MAX - f->n[figure])
		return false;
	f->n[figure] += n;
	return true;
}

bool
figures_read(struct slice file, struct figures *ret, struct text *why)
{
	struct figures f = { { 0 } };
	struct slice line;
	unsigned long number = 0;

	while (slice_next_line(&file, &line)) {
		number++;
		if (!add_line(line, &f)) {
			text_printf(why, "line %lu is no line of a metrics-file", number);
			return false;
		}
	}
	*ret = f;
	return true;
}

/* --- against a load --- */

/* A message whose recipients are all refused is refused by us, not by the milter. */
struct figures
figures_of(const struct accounts *a, uint64_t connections)
{
	return (struct figures){ {
	    [FIGURE_SESSIONS] = connections,
	    [FIGURE_MESSAGES] = accounts_settled(a),
	    [FIGURE_RECIPIENTS] = a->refused_recipients,
	    [FIGURE_REFUSED] = a->verdict[LOAD_REFUSED] - a->no_recipients[LOAD_REFUSED],
	    [FIGURE_DEFERRED] =
		a->verdict[LOAD_DEFERRED] - a->no_recipients[LOAD_DEFERRED],
	} };
}

static const char *
name_of(int figure)
{
#define NAME(id, name) [FIGURE_##id] = (name),
	static const char *const names[] = { FIGURES(NAME) };
#undef NAME
	return names[figure];
}

static enum figures_match
match(uint64_t before, uint64_t after, uint64_t want)
{
	if (after < before || after - before > want)
		return FIGURES_WRONG;
	return after - before == want ? FIGURES_EQUAL : FIGURES_BEHIND;
}

enum figures_match
figures_compare(const struct figures *before, const struct figures *after,
    const struct figures *want, struct text *lines)
{
	enum figures_match worst = FIGURES_EQUAL;

	for (int i = 0; i < N_FIGURES; i++) {
		enum figures_match m = match(before->n[i], after->n[i], want->n[i]);

		worst = m > worst ? m : worst;
		if (m != FIGURES_EQUAL && lines != NULL)
			text_printf(lines,
			    "%s: %" PRIu64 " here, from %" PRIu64 " to %" PRIu64
			    " in the metrics-file\n",
			    name_of(i), want->n[i], before->n[i], after->n[i]);
	}
	return worst;
}
