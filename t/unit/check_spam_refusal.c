/* SPDX-License-Identifier: BSD-2-Clause */
/* spam: how long a refusal takes, by whether and how refusals are counted. */
#include "policy/spam/spam.h"

#include "t/unit/runner.h"

enum { DELAY_MS = 300 };

static unsigned
refused(void *asked, const struct tarpit_limits *limits, struct slice client)
{
	++*(unsigned *)asked;
	ck_assert(slice_equal(client, SLICE("192.0.2.1")));
	return limits->delay_ms;
}

static const struct {
	const char *what;
	unsigned (*refused)(void *, const struct tarpit_limits *, struct slice);
	unsigned refusals, want_ms;
} row[] = {
	{ "counted, with a limit", refused, 1, DELAY_MS },
	{ "counted, without a limit", refused, 0, 0 },
	{ "not counted, with a limit", NULL, 1, 0 },
	{ "not counted, without a limit", NULL, 0, 0 },
};

static struct address_list *
list(struct slice content)
{
	struct text why = TEXT_INIT(500);
	struct address_list *l = NULL;

	ck_assert(address_list_parse(content, "list", true, &l, &why));
	return l;
}

START_TEST(a_refusal_waits_as_the_tarpit_says)
{
	static const struct client client = { .address = SLICE("192.0.2.1") };
	struct text why = TEXT_INIT(500);
	unsigned asked = 0;
	struct address_list *senders = list(SLICE("x.example")),
			    *recipients = list(SLICE("all"));
	struct spam_rules rules = { .senders = senders,
		.recipients = recipients,
		.match = SPAM_MATCH_ENVELOPE,
		.delimiters = "+",
		.limits = { row[_i].refusals, 1000, DELAY_MS },
		.tarpit = { row[_i].refused, &asked } };
	struct envelope_event ev = { .path = SLICE("<a@x.example>") };

	ck_assert(reply_parse(
	    "reply", SLICE("550 5.7.1 No mail from %f"), '5', "f", &rules.reply, &why));
	void *msg = spam_policy.begin(&rules, &client);
	ck_assert_ptr_nonnull(msg);
	ck_assert_int_eq(spam_policy.mail(msg, &ev).kind, VERDICT_CONTINUE);
	ev.path = SLICE("<b@foo.example>");
	struct verdict v = spam_policy.rcpt(msg, &ev);
	ck_assert_int_eq(v.kind, VERDICT_REJECT);
	ck_assert_msg(
	    v.delay_ms == row[_i].want_ms, "%s: %u ms", row[_i].what, v.delay_ms);
	ck_assert_uint_eq(asked, row[_i].want_ms > 0 ? 1 : 0);
	spam_policy.end(msg);
	address_list_free(senders);
	address_list_free(recipients);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("spam_refusal");
	TCase *t = tcase_create("refusal");

	tcase_add_loop_test(t, a_refusal_waits_as_the_tarpit_says, 0, COUNT(row));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
