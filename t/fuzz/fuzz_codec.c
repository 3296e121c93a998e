/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: a byte for the direction, the letter, the payload.  What decodes is
 * encoded, and described and read back, to the same bytes.
 */
#include "wire/codec.h"

#include "t/fuzz/fuzz.h"
#include "wire/dialogue.h"
#include "wire/notation.h"

static bool
holds(const struct text *framed, char letter, struct slice payload)
{
	struct frame f;

	return frame_decode(text_slice(framed), FRAME_PAYLOAD_64K, &f) == FRAME_OK &&
	       f.size == framed->len && f.letter == letter &&
	       slice_equal(f.payload, payload);
}

static void
check_both_ways(const struct packet *p, char letter, struct slice payload)
{
	struct text framed = TEXT_INIT(FRAME_PAYLOAD_1M);
	struct text line = TEXT_INIT(8 * FRAME_PAYLOAD_64K);
	struct text why = TEXT_INIT(300);

	FUZZ_ASSERT(packet_encode(&framed, p) == CODEC_OK);
	FUZZ_ASSERT(holds(&framed, letter, payload));
	text_clear(&framed);
	packet_describe(&line, p);
	FUZZ_ASSERT(
	    packet_read(&framed, packet_rules[p->kind].to, text_slice(&line), &why));
	FUZZ_ASSERT(holds(&framed, letter, payload));
	text_clear(&framed);
	text_clear(&line);
	text_clear(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = fuzz_slice(data, size);
	enum direction to = (fuzz_take_byte(&in) & 1) != 0 ? TO_MTA : TO_MILTER;
	char letter = (char)fuzz_take_byte(&in);
	struct text shown = TEXT_INIT(1000);
	struct terms t;
	struct packet p;

	if (in.len > FRAME_PAYLOAD_64K)
		return 0;
	payload_describe(&shown, to, letter, in);
	FUZZ_ASSERT(shown.len > 0 && slice_find(text_slice(&shown), '\n') == shown.len);
	text_clear(&shown);
	if (packet_decode(to, letter, in, &p) != CODEC_OK)
		return 0;
	check_both_ways(&p, letter, in);
	if (p.kind == RPL_OPTNEG) {
		const struct optneg offer = { 6, ACTIONS_ALL, PROTO_ALL, { NULL, 0 } };
		(void)terms_settle(&offer, &p.optneg, &t);
		FUZZ_ASSERT(t.version <= 6 && (t.protocol & ~(uint32_t)PROTO_ALL) == 0);
	}
	return 0;
}
