/* SPDX-License-Identifier: BSD-2-Clause */
/* A scan against its oracle: random texts, random signatures, random cuts. */
#include "policy/virus/scan.h"

#include <stdio.h>

#include "t/unit/oracle.h"
#include "t/unit/runner.h"

/* Now and then many: above 32 short ones are looked for in another way. */
enum { TEXT_MOST = 600, PATTERNS_FEW = 6, PATTERNS_MOST = 40, PATTERN_MOST = 160 };

/* Letters are few, so that nearly every look is nearly a signature. */
static void
fill_random(char *to, size_t n, uint32_t letters, uint64_t *state)
{
	static const char alphabet[] = "A\0\n=zZ/+";

	for (size_t i = 0; i < n; i++)
		to[i] = alphabet[random_below(state, letters)];
}

/* A pattern: random, or a piece of the text, or that with one byte changed. */
static struct slice
random_pattern(char *to, struct slice text, uint32_t letters, uint64_t *state)
{
	size_t len = SIGNATURE_SHORTEST +
		     random_below(state, 3) * random_below(state, PATTERN_MOST / 2 - 8);
	uint32_t kind = random_below(state, 4);

	fill_random(to, len, letters, state);
	if (kind < 3 && text.len > len) {
		memcpy(to, text.ptr + random_below(state, (uint32_t)(text.len - len + 1)),
		    len);
		if (kind < 2)
			to[len - 1 - random_below(state, 2)] ^= 1;
	}
	return (struct slice){ to, len };
}

static void
property(uint64_t *state)
{
	char text[TEXT_MOST], store[PATTERNS_MOST][PATTERN_MOST];
	struct slice p[PATTERNS_MOST], all = { text, random_below(state, TEXT_MOST) };
	uint32_t letters = 1 + random_below(state, 8);
	uint32_t most = random_below(state, 16) == 0 ? PATTERNS_MOST : PATTERNS_FEW;
	size_t count = 1 + random_below(state, most);
	struct scan_hit want = { 0 };

	fill_random(text, all.len, letters, state);
	for (size_t i = 0; i < count; i++)
		p[i] = random_pattern(store[i], all, letters, state);
	struct scanner *sc = scanner_new(p, count);
	struct scan s;
	enum scan_status status = oracle(p, count, all, &want);

	scan_begin(&s, sc);
	for (struct slice rest = all; rest.len > 0;) {
		uint32_t longest = 1 + random_below(state, 300);
		struct slice piece = slice_first(rest, random_below(state, longest));

		(void)scan_feed(&s, piece);
		rest = slice_from(rest, piece.len);
	}
	ck_assert_int_eq(s.status, status);
	if (status == SCAN_HIT) {
		ck_assert_uint_eq(s.hit.signature, want.signature);
		ck_assert_uint_eq(s.hit.start, want.start);
		ck_assert_uint_eq(s.hit.end, want.end);
	}
	scan_end(&s);
	scanner_free(sc);
}

/*
 * SCAN_SEED=n SCAN_CASES=n make check: another run.  Each case has a seed of
 * its own, named when it fails.  Of what costs more there is only a share.
 */
static void
each_case(long share, void (*property_of)(uint64_t *))
{
	const char *given = getenv("SCAN_SEED"), *cases = getenv("SCAN_CASES");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 20030530;
	long n = (cases != NULL ? strtol(cases, NULL, 10) : 100000) / share;

	printf("# %ld cases, SCAN_SEED=%llu\n", n, (unsigned long long)seed);
	for (long i = 0; i < n; i++) {
		uint64_t state = (seed + (uint64_t)i) * 0x9E3779B97F4A7C15u;

		property_of(&state);
	}
}

START_TEST(agrees_with_memmem)
{
	each_case(1, property);
}
END_TEST

/*
 * Long signatures that repeat themselves, in texts that nearly do: a period, a
 * row that ends in something else, two rows; cut in pieces, so that rows go on
 * from one to the next.
 */
enum { LONG_TEXT = 6000, LONG_MOST = 1500, LONG_PATTERNS = 4 };

static void
fill_periodic(char *to, size_t n, uint64_t *state)
{
	char unit[100];
	size_t period = 1 + random_below(state, random_below(state, 2) ? 9 : 99);

	fill_random(unit, period, 1 + random_below(state, 3), state);
	for (size_t i = 0; i < n; i++)
		to[i] = unit[i % period];
	for (uint32_t breaks = random_below(state, 4); breaks > 0; breaks--)
		to[random_below(state, (uint32_t)n)] ^= 1;
}

/* The text in pieces of any length, beside what memmem() finds. */
static void
agrees(const struct slice *p, size_t count, struct slice rest, uint64_t *state)
{
	uint32_t most = 1 + random_below(state, 2 * (uint32_t)rest.len);
	struct scanner *sc = scanner_new(p, count);
	struct scan_hit want = { 0 };
	enum scan_status status = oracle(p, count, rest, &want);
	struct scan s;

	scan_begin(&s, sc);
	while (rest.len > 0) {
		struct slice piece = slice_first(rest, 1 + random_below(state, most));

		(void)scan_feed(&s, piece);
		rest = slice_from(rest, piece.len);
	}
	ck_assert_int_eq(s.status, status);
	ck_assert(status != SCAN_HIT ||
		  (s.hit.signature == want.signature && s.hit.start == want.start));
	scan_end(&s);
	scanner_free(sc);
}

static void
periodic_property(uint64_t *state)
{
	char *text = malloc(LONG_TEXT), store[LONG_PATTERNS][LONG_MOST];
	struct slice p[LONG_PATTERNS];
	size_t count = 1 + random_below(state, LONG_PATTERNS);

	ck_assert_ptr_nonnull(text);
	fill_periodic(text, LONG_TEXT, state);
	for (size_t i = 0; i < count; i++) {
		size_t len = 100 + random_below(state, LONG_MOST - 100);

		memcpy(store[i], text + random_below(state, (uint32_t)(LONG_TEXT - len)),
		    len);
		if (random_below(state, 4) == 0)
			fill_periodic(store[i], len, state);
		p[i] = (struct slice){ store[i], len };
	}
	for (uint32_t breaks = random_below(state, 12); breaks > 0; breaks--)
		text[random_below(state, LONG_TEXT)] ^= 1;
	agrees(p, count, (struct slice){ text, LONG_TEXT }, state);
	free(text);
}

START_TEST(agrees_on_what_repeats_itself)
{
	each_case(10, periodic_property);
}
END_TEST

/*
 * UUV, where V ends as that much of U does, in UUUV: what begins at the first U
 * is the signature up to the third, and its last bytes are there, too; it begins
 * at the second, which is no whole period on, wherever both stand in the piece.
 */
enum { UNIT = 200, TAIL = 100, SAME_END = 16, DOUBLE = 2 * UNIT + TAIL };

START_TEST(a_false_start_hides_no_true_one)
{
	static char signature[DOUBLE], text[DOUBLE + UNIT + DOUBLE];
	struct slice p = { signature, DOUBLE };
	uint64_t state = 0x9E3779B97F4A7C15u;

	for (int i = 0; i < DOUBLE; i++)
		signature[i] = (char)random_below(&state, 256);
	memcpy(signature + UNIT, signature, UNIT);
	memcpy(signature + DOUBLE - SAME_END, signature + TAIL - SAME_END, SAME_END);
	struct scanner *sc = scanner_new(&p, 1);
	for (size_t before = 0; before < DOUBLE; before++) {
		struct scan s;

		memset(text, '-', before);
		memcpy(text + before, signature, UNIT);
		memcpy(text + before + UNIT, signature, DOUBLE);
		scan_begin(&s, sc);
		(void)scan_feed(&s, (struct slice){ text, before + UNIT + DOUBLE });
		ck_assert_msg(s.status == SCAN_HIT && s.hit.start == before + UNIT,
		    "behind %zu bytes", before);
		scan_end(&s);
	}
	scanner_free(sc);
}
END_TEST

/*
 * Texts that are made of near misses, so that look after look passes the filter, and
 * now and then of a signature.  Some share grams, by the dozen.
 */
enum { CROWD_TEXT = 12000, CROWD_PATTERNS = 64, CROWD_MOST = 300 };

static size_t
crowd_patterns(char store[][CROWD_MOST], struct slice *p, uint64_t *state)
{
	size_t count = 1 + random_below(state, CROWD_PATTERNS);
	uint32_t least = SIGNATURE_SHORTEST + random_below(state, 80);
	uint32_t shared = random_below(state, 2) * random_below(state, least);

	for (size_t i = 0; i < count; i++) {
		size_t len = least + random_below(state, 2) *
					 random_below(state, CROWD_MOST - least);

		fill_random(store[i], len, 8, state);
		memmove(store[i] + random_below(state, (uint32_t)len - shared), store[0],
		    shared);
		p[i] = (struct slice){ store[i], len };
	}
	return count;
}

/* One byte differs: the last one, mostly. */
static size_t
add_near_miss(char *to, struct slice pattern, uint64_t *state)
{
	size_t back = random_below(state, 3) > 0
			  ? 1
			  : 1 + random_below(state, (uint32_t)pattern.len);

	memcpy(to, pattern.ptr, pattern.len);
	if (random_below(state, 300) > 0)
		to[pattern.len - back] ^= 1;
	return pattern.len;
}

static void
crowd_property(uint64_t *state)
{
	static char store[CROWD_PATTERNS][CROWD_MOST], text[CROWD_TEXT + CROWD_MOST];
	struct slice p[CROWD_PATTERNS];
	size_t count = crowd_patterns(store, p, state), len = 0;

	while (len < CROWD_TEXT) {
		len += add_near_miss(
		    text + len, p[random_below(state, (uint32_t)count)], state);
		text[len++] = '\n';
	}
	agrees(p, count, (struct slice){ text, CROWD_TEXT }, state);
}

START_TEST(agrees_where_look_after_look_is_nearly_one)
{
	each_case(50, crowd_property);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("scan_random");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, agrees_with_memmem);
	tcase_add_test(t, agrees_on_what_repeats_itself);
	tcase_add_test(t, a_false_start_hides_no_true_one);
	tcase_add_test(t, agrees_where_look_after_look_is_nearly_one);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
