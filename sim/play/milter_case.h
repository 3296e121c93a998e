/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_MILTER_CASE_H
#define SIM_PLAY_MILTER_CASE_H

/*
 * milter_case - what a play with a milter is given, and what came of it.
 *
 * sim/play/milter_play.h plays it.
 */

#include "sim/io/socket.h"
#include "sim/transcript/event.h"
#include "sim/transcript/transcript.h"

enum milter_end {
	MILTER_PASS,
	/* The milter broke a rule, or an M<, R: or R< line at or behind point: differs.
	 */
	MILTER_FAIL,
	/*
	 * A line before point: differs, or the line behind it could not be sent or
	 * answered: the milter masked the event, took its answer away, or had done
	 * with the message.  Says nothing of the case's rule, for or against.
	 */
	MILTER_NOT_REACHED,
	MILTER_NOT_RUN,     /* `stop` said so before its end */
	MILTER_UNREACHABLE, /* could not connect, or not within answer_ms */
	MILTER_ERROR, /* of ours: memory, descriptors, the transcript; got says it */
};

struct milter_limits {
	unsigned answer_ms; /* each M< line; 0: the transcript's timeout:, else 10 s */
	unsigned total_ms;  /* one variant, all of it; 0: 60 s */
};

/* A value for a ${name}, over the default of its param: line. */
struct milter_param {
	const char *name, *value;
};

struct milter_play_config {
	const struct transcript *transcript; /* speaks MILTER */
	/* NULL: a milter inside, played by the transcript's own `M< on` rules. */
	const struct socket_address *address;
	struct milter_limits limits;
	const struct milter_param *param;
	size_t params;
	uint64_t seed; /* for generators; the same seed plays the same */
	/* Rules that nobody here calls a failure, beside the transcript's allow:. */
	struct wire_rule_set allow;
	/*
	 * Its habit is to answer QUIT, which no MTA reads: one answer behind each QUIT
	 * is passed over, but where point: stands behind QUIT.
	 */
	bool answers_quit;
	struct event_sink sink; /* every event of every connection, in order */
	/*
	 * Asked when the milter closes, resets or falls silent, and at the end:
	 * false and *why when its process is gone ("killed by signal 11") or has
	 * otherwise broken what the caller watches over.  That is a failure.  NULL:
	 * nobody knows.
	 */
	bool (*alive)(void *self, struct text *why);
	bool (*stop)(void *self); /* asked often: true breaks off; NULL: never */
	void *self;
};

struct milter_outcome {
	const char *file; /* the transcript's; NULL: of no line */
	unsigned line;
	/* MILTER_FAIL: the rule of wire_rules[] broken; N_WIRE_RULES: the line's own */
	enum wire_rule rule;
	bool behind_quit; /* ... by an answer that nobody asked for, QUIT being sent */
	struct text expected; /* as a line of a transcript, or the rule's sentence */
	struct text got;      /* as a line of a transcript, or words */
	struct text diff;     /* R: lines: a unified diff of the message; else empty */
	struct text variant;  /* of a generator: "cut at byte 7 of 23"; else empty */
	struct wire_rule_set broken; /* all rules the milter broke, allowed ones too */
	unsigned long variants;      /* played */
	unsigned long answers;       /* M< lines that were held against a packet */
};

#define MILTER_OUTCOME_INIT                                                              \
	{                                                                                \
		.rule = N_WIRE_RULES, .expected = TEXT_INIT(4096),                       \
		.got = TEXT_INIT(4096), .diff = TEXT_INIT(64 * 1024),                    \
		.variant = TEXT_INIT(4096),                                              \
	}

void milter_outcome_clear(struct milter_outcome *o); /* may be used again */

/* "pass", "fail", "not reached", "not run", "unreachable", "error". */
const char *milter_end_name(enum milter_end e);

#endif
