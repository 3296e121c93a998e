/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/scan.h"

#include <stdio.h>

#include "t/unit/oracle.h"
#include "t/unit/runner.h"

enum { MANY = 100000, LINE = 76 };

/* One MIME line with a NUL in it, as a decoded body might hold. */
static const struct slice with_nul =
    SLICE("TVqQAAMAAAAEAAAA//8AA\0LgAAAAAAAAAQAAAAAAAAA");
static const struct slice line76 = SLICE("DUxhuml30nenGwkz6SxOb2GMamANTGfHdhe2WDEx83Qb"
					 "1i0WLBgMtqM3pQG4Gi0AiSYCMuFdYleq");

/* Feeds `text` in pieces of at most `size` bytes, each in a block of its own. */
static enum scan_status
feed_cut(struct scan *s, struct slice text, size_t size)
{
	enum scan_status status = s->status;

	while (text.len > 0) {
		struct slice piece = slice_first(text, size);
		char *copy = malloc(piece.len);

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, piece.ptr, piece.len);
		status = scan_feed(s, (struct slice){ copy, piece.len });
		free(copy);
		text = slice_from(text, piece.len);
	}
	return status;
}

static enum scan_status
scan_whole(const struct scanner *sc, struct slice text, size_t size, struct scan_hit *ret)
{
	struct scan s;

	scan_begin(&s, sc);
	enum scan_status status = feed_cut(&s, text, size);
	*ret = s.hit;
	scan_end(&s);
	return status;
}

/* Pieces of this size, too: one byte, around a gram, a line, a packet. */
static const size_t cuts[] = { 1, 2, 3, 7, 8, 9, 31, 64, 75, 76, 77, 200, 65535,
	1 << 20 };

static void
expect_as_oracle(
    const struct slice *patterns, size_t count, struct slice text, size_t least_cut)
{
	struct scanner *sc = scanner_new(patterns, count);
	struct scan_hit want = { 0 }, got = { 0 };
	enum scan_status status = oracle(patterns, count, text, &want);

	ck_assert_ptr_nonnull(sc);
	for (size_t i = 0; i < COUNT(cuts); i++) {
		if (cuts[i] < least_cut)
			continue;
		ck_assert_int_eq(scan_whole(sc, text, cuts[i], &got), status);
		if (status != SCAN_HIT)
			continue;
		ck_assert_uint_eq(got.signature, want.signature);
		ck_assert_uint_eq(got.start, want.start);
		ck_assert_uint_eq(got.end, want.end);
	}
	scanner_free(sc);
}

static const struct {
	const char *what;
	struct slice patterns[3];
	struct slice text;
	int hit; /* index of the signature, -1: clean */
} row[] = {
	{ "the text is the signature", { SLICE("WORMWORM") }, SLICE("WORMWORM"), 0 },
	{ "first byte", { SLICE("WORMWORM") }, SLICE("WORMWORM and on"), 0 },
	{ "last byte, no line end", { SLICE("WORMWORM") }, SLICE("it ends in WORMWORM"),
	    0 },
	{ "NUL before it", { SLICE("WORMWORM") }, SLICE("\0\0\0WORMWORM\r\n"), 0 },
	{ "NUL inside it", { SLICE("WO\0RMWORM") }, SLICE("..WO\0RMWORM.."), 0 },
	{ "NUL after it", { SLICE("WORMWORM") }, SLICE("xWORMWORM\0"), 0 },
	{ "a signature of NUL bytes", { SLICE("\0\0\0\0\0\0\0\0\1") },
	    SLICE("\0\0\0\0\0\0\0\0\0\0\0\0\1"), 0 },
	{ "bytes above 127", { SLICE("\377\376W\200RM\201\202") },
	    SLICE("\377\377\376W\200RM\201\202"), 0 },
	{ "CRLF inside it is text", { SLICE("WORM\r\nWORM") }, SLICE("a\r\nWORM\r\nWORM"),
	    0 },
	{ "LF is not CRLF", { SLICE("WORM\r\nWORM") }, SLICE("a\r\nWORM\nWORM\r\n"), -1 },
	{ "folded by CRLF it is another text", { SLICE("WORMWORM") },
	    SLICE("WORM\r\nWORM"), -1 },
	{ "lacks its last byte", { SLICE("WORMWORM") }, SLICE("xWORMWOR"), -1 },
	{ "lacks its first byte", { SLICE("WORMWORM") }, SLICE("ORMWORM and on"), -1 },
	{ "one bit off", { SLICE("WORMWORM") }, SLICE("WORMWORL WORMVORM"), -1 },
	{ "empty text", { SLICE("WORMWORM") }, SLICE(""), -1 },
	{ "shorter than a gram", { SLICE("WORMWORM") }, SLICE("WORM"), -1 },
	{ "two: the one that ends first, not the first of the list",
	    { SLICE("SECONDWORM"), SLICE("FIRSTWORM") }, SLICE("FIRSTWORM SECONDWORM"),
	    1 },
	{ "one is the beginning of the other: it ends first",
	    { SLICE("WORMWORMWORM"), SLICE("WORMWORM") }, SLICE("..WORMWORMWORM.."), 1 },
	{ "only the longer one stands there",
	    { SLICE("WORMWORMWORM"), SLICE("WORMWORX") }, SLICE("..WORMWORMWORM.."), 0 },
	{ "one is the end of the other: order of the list",
	    { SLICE("XXXXWORMWORM"), SLICE("WORMWORM") }, SLICE("XXXXWORMWORM"), 0 },
	{ "the same, listed the other way", { SLICE("WORMWORM"), SLICE("XXXXWORMWORM") },
	    SLICE("XXXXWORMWORM"), 0 },
	{ "one inside the other", { SLICE("XXXXWORMWORMYYYY"), SLICE("WORMWORM") },
	    SLICE("XXXXWORMWORMYYYY"), 1 },
	{ "equal ones: the first of the list",
	    { SLICE("OTHERWORM"), SLICE("WORMWORM"), SLICE("WORMWORM") },
	    SLICE("WORMWORM"), 1 },
	{ "overlapping ones", { SLICE("MWORMWORM"), SLICE("XXWORMWO") },
	    SLICE("XXWORMWORMWORM"), 1 },
	{ "one of one byte over and over", { SLICE("AAAAAAAAAAAB") },
	    SLICE("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"), 0 },
	{ "the same but for the end", { SLICE("AAAAAAAAAAAB") },
	    SLICE("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), -1 },
};

START_TEST(finds_what_stands_there)
{
	struct scan_hit hit = { 0 };
	size_t count = 0;

	while (count < 3 && row[_i].patterns[count].len > 0)
		count++;
	enum scan_status want = oracle(row[_i].patterns, count, row[_i].text, &hit);
	ck_assert_msg((want == SCAN_HIT ? (int)hit.signature : -1) == row[_i].hit,
	    "%s: the oracle disagrees with the table", row[_i].what);
	expect_as_oracle(row[_i].patterns, count, row[_i].text, 1);
}
END_TEST

/* Row 3 of the bugs of 2003: a signature that spans chunks went through. */
START_TEST(finds_it_however_it_is_cut)
{
	struct scanner *sc = scanner_new(&line76, 1);
	char text[3 * LINE];

	memset(text, 'x', sizeof text);
	memcpy(text + LINE, line76.ptr, LINE);
	for (size_t a = 0; a <= sizeof text; a++) {
		for (size_t b = a; b <= sizeof text; b++) {
			struct scan s;

			scan_begin(&s, sc);
			(void)scan_feed(&s, (struct slice){ text, a });
			(void)scan_feed(&s, (struct slice){ text + a, b - a });
			(void)scan_feed(&s, (struct slice){ text + b, sizeof text - b });
			ck_assert_msg(s.status == SCAN_HIT && s.hit.start == LINE,
			    "cut at %zu and %zu", a, b);
			ck_assert_ptr_null(s.more);
			scan_end(&s);
		}
	}
	scanner_free(sc);
}
END_TEST

/* The packets of the milter protocol hold 65,535 bytes of a body. */
START_TEST(finds_it_across_the_packet_border)
{
	enum { PACKET = 65535 };
	struct scanner *sc = scanner_new(&with_nul, 1);
	struct scan_hit hit;
	char *text = malloc(3 * PACKET);

	for (size_t at = PACKET - with_nul.len; at <= PACKET; at++) {
		memset(text, 'A', 3 * PACKET);
		memcpy(text + PACKET + at, with_nul.ptr, with_nul.len);
		struct slice all = { text, 3 * PACKET };
		ck_assert_int_eq(scan_whole(sc, all, PACKET, &hit), SCAN_HIT);
		ck_assert_uint_eq(hit.start, PACKET + at);
		text[PACKET + at + with_nul.len - 1] ^= 1;
		ck_assert_int_eq(scan_whole(sc, all, PACKET, &hit), SCAN_CLEAN);
	}
	free(text);
	scanner_free(sc);
}
END_TEST

/* Row 1: one byte past the chunk was read and written.  For the sanitizer. */
START_TEST(touches_nothing_beyond_a_piece)
{
	static const size_t extra[] = { 65535, 65536 };
	struct scanner *sc = scanner_new(&line76, 1);

	for (size_t n = 1; n <= 4096 + COUNT(extra); n++) {
		size_t len = n <= 4096 ? n : extra[n - 4097];
		char *text = malloc(len);
		struct scan_hit hit;

		memset(text, 'D', len);
		ck_assert_int_eq(
		    scan_whole(sc, (struct slice){ text, len }, len, &hit), SCAN_CLEAN);
		free(text);
	}
	scanner_free(sc);
}
END_TEST

START_TEST(keeps_nothing_from_one_text_to_the_next)
{
	struct scanner *sc = scanner_new(&line76, 1);
	struct scan s;

	for (size_t cut = 1; cut < LINE; cut++) {
		scan_begin(&s, sc);
		ck_assert_int_eq(scan_feed(&s, slice_first(line76, cut)), SCAN_CLEAN);
		scan_end(&s);
		scan_begin(&s, sc);
		ck_assert_int_eq(scan_feed(&s, slice_from(line76, cut)), SCAN_CLEAN);
		scan_end(&s);
	}
	scanner_free(sc);
}
END_TEST

START_TEST(a_hit_stays_whatever_follows)
{
	struct scanner *sc = scanner_new(&line76, 1);
	struct scan s;

	scan_begin(&s, sc);
	ck_assert_int_eq(scan_feed(&s, line76), SCAN_HIT);
	ck_assert_int_eq(scan_feed(&s, SLICE("much more text")), SCAN_HIT);
	ck_assert_int_eq(scan_feed(&s, line76), SCAN_HIT);
	ck_assert_uint_eq(s.hit.start, 0);
	ck_assert_uint_eq(s.hit.end, LINE);
	scan_end(&s);
	scan_end(&s);
	scanner_free(sc);
}
END_TEST

/* `count` patterns that differ in their number alone, wherever it stands. */
static struct slice *
numbered_patterns(size_t count, size_t at, char *store)
{
	struct slice *p = calloc(count + 1, sizeof *p);

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < count; i++) {
		char number[9];

		(void)snprintf(number, sizeof number, "%08zu", i);
		memcpy(store + i * LINE, line76.ptr, LINE);
		memcpy(store + i * LINE + at, number, 8);
		p[i] = (struct slice){ store + i * LINE, LINE };
	}
	return p;
}

/* Row 15: an array of 200 without a bound.  These share all grams but a few. */
START_TEST(any_number_of_signatures)
{
	static const size_t counts[] = { 0, 1, 2, 199, 200, 201, 5000 };
	char *store = malloc(5000 * LINE);
	struct slice *p = numbered_patterns(5000, 30, store);

	for (size_t i = 0; i < COUNT(counts); i++) {
		struct scanner *sc = scanner_new(p, counts[i]);
		struct scan_hit hit;

		ck_assert_ptr_nonnull(sc);
		for (size_t n = 0; n < 5000; n += 199 / 2) {
			enum scan_status got = scan_whole(sc, p[n], 50, &hit);

			ck_assert_int_eq(got, n < counts[i] ? SCAN_HIT : SCAN_CLEAN);
			ck_assert(got == SCAN_CLEAN || hit.signature == n);
		}
		scanner_free(sc);
	}
	free(p);
	free(store);
}
END_TEST

START_TEST(a_hundred_thousand_signatures)
{
	char *store = malloc((size_t)MANY * LINE);
	uint64_t state = 20030530;

	for (size_t i = 0; i < (size_t)MANY * LINE; i++)
		store[i] = (char)('0' + random_below(&state, 75));
	struct slice *p = calloc(MANY, sizeof *p);
	for (size_t i = 0; i < MANY; i++)
		p[i] = (struct slice){ store + i * LINE, LINE };
	struct scanner *sc = scanner_new(p, MANY);

	ck_assert_ptr_nonnull(sc);
	ck_assert_uint_eq(sc->count, MANY);
	ck_assert_uint_lt(scanner_bytes(sc), 300u << 20);
	for (size_t i = 0; i < MANY; i += 31) {
		struct scan_hit hit;

		ck_assert_int_eq(scan_whole(sc, p[i], 40, &hit), SCAN_HIT);
		ck_assert_uint_eq(hit.signature, i);
		store[i * LINE + LINE - 1] ^= 1;
		store[i * LINE] ^= 1;
		ck_assert_int_eq(
		    scan_whole(sc, slice_first(p[i], LINE - 1), 40, &hit), SCAN_CLEAN);
		store[i * LINE + LINE - 1] ^= 1;
		store[i * LINE] ^= 1;
	}
	scanner_free(sc);
	free(p);
	free(store);
}
END_TEST

/* A signature of 64 KiB beside one of 8 bytes: right, and no more kept than needed. */
START_TEST(very_long_and_very_short_ones)
{
	char *whole = malloc(SIGNATURE_LONGEST + 100);
	uint64_t state = 1;

	for (size_t i = 0; i < SIGNATURE_LONGEST + 100; i++)
		whole[i] = (char)('a' + random_below(&state, 26));
	struct slice p[] = { { whole + 50, SIGNATURE_LONGEST }, SLICE("SHORT1ST") };
	struct slice text = { whole, SIGNATURE_LONGEST + 100 };
	expect_as_oracle(p, 2, text, 64);
	whole[50 + SIGNATURE_LONGEST - 1] ^= 1;
	expect_as_oracle(p, 2, text, 64);
	whole[50 + SIGNATURE_LONGEST - 1] ^= 1;
	struct scanner *sc = scanner_new(p, 2);
	struct scan s;

	scan_begin(&s, sc);
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(
		    feed_cut(&s, slice_first(text, 40000), 1000), SCAN_CLEAN);
		ck_assert_uint_le(s.room, SIGNATURE_LONGEST + LOOKBACK_MAX);
	}
	ck_assert_int_eq(scan_feed(&s, SLICE("..SHORT1ST")), SCAN_HIT);
	scan_end(&s);
	scanner_free(sc);
	free(whole);
}
END_TEST

START_TEST(refuses_what_it_cannot_look_for)
{
	static const char long_one[SIGNATURE_LONGEST + 1];
	struct slice p = { long_one, SIGNATURE_SHORTEST - 1 };

	ck_assert_ptr_null(scanner_new(&p, 1));
	p.len = SIGNATURE_LONGEST + 1;
	ck_assert_ptr_null(scanner_new(&p, 1));
	p.len = SIGNATURE_LONGEST;
	struct scanner *sc = scanner_new(&p, 1);
	ck_assert_ptr_nonnull(sc);
	scanner_free(sc);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("scan");
	TCase *t = tcase_create("rows");
	TCase *slow = tcase_create("many");

	tcase_add_loop_test(t, finds_what_stands_there, 0, COUNT(row));
	tcase_add_test(t, finds_it_however_it_is_cut);
	tcase_add_test(t, touches_nothing_beyond_a_piece);
	tcase_add_test(t, keeps_nothing_from_one_text_to_the_next);
	tcase_add_test(t, a_hit_stays_whatever_follows);
	tcase_add_test(t, refuses_what_it_cannot_look_for);
	suite_add_tcase(s, t);
	tcase_set_timeout(slow, 60);
	tcase_add_test(slow, finds_it_across_the_packet_border);
	tcase_add_test(slow, any_number_of_signatures);
	tcase_add_test(slow, a_hundred_thousand_signatures);
	tcase_add_test(slow, very_long_and_very_short_ones);
	suite_add_tcase(s, slow);
	return s;
}

RUN_SUITE(suite)
