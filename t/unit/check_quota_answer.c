/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/quota_answer.h"

#include "t/unit/runner.h"

/* clang-format off */
static const struct {
	struct slice got;
	enum quota_answer want;
} policy[] = {
	{ SLICE("action=OK\n\n"), ANSWER_FITS },
	{ SLICE("action=DUNNO\n\n"), ANSWER_FITS },
	{ SLICE("action=dunno\r\n\r\n"), ANSWER_FITS },
	{ SLICE("action=permit\n\n"), ANSWER_FITS },
	{ SLICE("action=552 5.2.2 Mailbox is full\n\n"), ANSWER_FULL },
	{ SLICE("action=554 5.2.2 Quota exceeded (mailbox for user is full)\n\n"), ANSWER_FULL },
	{ SLICE("action=452 4.2.2 over\n\n"), ANSWER_FULL },
	{ SLICE("action=REJECT 5.2.2 full\n\n"), ANSWER_FULL },
	{ SLICE("action=552 5.2.3 too large\n\n"), ANSWER_FULL },
	{ SLICE("action=552\n\n"), ANSWER_FULL },
	{ SLICE("action=REJECT Unknown user\n\n"), ANSWER_FITS },
	{ SLICE("action=REJECT\n\n"), ANSWER_FITS },
	{ SLICE("action=550 5.1.1 Unknown user\n\n"), ANSWER_FITS },
	{ SLICE("action=DUNNO 5.2.2\n\n"), ANSWER_FITS },
	{ SLICE("action=451 4.3.0 later\n\n"), ANSWER_TROUBLE },
	{ SLICE("action=DEFER_IF_PERMIT Internal error occurred\n\n"), ANSWER_TROUBLE },
	{ SLICE("action=\n\n"), ANSWER_NONSENSE },
	{ SLICE("\n"), ANSWER_NONSENSE },
	{ SLICE("other=1\naction=OK\n\n"), ANSWER_FITS },
	{ SLICE("action=OK\nother=1\n\n"), ANSWER_FITS },
	{ SLICE("action=12\n\n"), ANSWER_NONSENSE },
	{ SLICE("action=FLY\n\n"), ANSWER_NONSENSE },
	{ SLICE("HTTP/1.1 400 Bad Request\r\n"), ANSWER_NONSENSE },
	{ SLICE("\0\0\0\n\n"), ANSWER_NONSENSE },
	{ SLICE("action=OK\n"), ANSWER_INCOMPLETE },
	{ SLICE("action=O"), ANSWER_INCOMPLETE },
	{ SLICE(""), ANSWER_INCOMPLETE },
};

static const struct {
	struct slice got;
	enum quota_answer want;
} socketmap[] = {
	{ SLICE("7:OK data,"), ANSWER_FITS },
	{ SLICE("2:OK,"), ANSWER_FITS },
	{ SLICE("9:NOTFOUND ,"), ANSWER_FITS },
	{ SLICE("8:NOTFOUND,"), ANSWER_FITS },
	{ SLICE("15:TEMP Over quota,"), ANSWER_FULL },
	{ SLICE("15:PERM Over QUOTA,"), ANSWER_FULL },
	{ SLICE("24:PERM Mailbox nonexistent,"), ANSWER_TROUBLE },
	{ SLICE("8:TEMP x,yz"), ANSWER_NONSENSE },
	{ SLICE("12:TIMEOUT quot,"), ANSWER_TROUBLE },
	{ SLICE("4:YES ,"), ANSWER_NONSENSE },
	{ SLICE("0:,"), ANSWER_NONSENSE },
	{ SLICE("99999999:"), ANSWER_NONSENSE },
	{ SLICE("5000:"), ANSWER_NONSENSE },
	{ SLICE("07:OK data,"), ANSWER_NONSENSE },
	{ SLICE("-1:OK,"), ANSWER_NONSENSE },
	{ SLICE(":OK,"), ANSWER_NONSENSE },
	{ SLICE("7 OK data,"), ANSWER_NONSENSE },
	{ SLICE("7:OK data;"), ANSWER_NONSENSE },
	{ SLICE("4096:"), ANSWER_INCOMPLETE },
	{ SLICE("7:OK data"), ANSWER_INCOMPLETE },
	{ SLICE("7:OK"), ANSWER_INCOMPLETE },
	{ SLICE("7:"), ANSWER_INCOMPLETE },
	{ SLICE("7"), ANSWER_INCOMPLETE },
	{ SLICE(""), ANSWER_INCOMPLETE },
};

static const struct slice unclean[] = {
	SLICE(""), SLICE("a\nsize=0"), SLICE("a\rb"), SLICE("a\0b"), SLICE("a\177"),
};
/* clang-format on */

START_TEST(judges_a_policy_answer)
{
	size_t used = 0;

	ck_assert_msg(quota_status_answer(policy[_i].got, &used) == policy[_i].want,
	    "%.*s: %d", (int)policy[_i].got.len, policy[_i].got.ptr,
	    quota_status_answer(policy[_i].got, &used));
}
END_TEST

START_TEST(judges_a_socketmap_answer)
{
	size_t used = 0;

	ck_assert_msg(socketmap_answer(socketmap[_i].got, &used) == socketmap[_i].want,
	    "%.*s: %d", (int)socketmap[_i].got.len, socketmap[_i].got.ptr,
	    socketmap_answer(socketmap[_i].got, &used));
}
END_TEST

START_TEST(says_how_much_an_answer_took)
{
	size_t used = 0;

	ck_assert_int_eq(
	    quota_status_answer(SLICE("action=OK\n\nmore"), &used), ANSWER_FITS);
	ck_assert_uint_eq(used, 11);
	ck_assert_int_eq(socketmap_answer(SLICE("2:OK,more"), &used), ANSWER_FITS);
	ck_assert_uint_eq(used, 5);
}
END_TEST

START_TEST(hangs_up_on_an_endless_answer)
{
	static char got[QUOTA_ANSWER_MAX];
	size_t used;

	memset(got, 'x', sizeof got);
	ck_assert_int_eq(quota_status_answer((struct slice){ got, sizeof got }, &used),
	    ANSWER_NONSENSE);
	ck_assert_int_eq(
	    quota_status_answer((struct slice){ got, sizeof got - 1 }, &used),
	    ANSWER_INCOMPLETE);
}
END_TEST

START_TEST(writes_requests)
{
	struct text t = TEXT_INIT(2000);

	ck_assert(quota_status_request(&t, SLICE("games"), UINT64_MAX));
	ck_assert_str_eq(text_cstr(&t),
	    "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\n"
	    "recipient=games\nsize=18446744073709551615\n\n");
	text_clear(&t);
	ck_assert(socketmap_request(&t, SLICE("quota"), SLICE("rm -r * ;")));
	ck_assert_str_eq(text_cstr(&t), "15:quota rm -r * ;,");
	text_clear(&t);
}
END_TEST

START_TEST(writes_no_request_with_a_line_end)
{
	struct text t = TEXT_INIT(2000);

	ck_assert(!quota_status_request(&t, unclean[_i], 0));
	ck_assert(!socketmap_request(&t, SLICE("quota"), unclean[_i]));
	ck_assert_uint_eq(t.len, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("quota_answer");
	TCase *t = tcase_create("parse");

	tcase_add_loop_test(t, judges_a_policy_answer, 0, COUNT(policy));
	tcase_add_loop_test(t, judges_a_socketmap_answer, 0, COUNT(socketmap));
	tcase_add_test(t, says_how_much_an_answer_took);
	tcase_add_test(t, hangs_up_on_an_endless_answer);
	tcase_add_test(t, writes_requests);
	tcase_add_loop_test(t, writes_no_request_with_a_line_end, 0, COUNT(unclean));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
