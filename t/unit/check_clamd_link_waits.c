/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/clamd_link.h"

#include "t/unit/clamd_link_fixture.h"

/* It takes nothing, or all but says nothing, or says half of it. */
static const struct {
	unsigned send, answer, sum;
	size_t size;
	bool takes;
	struct slice says;
	enum clamd_trouble trouble;
} slow[] = {
	{ SHORT_MS, PATIENT_MS, PATIENT_MS, 4 << 20, false, SLICE(""),
	    CLAMD_SEND_TROUBLE },
	{ PATIENT_MS, SHORT_MS, PATIENT_MS, 100, true, SLICE(""), CLAMD_LATE_TROUBLE },
	{ PATIENT_MS, SHORT_MS, PATIENT_MS, 100, true, SLICE("stream: "),
	    CLAMD_LATE_TROUBLE },
	{ PATIENT_MS, PATIENT_MS, SHORT_MS, 4 << 20, false, SLICE(""),
	    CLAMD_SEND_TROUBLE },
	{ PATIENT_MS, PATIENT_MS, SHORT_MS, 100, true, SLICE(""), CLAMD_LATE_TROUBLE },
};

START_TEST(every_wait_has_its_end)
{
	struct spool *message = fake_clamd_spool(&dir, slow[_i].size, 8 << 20);
	long long began = monotonic_ms();

	limits.send = slow[_i].send;
	limits.answer = slow[_i].answer;
	clamd.takes = slow[_i].takes ? fake_clamd_length(slow[_i].size) : 0;
	clamd.answer = slow[_i].says;
	clamd.waits = true;
	/* On a busy machine a short sum may not reach as far: then a longer one does. */
	for (unsigned ms = slow[_i].sum; ms <= PATIENT_MS; ms *= 2) {
		sum = patience_begin(ms, NULL);
		ck_assert_int_eq(scan(message, false), CLAMD_INCOMPLETE);
		ck_assert_int_eq(l.error, ETIMEDOUT);
		if (l.trouble == slow[_i].trouble)
			break;
	}
	ck_assert_int_eq(l.trouble, slow[_i].trouble);
	ck_assert_int_lt(monotonic_ms() - began, PATIENT_MS);
	spool_free(message);
}
END_TEST

START_TEST(a_connection_has_its_own_limit)
{
	struct spool *message = fake_clamd_spool(&dir, 1, 1000);

	limits.connect = PATIENT_MS / 2;
	clamd.takes = fake_clamd_length(1);
	clamd.answer = SLICE("stream: OK\0");
	ck_assert_int_eq(scan(message, false), CLAMD_CLEAN);
	ck_assert_int_le(dialled.until_ms, monotonic_ms() + PATIENT_MS / 2);
	spool_free(message);
}
END_TEST

START_TEST(stops_when_the_mta_is_gone)
{
	struct spool *message = fake_clamd_spool(&dir, 100, 1000);

	mta_is_there = false;
	sum = patience_begin(PATIENT_MS, &progress);
	sum.tell_at_ms = 0;
	clamd.waits = true;
	ck_assert_int_eq(scan(message, false), CLAMD_INCOMPLETE);
	ck_assert_int_eq(l.trouble, CLAMD_GONE_TROUBLE);
	spool_free(message);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clamd_link_waits");
	TCase *t = tcase_create("link");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_connection_has_its_own_limit);
	tcase_add_loop_test(t, every_wait_has_its_end, 0, COUNT(slow));
	tcase_add_test(t, stops_when_the_mta_is_gone);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
