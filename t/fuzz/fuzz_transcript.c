/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A transcript is read, or the fault has file and line; what was read is within
 * its limits, and each pattern in it can be matched.
 */
#include "sim/transcript/transcript.h"

#include "sim/transcript/pattern.h"
#include "t/fuzz/fuzz.h"

static void
check_step(const struct transcript *t, const struct step *s, struct variables *v)
{
	FUZZ_ASSERT(s->conn >= 1 && s->conn <= t->connections);
	FUZZ_ASSERT(s->milter <= t->milters && s->repeat >= 1);
	FUZZ_ASSERT(s->first_answer + s->answers <= t->answers);
	if (s->kind == STEP_LINE || s->kind == STEP_PACKET)
		(void)pattern_match(text_slice(&s->text), SLICE("250 OK aaaa"), v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text why = TEXT_INIT(1000);
	struct transcript t;
	struct variables v;

	variables_init(&v);
	if (!transcript_read(&t, "t", fuzz_slice(data, size), NULL, &why))
		FUZZ_ASSERT(slice_starts(text_slice(&why), SLICE("t:")));
	else
		for (size_t i = 0; i < t.steps; i++)
			check_step(&t, &t.step[i], &v);
	FUZZ_ASSERT(t.connections <= TRANSCRIPT_CONNECTIONS);
	FUZZ_ASSERT(t.milters <= TRANSCRIPT_MILTERS);
	variables_clear(&v);
	transcript_clear(&t);
	text_clear(&why);
	return 0;
}
