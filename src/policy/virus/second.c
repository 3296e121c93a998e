/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/second.h"

#include <stdlib.h>

#include "policy/header.h"

enum stage {
	FRESH,     /* nothing has come */
	KEEPING,   /* all that came is in the copy */
	SPOILT,    /* it could not be kept, nobody can judge it */
	OVERSIZED, /* more than max_size has come */
	BLIND, /* without headers, as of a body alone, no judgement is worth anything */
};

struct second {
	const struct second_rules *rules;
	void *copy; /* or NULL */
	unsigned long long size;
	enum stage stage;
	bool blank_taken;
	bool separated; /* the empty line behind the header is written */
	struct opinion_name found;
};

struct second *
second_new(const struct second_rules *rules, const struct client *client)
{
	struct second *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->rules = rules;
	s->blank_taken = client->blank_taken;
	s->stage = (client->events & ON_HEADER) != 0 ? FRESH : BLIND;
	return s;
}

void
second_forget(struct second *s)
{
	if (s->copy != NULL)
		s->rules->source.drop(s->copy);
	s->copy = NULL;
	s->stage = SPOILT;
}

void
second_free(struct second *s)
{
	if (s == NULL)
		return;
	second_forget(s);
	free(s);
}

/* From here on it cannot be judged; what was kept makes room for others. */
static void
stop(struct second *s, enum stage why)
{
	second_forget(s);
	s->stage = why;
}

static void
put(void *self, struct slice bytes)
{
	struct second *s = self;

	s->size += bytes.len;
	if (s->stage != KEEPING)
		return;
	if (s->size > s->rules->max_size)
		stop(s, OVERSIZED);
	else if (!s->rules->source.write(s->copy, bytes))
		stop(s, SPOILT);
}

static void
begin(struct second *s)
{
	if (s->stage != FRESH)
		return;
	s->copy = s->rules->source.begin(s->rules->source.self);
	s->stage = s->copy != NULL ? KEEPING : SPOILT;
	put(s, SLICE(SECOND_FIRST_LINE));
}

void
second_header(struct second *s, struct slice name, struct slice value)
{
	const struct header_sink to = { put, s };

	begin(s);
	header_as_sent(name, value, s->blank_taken, &to);
}

void
second_eoh(struct second *s)
{
	begin(s);
	if (!s->separated)
		put(s, SLICE("\r\n"));
	s->separated = true;
}

void
second_body(struct second *s, struct slice chunk)
{
	second_eoh(s);
	put(s, chunk);
}

/* '*' stands for any bytes, none too; everything else for itself. */
static bool
matches(struct slice pattern, struct slice name)
{
	size_t p = 0, n = 0, star = SIZE_MAX, resume = 0;

	while (n < name.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			resume = n;
		} else if (p < pattern.len && pattern.ptr[p] == name.ptr[n]) {
			p++;
			n++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			n = ++resume;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

static bool
is_ignored(const struct second *s)
{
	for (size_t i = 0; i < s->rules->ignore.count; i++) {
		if (matches(slice_of(s->rules->ignore.item[i]), second_found(s)))
			return true;
	}
	return false;
}

/* A limit that was reached inside is no virus, and no pattern makes it clean. */
static enum second_outcome
outcome_of_found(const struct second *s)
{
	if (slice_starts(second_found(s), SLICE("Heuristics.Limits.")))
		return SECOND_LIMITS;
	return is_ignored(s) ? SECOND_IGNORED : SECOND_FOUND;
}

static enum second_outcome
ask(struct second *s, const struct progress *progress)
{
	switch (s->rules->source.ask(s->copy, progress, &s->found)) {
	case OPINION_NONE: return SECOND_NO_OPINION;
	case OPINION_CLEAN: return SECOND_CLEAN;
	case OPINION_FOUND: return outcome_of_found(s);
	}
	return SECOND_NO_OPINION;
}

static enum second_outcome
judge(struct second *s, const struct progress *progress)
{
	switch (s->stage) {
	case KEEPING: return ask(s, progress);
	case FRESH:
	case SPOILT: return SECOND_NO_OPINION;
	case OVERSIZED: return SECOND_TOO_LARGE;
	case BLIND: break;
	}
	report_say(s->rules->report, "older-connection",
	    "a connection is older than the reload that asked for clamd, so the headers "
	    "of its messages are missing; they cannot be judged");
	return SECOND_NO_HEADERS;
}

enum second_outcome
second_judge(struct second *s, const struct progress *progress)
{
	second_eoh(s); /* a message may have neither headers nor body */
	enum second_outcome outcome = judge(s, progress);
	s->rules->source.count(s->rules->source.self, outcome);
	return outcome;
}

unsigned long long
second_size(const struct second *s)
{
	return s->size;
}

struct slice
second_found(const struct second *s)
{
	return (struct slice){ s->found.bytes, s->found.len };
}
