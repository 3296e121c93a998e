/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/second.h"

#include "policy/virus/virus.h"
#include "t/unit/runner.h"
#include "t/unit/second_world.h"

/* What the policy makes of a second opinion. */

static const struct {
	const char *name; /* found; NULL: no opinion, "": too large */
	enum second_else fail, too_large;
	enum verdict_kind kind;
	const char *code, *enhanced, *label, *line;
} verdict_row[] = {
	{ "Win.Test", SECOND_TEMPFAIL, SECOND_TEMPFAIL, VERDICT_REJECT, "550", "5.7.0",
	    "Win.Test", "virus: 'Win.Test' from: '<a@b>' by: clamd" },
	{ "It's", SECOND_TEMPFAIL, SECOND_TEMPFAIL, VERDICT_REJECT, "550", "5.7.0",
	    "It's", "virus: 'It\\x27s' from: '<a@b>' by: clamd" },
	{ "PUA.x", SECOND_TEMPFAIL, SECOND_TEMPFAIL, VERDICT_CONTINUE, NULL, NULL,
	    "ignored", "virus: ignored: 'PUA.x' from: '<a@b>' by: clamd" },
	{ "Heuristics.Limits.X", SECOND_TEMPFAIL, SECOND_REJECT, VERDICT_TEMPFAIL, "451",
	    "4.3.0", "not-judged",
	    "virus: not judged: 'Heuristics.Limits.X' from: '<a@b>' by: clamd" },
	{ "Heuristics.Limits.X", SECOND_ACCEPT, SECOND_TEMPFAIL, VERDICT_CONTINUE, NULL,
	    NULL, "not-judged",
	    "virus: not judged: 'Heuristics.Limits.X' from: '<a@b>' by: clamd" },
	{ NULL, SECOND_TEMPFAIL, SECOND_ACCEPT, VERDICT_TEMPFAIL, "451", "4.3.0",
	    "not-judged", "" },
	{ NULL, SECOND_ACCEPT, SECOND_REJECT, VERDICT_CONTINUE, NULL, NULL, "not-judged",
	    "" },
	{ "", SECOND_ACCEPT, SECOND_TEMPFAIL, VERDICT_TEMPFAIL, "451", "4.3.4",
	    "too-large", "virus: too large: 1004 bytes from: '<a@b>' by: clamd" },
	{ "", SECOND_TEMPFAIL, SECOND_ACCEPT, VERDICT_CONTINUE, NULL, NULL, "too-large",
	    "virus: too large: 1004 bytes from: '<a@b>' by: clamd" },
	{ "", SECOND_TEMPFAIL, SECOND_REJECT, VERDICT_REJECT, "552", "5.3.4", "too-large",
	    "virus: too large: 1004 bytes from: '<a@b>' by: clamd" },
};

static struct virus_rules *
virus_rules(void)
{
	static const struct signature_rules limits = { .min_pattern = 8 };
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(1000);
	struct reply_template reply;

	ck_assert(signatures_parse(SLICE("WORM =\nWORMWORM\n"), &limits, &s, &why));
	ck_assert(reply_parse(
	    "reply", SLICE("550 5.7.0 VIRUS FOUND: %v"), '5', "v", &reply, &why));
	struct virus_rules *r = virus_rules_new(&s, VIRUS_REJECT, &reply);
	ck_assert_ptr_nonnull(r);
	r->second = rules;
	return r;
}

static struct verdict
judge(void *msg, size_t filler, const char *body)
{
	struct envelope_event from = { .path = SLICE("<a@b>") };
	static const struct eom_event ev = { .macros = { NULL, NULL } };
	static char x[1000];

	memset(x, 'x', sizeof x);
	(void)virus_policy.mail(msg, &from);
	(void)virus_policy.header(msg, SLICE("Subject"), SLICE(" s"));
	(void)virus_policy.eoh(msg);
	if (filler > 0)
		(void)virus_policy.body(msg, (struct slice){ x, filler });
	(void)virus_policy.body(msg, slice_of(body));
	return virus_policy.eom(msg, &ev);
}

START_TEST(the_policy_answers_what_the_site_wants)
{
	struct text line = TEXT_INIT(500);
	bool large = verdict_row[_i].name != NULL && verdict_row[_i].name[0] == '\0';

	rules.fail = verdict_row[_i].fail;
	rules.too_large = verdict_row[_i].too_large;
	world.answer = OPINION_NONE;
	if (verdict_row[_i].name != NULL)
		find(verdict_row[_i].name);
	struct virus_rules *r = virus_rules();
	void *msg = virus_policy.begin(r, &client);
	struct verdict v = judge(msg, large ? 974 : 0, "x");

	ck_assert_int_eq(v.kind, verdict_row[_i].kind);
	ck_assert(slice_equal(v.label, slice_of(verdict_row[_i].label)));
	ck_assert((v.reply != NULL) == (verdict_row[_i].code != NULL));
	if (v.reply != NULL) {
		ck_assert_str_eq(v.reply->code, verdict_row[_i].code);
		ck_assert_str_eq(v.reply->enhanced, verdict_row[_i].enhanced);
	}
	virus_policy.describe(msg, &line);
	ck_assert_str_eq(text_cstr(&line), verdict_row[_i].line);
	text_clear(&line);
	virus_policy.end(msg);
	virus_rules_free(r);
}
END_TEST

START_TEST(the_template_names_what_clamd_found)
{
	find("Win.Test");
	struct virus_rules *r = virus_rules();
	void *msg = virus_policy.begin(r, &client);
	struct verdict v = judge(msg, 0, "x");

	ck_assert_str_eq(v.reply->text, "VIRUS FOUND: Win.Test");
	virus_policy.end(msg);
	virus_rules_free(r);
}
END_TEST

START_TEST(a_signature_of_ours_needs_no_clamd)
{
	struct virus_rules *r = virus_rules();
	void *msg = virus_policy.begin(r, &client);
	struct verdict v = judge(msg, 0, "..WORMWORM..");

	ck_assert_int_eq(v.kind, VERDICT_REJECT);
	ck_assert(slice_equal(v.label, SLICE("WORM")));
	ck_assert_uint_eq(world.asked, 0);
	ck_assert_uint_eq(world.copies, 0);
	virus_policy.end(msg);
	virus_rules_free(r);
}
END_TEST

START_TEST(headers_are_asked_for_only_with_a_second_stage)
{
	struct virus_rules *r = virus_rules();

	ck_assert_uint_eq(virus_policy.spared(r), 0);
	r->second.source.begin = NULL;
	ck_assert_uint_eq(virus_policy.spared(r), ON_HEADER | ON_EOH);
	virus_rules_free(r);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("second_verdict");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(
	    t, the_policy_answers_what_the_site_wants, 0, COUNT(verdict_row));
	tcase_add_test(t, the_template_names_what_clamd_found);
	tcase_add_test(t, a_signature_of_ours_needs_no_clamd);
	tcase_add_test(t, headers_are_asked_for_only_with_a_second_stage);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
