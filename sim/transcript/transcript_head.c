/* SPDX-License-Identifier: BSD-2-Clause */
/* The head of a transcript: one row a word. */
#include <stdlib.h>

#include "sim/transcript/pattern.h"
#include "sim/transcript/transcript_parts.h"
#include "wire/words.h"

static bool
head_option(struct reader *r, struct slice rest)
{
	struct text *o = &r->t->options;

	return (o->len == 0 || words_append(o, SLICE(" "), r->why)) &&
	       words_append(o, rest, r->why);
}

static bool
head_milter(struct reader *r, struct slice rest)
{
	struct transcript *t = r->t;

	for (int i = 0; i < TRANSCRIPT_MILTERS; i++) {
		if (t->milter[i].limit != 0)
			continue;
		t->milter[i] = (struct text)TEXT_INIT(1000);
		if (t->milters < i + 1)
			t->milters = i + 1;
		return words_append(&t->milter[i], rest, r->why);
	}
	text_printf(r->why, "more than %d milters", TRANSCRIPT_MILTERS);
	return false;
}

static bool
head_expect(struct reader *r, struct slice rest)
{
	if (slice_equal(rest, SLICE("every packet")))
		r->t->expect = EXPECT_PACKETS;
	else if (slice_equal(rest, SLICE("every packet and macro")))
		r->t->expect = EXPECT_MACROS_TOO;
	else {
		text_printf(
		    r->why, "expect: wants 'every packet' or 'every packet and macro'");
		return false;
	}
	return true;
}

static bool
head_timeout(struct reader *r, struct slice rest)
{
	return time_read(rest, &r->t->timeout_ms, r->why);
}

/* A name relative to the folder of the file that has the include. */
static bool
beside(struct reader *r, struct slice name, struct text *ret)
{
	struct slice here = slice_of(r->file);
	size_t slash = slice_find_last(here, '/');
	bool absolute = slice_starts(name, SLICE("/"));

	return (absolute || slash == here.len ||
		   words_append(ret, slice_first(here, slash + 1), r->why)) &&
	       words_append(ret, name, r->why);
}

static bool
head_include(struct reader *r, struct slice rest)
{
	struct text name = TEXT_INIT(4096), source = TEXT_INIT(TRANSCRIPT_BYTES);
	struct reader inner = *r;
	bool ok = false;

	if (r->loader == NULL)
		text_printf(r->why, "include: is not possible here");
	else if (r->depth >= 4)
		text_printf(r->why, "includes nested too deep");
	else if (rest.len == 0 || slice_find(rest, '\0') != rest.len)
		text_printf(r->why, "include: wants the name of a file");
	else if (beside(r, rest, &name) &&
		 r->loader->load(r->loader->self, text_cstr(&name), &source, r->why)) {
		inner.depth++;
		ok = reader_source(&inner, text_cstr(&name), text_slice(&source));
		r->where_told = inner.where_told;
	}
	r->packet = r->t->steps;
	text_clear(&name);
	text_clear(&source);
	return ok;
}

/* --- what a case says of itself --- */

static bool
once(struct reader *r, struct text *ret, struct slice rest, const char *word)
{
	if (ret->len > 0) {
		text_printf(r->why, "a second %s", word);
		return false;
	}
	if (rest.len == 0) {
		text_printf(r->why, "%s wants a text", word);
		return false;
	}
	return words_append(ret, rest, r->why);
}

static bool
head_id(struct reader *r, struct slice rest)
{
	for (size_t i = 0; i < rest.len; i++) {
		char c = rest.ptr[i];
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' &&
		    c != '/' && c != '.') {
			text_printf(r->why, "an id has small letters, digits, - / and .");
			return false;
		}
	}
	return once(r, &r->t->head.id, rest, "id:");
}

static const char *const level_names[] = {
	[LEVEL_NONE] = "",
	[LEVEL_MUST] = "must",
	[LEVEL_INTEROP] = "interop",
	[LEVEL_SHOULD] = "should",
	[LEVEL_INFO] = "info",
};

static bool
head_level(struct reader *r, struct slice rest)
{
	for (int i = LEVEL_MUST; i <= LEVEL_INFO; i++) {
		if (!slice_equal_nocase(rest, slice_of(level_names[i])))
			continue;
		r->t->head.level = (enum level)i;
		return true;
	}
	text_printf(r->why, "level: is must, interop, should or info");
	return false;
}

static bool
head_says(struct reader *r, struct slice rest)
{
	return once(r, &r->t->head.says, rest, "says:");
}

static bool
head_source(struct reader *r, struct slice rest)
{
	return once(r, &r->t->head.source, rest, "source:");
}

static bool
head_known(struct reader *r, struct slice rest)
{
	return once(r, &r->t->head.known, rest, "known:");
}

static bool
head_profiles(struct reader *r, struct slice rest)
{
	return once(r, &r->t->head.profiles, rest, "profiles:");
}

static bool
head_generate(struct reader *r, struct slice rest)
{
	if (r->t->head.generator.kind != GENERATE_ONE) {
		text_printf(r->why, "a second generate:");
		return false;
	}
	return generator_read(rest, &r->t->head.generator, r->why);
}

static bool
head_needs(struct reader *r, struct slice rest)
{
	struct slice word;

	while (words_next(&rest, &word, r->why) && word.len > 0) {
		if (slice_equal_nocase(word, SLICE("process")))
			r->t->head.needs |= NEEDS_PROCESS;
		else if (slice_equal_nocase(word, SLICE("hostile")))
			r->t->head.needs |= NEEDS_HOSTILE;
		else
			text_printf(r->why, "needs: is process, hostile, or both");
		if (r->why->len > 0)
			return false;
	}
	return r->why->len == 0;
}

/* --- how it is played --- */

static bool
head_speaks(struct reader *r, struct slice rest)
{
	if (r->t->steps > 0)
		text_printf(r->why, "speaks: stands in front of the session");
	else if (!slice_equal_nocase(rest, SLICE("milter")))
		text_printf(r->why, "speaks: is milter");
	else
		r->t->speaks = SPEAKS_MILTER;
	return r->why->len == 0;
}

static bool
head_allow(struct reader *r, struct slice rest)
{
	struct slice word;

	while (words_next(&rest, &word, r->why) && word.len > 0) {
		enum wire_rule rule = wire_rule_named(word);
		if (rule == N_WIRE_RULES) {
			text_printf(r->why, "no rule is called '");
			text_append_escaped(r->why, word, 60);
			text_printf(r->why, "'");
			return false;
		}
		wire_rule_set_add(&r->t->allow, rule);
	}
	return r->why->len == 0;
}

/* NAME = TEXT; the name as in ${NAME}. */
static bool
assignment(struct reader *r, struct slice rest, struct slice *name, struct slice *value)
{
	size_t equals = slice_find(rest, '=');

	*name = slice_trim(slice_first(rest, equals));
	*value = slice_trim(slice_from(rest, equals + 1));
	if (equals < rest.len && pattern_name_good(*name))
		return true;
	text_printf(r->why, "a variable is written NAME = TEXT, letters, digits and _ in "
			    "the name");
	return false;
}

static bool
head_param(struct reader *r, struct slice rest)
{
	struct transcript *t = r->t;
	struct slice name, value;

	if (!assignment(r, rest, &name, &value))
		return false;
	if (t->params == TRANSCRIPT_PARAMS) {
		text_printf(r->why, "more than %d param: lines", TRANSCRIPT_PARAMS);
		return false;
	}
	struct param *p = &t->param[t->params++];
	*p = (struct param){ TEXT_INIT(64), TEXT_INIT(VARIABLE_MAX) };
	return words_append(&p->name, name, r->why) &&
	       words_append(&p->value, value, r->why);
}

static bool
head_let(struct reader *r, struct slice rest)
{
	struct front f = { .conn = 1, .repeat = 1, .milter = 0 };
	struct slice name, value;

	if (!assignment(r, rest, &name, &value) || !pattern_check(value, r->why))
		return false;
	struct step *s = reader_step(r, &f, STEP_LET);
	return s != NULL && reader_keep(r, &s->text, name) &&
	       reader_keep(r, &s->text, SLICE("=")) && reader_keep(r, &s->text, value);
}

static bool
head_point(struct reader *r, struct slice rest)
{
	struct front f = { .conn = 1, .repeat = 1, .milter = 0 };

	if (r->t->speaks != SPEAKS_MILTER || rest.len > 0) {
		text_printf(r->why, "point: stands alone, in what speaks: milter");
		return false;
	}
	r->t->pointed = true;
	return reader_step(r, &f, STEP_POINT) != NULL;
}

static const struct {
	struct slice word;
	bool (*read)(struct reader *r, struct slice rest);
} heads[] = {
	{ SLICE("option:"), head_option },
	{ SLICE("milter:"), head_milter },
	{ SLICE("expect:"), head_expect },
	{ SLICE("timeout:"), head_timeout },
	{ SLICE("include:"), head_include },
	{ SLICE("id:"), head_id },
	{ SLICE("level:"), head_level },
	{ SLICE("says:"), head_says },
	{ SLICE("source:"), head_source },
	{ SLICE("known:"), head_known },
	{ SLICE("needs:"), head_needs },
	{ SLICE("profiles:"), head_profiles },
	{ SLICE("generate:"), head_generate },
	{ SLICE("speaks:"), head_speaks },
	{ SLICE("allow:"), head_allow },
	{ SLICE("param:"), head_param },
	{ SLICE("let:"), head_let },
	{ SLICE("point:"), head_point },
};

bool
reader_head(struct reader *r, struct slice line, bool *ret_is)
{
	*ret_is = true;
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		if (slice_starts(line, heads[i].word))
			return heads[i].read(
			    r, slice_trim(slice_from(line, heads[i].word.len)));
	}
	*ret_is = false;
	return true;
}
