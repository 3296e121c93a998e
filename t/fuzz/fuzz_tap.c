/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * However a milter's bytes are cut, the same ones are told, in the same packets; and
 * masking changes no length and leaves no letter of a body.
 */
#include "sim/record/redact.h"
#include "sim/record/tap.h"
#include "t/fuzz/fuzz.h"

enum { LONGEST = 1 << 20 };

static void
tell(void *self, const struct event *e)
{
	struct text *all = self, masked = TEXT_INIT(LONGEST);

	FUZZ_ASSERT(redact_event(e, &masked));
	FUZZ_ASSERT(masked.len == e->bytes.len);
	for (size_t i = 0; e->letter == 'B' && i < masked.len; i++)
		FUZZ_ASSERT(ascii_lower(masked.ptr[i]) == 'x' ||
			    !(ascii_lower(masked.ptr[i]) >= 'a' &&
				ascii_lower(masked.ptr[i]) <= 'z'));
	if (e->what == EVENT_PACKET)
		text_printf(all, "[%c %zu]", e->letter, e->bytes.len);
	FUZZ_ASSERT(text_append(all, e->bytes) == TEXT_OK);
	text_clear(&masked);
}

static void
play(struct slice in, size_t piece, struct text *all)
{
	const struct event_sink sink = { tell, all };
	struct tap t;

	tap_init(&t, TO_MILTER);
	for (; in.len != 0; in = slice_from(in, piece))
		tap_bytes(&t, slice_first(in, piece), &sink);
	tap_end(&t, &sink);
	tap_clear(&t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text whole = TEXT_INIT(LONGEST), cut = TEXT_INIT(LONGEST);
	struct slice in = fuzz_slice(data, size);
	size_t piece = 1 + (size_t)fuzz_take_byte(&in) % 7;

	if (in.len < LONGEST / 16) {
		play(in, in.len + 1, &whole);
		play(in, piece, &cut);
		FUZZ_ASSERT(slice_equal(text_slice(&whole), text_slice(&cut)));
	}
	text_clear(&whole);
	text_clear(&cut);
	return 0;
}
