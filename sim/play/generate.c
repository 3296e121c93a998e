/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/generate.h"

#include <stdlib.h>

#include "sim/play/sequence.h"
#include "wire/words.h"

bool
variant_variables(const struct variant *v, struct variables *vars)
{
	struct text bytes = TEXT_INIT(VARIABLE_MAX), length = TEXT_INIT(24);
	bool ok = true;

	if (!v->has_length)
		return true;
	for (size_t i = 0; ok && i < v->length; i++)
		ok = text_append(&bytes, SLICE("x")) == TEXT_OK;
	text_printf(&length, "%zu", v->length);
	ok = ok && variables_set(vars, SLICE("length"), text_slice(&length)) &&
	     variables_set(vars, SLICE("bytes"), text_slice(&bytes));
	text_clear(&bytes);
	text_clear(&length);
	return ok;
}

/* --- the line --- */

enum generator {
	GENERATE_ONE,
	GENERATE_CUTS,
	GENERATE_LENGTHS,
	GENERATE_SESSIONS,
	GENERATE_SEQUENCES,
	GENERATE_WALKS
};

struct plan {
	enum generator what;
	size_t length[GENERATE_LENGTHS_MAX];
	size_t lengths;
	unsigned long n, times;
};

static bool
number(struct slice *rest, unsigned long max, unsigned long *ret, struct text *why)
{
	struct slice word;

	if (!words_next(rest, &word, why))
		return false;
	if (word.len == 0) {
		text_printf(why, "generate: a number is missing");
		return false;
	}
	return words_number(word, max, ret, why);
}

/* The word, if it is next. */
static bool
skip_word(struct slice *rest, struct slice want)
{
	struct text why = TEXT_INIT(100);
	struct slice after = *rest, word;
	bool is = words_next(&after, &word, &why) && slice_equal_nocase(word, want);

	text_clear(&why);
	if (is)
		*rest = after;
	return is;
}

static bool
add_length(struct plan *p, unsigned long n, struct text *why)
{
	if (p->lengths == GENERATE_LENGTHS_MAX) {
		text_printf(why, "generate: more than %d lengths", GENERATE_LENGTHS_MAX);
		return false;
	}
	p->length[p->lengths++] = n;
	return true;
}

static bool
read_range(struct plan *p, struct slice *rest, struct text *why)
{
	unsigned long from = p->length[0], to, by = 1;

	if (!number(rest, VARIABLE_MAX, &to, why) ||
	    (skip_word(rest, SLICE("by")) && !number(rest, VARIABLE_MAX, &by, why)))
		return false;
	if (by == 0 || to < from) {
		text_printf(why, "generate: lengths go up");
		return false;
	}
	for (unsigned long n = from + by; n <= to; n += by) {
		if (!add_length(p, n, why))
			return false;
	}
	return true;
}

static bool
read_lengths(struct plan *p, struct slice *rest, struct text *why)
{
	unsigned long n;

	p->what = GENERATE_LENGTHS;
	do {
		if (!number(rest, VARIABLE_MAX, &n, why) || !add_length(p, n, why))
			return false;
		if (p->lengths == 1 && skip_word(rest, SLICE("to")))
			return read_range(p, rest, why);
	} while (slice_trim(*rest).len > 0);
	return true;
}

static bool
read_sessions(struct plan *p, struct slice *rest, struct text *why)
{
	p->what = GENERATE_SESSIONS;
	p->times = 1;
	return number(rest, GENERATE_SESSIONS_MAX, &p->n, why) &&
	       (!skip_word(rest, SLICE("times")) ||
		   number(rest, GENERATE_TIMES_MAX, &p->times, why));
}

static bool
read_sequences(struct plan *p, struct slice *rest, struct text *why)
{
	p->what = GENERATE_SEQUENCES;
	return number(rest, SEQUENCE_ALL_MAX, &p->n, why);
}

static bool
read_walks(struct plan *p, struct slice *rest, struct text *why)
{
	p->what = GENERATE_WALKS;
	if (!number(rest, GENERATE_WALKS_MAX, &p->times, why))
		return false;
	if (!skip_word(rest, SLICE("of"))) {
		text_printf(why, "generate: walks are written walks M of N");
		return false;
	}
	return number(rest, GENERATE_WALK_MAX, &p->n, why);
}

static bool
read_cuts(struct plan *p, struct slice *rest, struct text *why)
{
	(void)rest;
	(void)why;
	p->what = GENERATE_CUTS;
	return true;
}

static bool
plan_read(struct slice line, struct plan *p, struct text *why)
{
	static const struct {
		struct slice word;
		bool (*read)(struct plan *p, struct slice *rest, struct text *why);
	} words[] = {
		{ SLICE("cuts"), read_cuts },
		{ SLICE("lengths"), read_lengths },
		{ SLICE("sessions"), read_sessions },
		{ SLICE("sequences"), read_sequences },
		{ SLICE("walks"), read_walks },
	};

	p->what = GENERATE_ONE;
	p->lengths = 0;
	p->n = p->times = 1;
	if (line.len == 0)
		return true;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (!skip_word(&line, words[i].word))
			continue;
		if (!words[i].read(p, &line, why) || !words_done(line, why))
			return false;
		if (p->n != 0 && p->times != 0)
			return true;
		text_printf(why, "generate: numbers begin at 1");
		return false;
	}
	text_printf(why, "generate: is cuts, lengths, sessions, sequences or walks");
	return false;
}

bool
generate_check(struct slice line, struct text *why)
{
	struct plan *p = calloc(1, sizeof *p);
	bool ok = p != NULL && plan_read(line, p, why);

	if (p == NULL)
		text_printf(why, "out of memory");
	free(p);
	return ok;
}

/* --- one after the other --- */

static enum milter_end
one(const struct milter_play_config *c, const struct variant *v, struct milter_outcome *o,
    size_t *ret_size)
{
	struct milter_outcome fresh = { .rule = N_WIRE_RULES,
		.expected = o->expected,
		.got = o->got,
		.diff = o->diff,
		.variant = o->variant,
		.broken = o->broken,
		.variants = o->variants + 1,
		.answers = o->answers };

	text_clear(&fresh.expected);
	text_clear(&fresh.got);
	text_clear(&fresh.diff);
	*o = fresh;
	return mplay_variant(c, v, o, ret_size);
}

static enum milter_end
cuts(const struct milter_play_config *c, struct milter_outcome *o)
{
	struct variant v = { .sessions = 1, .seed = c->seed };
	enum milter_end end = MILTER_PASS;
	size_t size = 2;

	for (v.cut = 1; end == MILTER_PASS && v.cut < size; v.cut++) {
		end = one(c, &v, o, &size);
		text_clear(&o->variant);
		text_printf(&o->variant, "cut at byte %zu of %zu", v.cut, size);
	}
	return end;
}

static enum milter_end
lengths(
    const struct milter_play_config *c, const struct plan *p, struct milter_outcome *o)
{
	struct variant v = { .sessions = 1, .seed = c->seed, .has_length = true };
	enum milter_end end = MILTER_PASS;

	for (size_t i = 0; end == MILTER_PASS && i < p->lengths; i++) {
		v.length = p->length[i];
		end = one(c, &v, o, NULL);
		text_clear(&o->variant);
		text_printf(&o->variant, "length %zu", v.length);
	}
	return end;
}

static enum milter_end
sessions(
    const struct milter_play_config *c, const struct plan *p, struct milter_outcome *o)
{
	struct variant v = { .sessions = (unsigned)p->n };
	enum milter_end end = MILTER_PASS;

	for (unsigned long i = 0; end == MILTER_PASS && i < p->times; i++) {
		v.seed = c->seed + i;
		end = one(c, &v, o, NULL);
		text_clear(&o->variant);
		text_printf(&o->variant, "%u sessions, seed %llu", v.sessions,
		    (unsigned long long)v.seed);
	}
	return end;
}

static enum milter_end
sequences(
    const struct milter_play_config *c, const struct plan *p, struct milter_outcome *o)
{
	enum milter_end end = MILTER_PASS;
	size_t count = sequence_count((unsigned)p->n);
	struct sequence s;

	for (size_t i = 0; end == MILTER_PASS && i < count; i++) {
		sequence_numbered(&s, (unsigned)p->n, i);
		end = sequence_play(c, &s, true, o);
	}
	return end;
}

static enum milter_end
walks(const struct milter_play_config *c, const struct plan *p, struct milter_outcome *o)
{
	enum milter_end end = MILTER_PASS;
	struct sequence *s = calloc(1, sizeof *s);

	if (s == NULL) {
		text_printf(&o->got, "out of memory");
		return MILTER_ERROR;
	}
	for (unsigned long i = 0; end == MILTER_PASS && i < p->times; i++) {
		sequence_walk(s, (unsigned)p->n, c->seed + i);
		end = sequence_play(c, s, false, o);
		if (end == MILTER_FAIL)
			sequence_shrink(c, s, o);
	}
	free(s);
	return end;
}

enum milter_end
generate(const struct milter_play_config *c, struct milter_outcome *o)
{
	struct variant v = { .sessions = 1, .seed = c->seed };
	struct plan *p = calloc(1, sizeof *p);
	enum milter_end end = MILTER_ERROR;

	if (p == NULL)
		text_printf(&o->got, "out of memory");
	else if (plan_read(text_slice(&c->transcript->head.generate), p, &o->got)) {
		switch (p->what) {
		case GENERATE_ONE: end = one(c, &v, o, NULL); break;
		case GENERATE_CUTS: end = cuts(c, o); break;
		case GENERATE_LENGTHS: end = lengths(c, p, o); break;
		case GENERATE_SESSIONS: end = sessions(c, p, o); break;
		case GENERATE_SEQUENCES: end = sequences(c, p, o); break;
		case GENERATE_WALKS: end = walks(c, p, o); break;
		}
	}
	free(p);
	if (end == MILTER_PASS)
		text_clear(&o->variant);
	return end;
}
