/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/generator.h"

#include <stdlib.h>

#include "base/array.h"
#include "sim/transcript/pattern.h"
#include "wire/words.h"

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
add_length(struct generator *p, unsigned long n, struct text *why)
{
	if (p->lengths == GENERATOR_LENGTHS_MAX) {
		text_printf(why, "generate: more than %d lengths", GENERATOR_LENGTHS_MAX);
		return false;
	}
	if (!array_room(&p->length, p->lengths, &p->length_room, sizeof *p->length)) {
		text_printf(why, "out of memory");
		return false;
	}
	p->length[p->lengths++] = n;
	return true;
}

static bool
read_range(struct generator *p, struct slice *rest, struct text *why)
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

/* Around each border that a buffer may have: the text alone reaches it, or only with
 * its NULs, its letter and the length word. */
static bool
read_borders(struct generator *p, struct slice *rest, struct text *why)
{
	static const unsigned long borders[] = { 64, 128, 256, 512, 1000, 1024, 1460,
		2048, 4096, 8192, 16384, 32768, 65536 };
	unsigned long to, last = 0;

	if (!skip_word(rest, SLICE("to"))) {
		text_printf(why, "generate: borders are written borders to N");
		return false;
	}
	if (!number(rest, VARIABLE_MAX, &to, why))
		return false;
	for (size_t i = 0; i < sizeof borders / sizeof borders[0]; i++) {
		unsigned long n = borders[i] - GENERATOR_BEFORE;

		for (n = n > last ? n : last + 1; n <= borders[i] + 2 && n <= to; n++) {
			if (!add_length(p, n, why))
				return false;
			last = n;
		}
	}
	return true;
}

static bool
read_lengths(struct generator *p, struct slice *rest, struct text *why)
{
	unsigned long n;

	p->kind = GENERATE_LENGTHS;
	do {
		if (skip_word(rest, SLICE("borders")))
			return read_borders(p, rest, why);
		if (!number(rest, VARIABLE_MAX, &n, why) || !add_length(p, n, why))
			return false;
		if (p->lengths == 1 && skip_word(rest, SLICE("to")))
			return read_range(p, rest, why);
	} while (slice_trim(*rest).len > 0);
	return true;
}

static bool
read_sessions(struct generator *p, struct slice *rest, struct text *why)
{
	p->kind = GENERATE_SESSIONS;
	p->times = 1;
	return number(rest, GENERATOR_SESSIONS_MAX, &p->n, why) &&
	       (!skip_word(rest, SLICE("times")) ||
		   number(rest, GENERATOR_TIMES_MAX, &p->times, why));
}

static bool
read_sequences(struct generator *p, struct slice *rest, struct text *why)
{
	p->kind = GENERATE_SEQUENCES;
	return number(rest, GENERATOR_SEQUENCE_MAX, &p->n, why);
}

static bool
read_walks(struct generator *p, struct slice *rest, struct text *why)
{
	p->kind = GENERATE_WALKS;
	if (!number(rest, GENERATOR_WALKS_MAX, &p->times, why))
		return false;
	if (!skip_word(rest, SLICE("of"))) {
		text_printf(why, "generate: walks are written walks M of N");
		return false;
	}
	return number(rest, GENERATOR_WALK_MAX, &p->n, why);
}

static bool
read_cuts(struct generator *p, struct slice *rest, struct text *why)
{
	(void)rest;
	(void)why;
	p->kind = GENERATE_CUTS;
	return true;
}

bool
generator_read(struct slice line, struct generator *p, struct text *why)
{
	static const struct {
		struct slice word;
		bool (*read)(struct generator *p, struct slice *rest, struct text *why);
	} words[] = {
		{ SLICE("cuts"), read_cuts },
		{ SLICE("lengths"), read_lengths },
		{ SLICE("sessions"), read_sessions },
		{ SLICE("sequences"), read_sequences },
		{ SLICE("walks"), read_walks },
	};

	*p = (struct generator){ .kind = GENERATE_ONE, .n = 1, .times = 1 };
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

void
generator_clear(struct generator *g)
{
	free(g->length);
	*g = (struct generator){ .kind = GENERATE_ONE };
}
