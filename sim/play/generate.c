/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/generate.h"

#include <stdlib.h>

#include "sim/play/milter_engine.h"
#include "sim/play/sequence.h"

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
lengths(const struct milter_play_config *c, const struct generator *p,
    struct milter_outcome *o)
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
sessions(const struct milter_play_config *c, const struct generator *p,
    struct milter_outcome *o)
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
sequences(const struct milter_play_config *c, const struct generator *p,
    struct milter_outcome *o)
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
walks(const struct milter_play_config *c, const struct generator *p,
    struct milter_outcome *o)
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
	const struct generator *g = &c->transcript->head.generator;
	struct variant v = { .sessions = 1, .seed = c->seed };
	enum milter_end end = MILTER_ERROR;

	switch (g->kind) {
	case GENERATE_ONE: end = one(c, &v, o, NULL); break;
	case GENERATE_CUTS: end = cuts(c, o); break;
	case GENERATE_LENGTHS: end = lengths(c, g, o); break;
	case GENERATE_SESSIONS: end = sessions(c, g, o); break;
	case GENERATE_SEQUENCES: end = sequences(c, g, o); break;
	case GENERATE_WALKS: end = walks(c, g, o); break;
	}
	if (end == MILTER_PASS)
		text_clear(&o->variant);
	return end;
}
