/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scan agrees with memmem() over the whole text, however it is cut.
 *
 * The input: one byte, how many patterns (1 to 8; its highest bit: each is three
 * times as long); for each a byte, its length less 8, and its bytes; one byte, the size
 * of the pieces (0: each of a size that the text itself tells); the rest is the text.
 */
#include "t/fuzz/fuzz.h"
#include "t/unit/oracle.h"

enum { PATTERNS = 8 };

static size_t
take_patterns(struct slice *in, struct slice *patterns)
{
	uint8_t byte = fuzz_take_byte(in);
	size_t count = 1 + byte % PATTERNS, times = byte & 0x80 ? 3 : 1, n = 0;

	for (; n < count; n++) {
		size_t len = SIGNATURE_SHORTEST + times * fuzz_take_byte(in);

		if (in->len < len)
			break;
		patterns[n] = slice_first(*in, len);
		*in = slice_from(*in, len);
	}
	return n;
}

static void
feed(struct scan *s, struct slice text, size_t size)
{
	while (text.len > 0) {
		size_t n = size != 0 ? size : (size_t)1 + (uint8_t)text.ptr[0];
		struct slice piece = slice_first(text, n);
		char *copy = malloc(piece.len);

		FUZZ_ASSERT(copy != NULL);
		memcpy(copy, piece.ptr, piece.len);
		(void)scan_feed(s, (struct slice){ copy, piece.len });
		free(copy);
		text = slice_from(text, piece.len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = fuzz_slice(data, size), patterns[PATTERNS];
	size_t count = take_patterns(&in, patterns);
	size_t piece = fuzz_take_byte(&in);
	struct scan_hit want = { 0 };
	struct scan s;
	struct scanner *scanner = scanner_new(patterns, count);

	FUZZ_ASSERT(scanner != NULL);
	enum scan_status status = oracle(patterns, count, in, &want);
	scan_begin(&s, scanner);
	feed(&s, in, piece);
	FUZZ_ASSERT(s.status == status);
	if (status == SCAN_HIT) {
		FUZZ_ASSERT(s.hit.signature == want.signature);
		FUZZ_ASSERT(s.hit.start == want.start && s.hit.end == want.end);
	}
	FUZZ_ASSERT(s.kept <= 8 + 3 * 255 + LOOKBACK_MAX + GRAM_MOST);
	scan_end(&s);
	scanner_free(scanner);
	return 0;
}
