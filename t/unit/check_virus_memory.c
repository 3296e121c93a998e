/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/virus.h"

#include "t/unit/failing_malloc.h"
#include "t/unit/runner.h"
#include "t/unit/virus_rules.h"

/* A signature so long that a message must ask for memory while it matches. */
static struct slice
long_signature(char *store, size_t size)
{
	uint64_t x = 1;

	memcpy(store, "LONG =\n", 7);
	for (size_t i = 7; i < size; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		store[i] = (char)('a' + (x >> 33) % 26);
	}
	return (struct slice){ store, size };
}

/* Row 6: out of memory, and the message was accepted without a look. */
START_TEST(an_allocation_that_fails_passes_no_virus)
{
	static char file[5000];
	struct slice text = long_signature(file, sizeof file);
	struct virus_rules *rules = rules_from(text, VIRUS_REJECT, "550 5.7.0 %v FOUND");
	int failures = 0;

	ck_assert_ptr_nonnull(rules);
	for (int n = 1;; n++) {
		allocations = 0;
		fail_at = n;
		void *msg = virus_policy.begin(rules, NULL);
		struct verdict v = virus_policy.failure;

		if (msg != NULL) {
			struct envelope_event ev = { .path = SLICE("<a@x>") };

			(void)virus_policy.mail(msg, &ev);
			for (size_t at = 7; at < sizeof file; at += 1000)
				(void)virus_policy.body(
				    msg, slice_first(slice_from(text, at), 1000));
			v = virus_policy.eom(msg, NULL);
		}
		fail_at = 0;
		ck_assert_msg(v.kind >= VERDICT_REJECT, "allocation %d", n);
		failures += v.kind == VERDICT_TEMPFAIL;
		if (msg != NULL) {
			struct text line = TEXT_INIT(2000);

			virus_policy.describe(msg, &line);
			ck_assert_ptr_nonnull(strstr(text_cstr(&line), "virus: "));
			text_clear(&line);
			virus_policy.end(msg);
		}
		if (allocations < n)
			break;
	}
	ck_assert_int_ge(failures, 2); /* begin, and the bytes that are kept */
	virus_rules_free(rules);
}
END_TEST

/* The same for the rules: nothing half made, nothing leaked. */
START_TEST(rules_are_made_whole_or_not_at_all)
{
	int n = 1;

	for (;; n++) {
		allocations = 0;
		fail_at = n;
		struct virus_rules *rules = rules_from(
		    slice_of(two_worms), VIRUS_REJECT, "550 5.7.0 VIRUS FOUND");
		int used = allocations;

		fail_at = 0;
		if (used < n) {
			ck_assert_ptr_nonnull(rules);
			virus_rules_free(rules);
			break;
		}
		if (rules != NULL) {
			ck_assert_uint_eq(rules->signatures.count, 3);
			virus_rules_free(rules);
		}
	}
	ck_assert_int_gt(n, 5);
}
END_TEST

START_TEST(a_message_is_a_few_hundred_bytes)
{
	struct virus_rules *rules = two_worm_rules();
	struct text line = TEXT_INIT(500);

	virus_rules_describe(rules, &line);
	ck_assert_ptr_nonnull(strstr(text_cstr(&line), "3 signatures, "));
	const char *bytes = strstr(text_cstr(&line), " bytes a message");
	ck_assert_ptr_nonnull(bytes);
	while (bytes[-1] != ' ')
		bytes--;
	ck_assert_int_lt(atoi(bytes), 700);
	text_clear(&line);
	virus_rules_free(rules);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("virus_memory");
	TCase *t = tcase_create("filter");

	tcase_add_test(t, an_allocation_that_fails_passes_no_virus);
	tcase_add_test(t, rules_are_made_whole_or_not_at_all);
	tcase_add_test(t, a_message_is_a_few_hundred_bytes);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
