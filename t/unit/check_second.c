/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/second.h"

#include <stdio.h>

#include "policy/virus/virus.h"
#include "t/unit/runner.h"

/* A scanner that keeps what it is shown, and says what the test wants. */
static struct {
	struct text shown;
	enum opinion answer;
	struct opinion_name name;
	bool no_memory, no_room;
	unsigned copies, asked;
	unsigned long long outcome[N_SECOND_OUTCOMES];
	char reported[200];
} world;

static void *
begin(void *self)
{
	(void)self;
	if (world.no_memory)
		return NULL;
	world.copies++;
	text_clear(&world.shown);
	return &world;
}

static bool
keep(void *copy, struct slice bytes)
{
	ck_assert_ptr_eq(copy, &world);
	return !world.no_room && text_append(&world.shown, bytes) == TEXT_OK;
}

static enum opinion
ask(void *copy, const struct progress *progress, struct opinion_name *ret)
{
	ck_assert_ptr_eq(copy, &world);
	(void)progress;
	world.asked++;
	*ret = world.name;
	return world.answer;
}

static void
drop(void *copy)
{
	ck_assert_ptr_eq(copy, &world);
	world.copies--;
}

static void
count(void *self, enum second_outcome outcome)
{
	(void)self;
	world.outcome[outcome]++;
}

static void
report(void *self, const char *cause, const char *text)
{
	(void)self;
	ck_assert_str_eq(cause, "clamd");
	(void)snprintf(world.reported, sizeof world.reported, "%s", text);
}

static const struct report reporter = { report, NULL };
static char pua[] = "PUA.*", exact[] = "Exact.Name", url[] = "*Phishing*Url", all[] = "*";
static char *ignored[] = { pua, exact, url };
static char *ignored_all[] = { all };
static struct second_rules rules;
static struct client client;
static struct second *second;

static void
setup(void)
{
	memset(&world, 0, sizeof world);
	world.shown = (struct text)TEXT_INIT(1 << 20);
	world.answer = OPINION_CLEAN;
	rules = (struct second_rules){
		.source = { begin, keep, ask, drop, count, NULL },
		.max_size = 1000,
		.ignore = { ignored, COUNT(ignored) },
		.report = &reporter,
	};
	client = (struct client){ .events = ON_HEADER | ON_EOH | ON_BODY };
	second = second_new(&rules, &client);
	ck_assert_ptr_nonnull(second);
}

static void
teardown(void)
{
	second_free(second);
	ck_assert_uint_eq(world.copies, 0);
	text_clear(&world.shown);
}

static void
again(void)
{
	second_free(second);
	second = second_new(&rules, &client);
	ck_assert_ptr_nonnull(second);
}

static void
find(const char *name)
{
	world.answer = OPINION_FOUND;
	world.name.len = strlen(name);
	memcpy(world.name.bytes, name, world.name.len);
}

static enum second_outcome
message(const char *body)
{
	second_header(second, SLICE("Subject"), SLICE(" hello"));
	second_eoh(second);
	second_body(second, slice_of(body));
	return second_judge(second, NULL);
}

START_TEST(shows_the_message_as_it_was_sent)
{
	second_header(second, SLICE("X-Odd"), SLICE("no blank"));
	second_header(second, SLICE("Subject"), SLICE("  two\n\tfolded\r\n kept"));
	second_header(second, SLICE("Empty"), SLICE(""));
	second_eoh(second);
	second_body(second, SLICE("a\0b\r\n"));
	second_body(second, SLICE("more"));
	ck_assert_int_eq(second_judge(second, NULL), SECOND_CLEAN);
	ck_assert(slice_equal(text_slice(&world.shown),
	    SLICE(
		"From refmilter\nX-Odd:no blank\r\nSubject:  two\r\n\tfolded\r\n kept\r\n"
		"Empty:\r\n\r\na\0b\r\nmore")));
	ck_assert_uint_eq(second_size(second), world.shown.len);
}
END_TEST

START_TEST(gives_a_blank_back_that_the_mta_took)
{
	client.blank_taken = true;
	again();
	second_header(second, SLICE("A"), SLICE("b"));
	second_header(second, SLICE("Empty"), SLICE(""));
	(void)second_judge(second, NULL);
	ck_assert_str_eq(
	    text_cstr(&world.shown), "From refmilter\nA: b\r\nEmpty:\r\n\r\n");
}
END_TEST

START_TEST(shows_a_message_of_nothing)
{
	ck_assert_int_eq(second_judge(second, NULL), SECOND_CLEAN);
	ck_assert_str_eq(text_cstr(&world.shown), "From refmilter\n\r\n");
}
END_TEST

START_TEST(puts_the_empty_line_where_an_mta_leaves_eoh_out)
{
	second_header(second, SLICE("A"), SLICE(" b"));
	second_body(second, SLICE("x"));
	(void)second_judge(second, NULL);
	ck_assert_str_eq(text_cstr(&world.shown), "From refmilter\nA: b\r\n\r\nx");
}
END_TEST

static const struct {
	const char *name;
	enum second_outcome want;
} found_row[] = {
	{ "Win.Test", SECOND_FOUND },
	{ "PUA.Win.Tool", SECOND_IGNORED },
	{ "PUA.", SECOND_IGNORED },
	{ "PUA", SECOND_FOUND },
	{ "XPUA.y", SECOND_FOUND },
	{ "pua.x", SECOND_FOUND },
	{ "Exact.Name", SECOND_IGNORED },
	{ "Exact.Name2", SECOND_FOUND },
	{ "Heuristics.Phishing.Email.Url", SECOND_IGNORED },
	{ "PhishingUrl", SECOND_IGNORED },
	{ "Phishing.Ur", SECOND_FOUND },
	{ "PhishingUrlUrx", SECOND_FOUND },
	{ "Heuristics.Limits.Exceeded.MaxFileSize", SECOND_LIMITS },
	{ "Heuristics.Limits.", SECOND_LIMITS },
	{ "Heuristics.Encrypted.Zip", SECOND_FOUND },
};

START_TEST(knows_what_a_name_means)
{
	find(found_row[_i].name);
	ck_assert_msg(message("x") == found_row[_i].want, "%s", found_row[_i].name);
	ck_assert(slice_equal(second_found(second), slice_of(found_row[_i].name)));
	ck_assert_uint_eq(world.outcome[found_row[_i].want], 1);
}
END_TEST

START_TEST(ignores_no_limit_whatever_is_ignored)
{
	rules.ignore = (struct name_list){ ignored_all, 1 };
	find("Heuristics.Limits.Exceeded.MaxRecursion");
	ck_assert_int_eq(message("x"), SECOND_LIMITS);
}
END_TEST

START_TEST(shows_what_has_the_limit_and_nothing_larger)
{
	size_t around = strlen("From refmilter\nSubject: hello\r\n\r\n");
	char body[1001];

	memset(body, 'x', sizeof body);
	body[1000 - around] = '\0';
	ck_assert_int_eq(message(body), SECOND_CLEAN);
	ck_assert_uint_eq(second_size(second), 1000);
	again();
	body[1000 - around] = 'x';
	body[1001 - around] = '\0';
	ck_assert_int_eq(message(body), SECOND_TOO_LARGE);
	ck_assert_uint_eq(second_size(second), 1001);
	ck_assert_uint_eq(world.copies, 0);
	ck_assert_uint_eq(world.asked, 1);
}
END_TEST

START_TEST(asks_nobody_about_what_it_could_not_keep)
{
	world.no_memory = true;
	ck_assert_int_eq(message("x"), SECOND_NO_OPINION);
	world.no_memory = false;
	world.no_room = true;
	again();
	ck_assert_int_eq(message("x"), SECOND_NO_OPINION);
	ck_assert_uint_eq(world.asked, 0);
	ck_assert_uint_eq(world.outcome[SECOND_NO_OPINION], 2);
}
END_TEST

START_TEST(has_no_opinion_where_nobody_has)
{
	world.answer = OPINION_NONE;
	ck_assert_int_eq(message("x"), SECOND_NO_OPINION);
}
END_TEST

START_TEST(never_shows_a_body_without_its_headers)
{
	client.events = ON_BODY;
	again();
	second_body(second, SLICE("x"));
	ck_assert_int_eq(second_judge(second, NULL), SECOND_NO_HEADERS);
	ck_assert_uint_eq(world.asked, 0);
	ck_assert_ptr_nonnull(strstr(world.reported, "older than the reload"));
}
END_TEST

START_TEST(keeps_nothing_of_what_is_judged_already)
{
	second_header(second, SLICE("A"), SLICE(" b"));
	ck_assert_uint_eq(world.copies, 1);
	second_forget(second);
	ck_assert_uint_eq(world.copies, 0);
	second_body(second, SLICE("x"));
	ck_assert_uint_eq(world.copies, 0);
}
END_TEST

/* ---- what the policy makes of it ---- */

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
	Suite *s = suite_create("second");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, shows_the_message_as_it_was_sent);
	tcase_add_test(t, gives_a_blank_back_that_the_mta_took);
	tcase_add_test(t, shows_a_message_of_nothing);
	tcase_add_test(t, puts_the_empty_line_where_an_mta_leaves_eoh_out);
	tcase_add_loop_test(t, knows_what_a_name_means, 0, COUNT(found_row));
	tcase_add_test(t, ignores_no_limit_whatever_is_ignored);
	tcase_add_test(t, shows_what_has_the_limit_and_nothing_larger);
	tcase_add_test(t, asks_nobody_about_what_it_could_not_keep);
	tcase_add_test(t, has_no_opinion_where_nobody_has);
	tcase_add_test(t, never_shows_a_body_without_its_headers);
	tcase_add_test(t, keeps_nothing_of_what_is_judged_already);
	tcase_add_loop_test(
	    t, the_policy_answers_what_the_site_wants, 0, COUNT(verdict_row));
	tcase_add_test(t, the_template_names_what_clamd_found);
	tcase_add_test(t, a_signature_of_ours_needs_no_clamd);
	tcase_add_test(t, headers_are_asked_for_only_with_a_second_stage);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
