/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/virus.h"

#include "t/unit/runner.h"
#include "t/unit/virus_rules.h"

START_TEST(asks_for_three_events_and_answers_the_last)
{
	struct virus_rules *rules = two_worm_rules();

	ck_assert_uint_eq(virus_policy.quiet, ON_MAIL | ON_HEADER | ON_EOH | ON_BODY);
	ck_assert(virus_policy.rcpt == NULL && virus_policy.data == NULL);
	ck_assert_uint_eq(virus_policy.spared(rules), ON_HEADER | ON_EOH);
	virus_rules_free(rules);
	ck_assert_int_eq(virus_policy.failure.kind, VERDICT_TEMPFAIL);
	ck_assert_str_eq(virus_policy.failure.reply->code, "451");
	ck_assert_str_eq(virus_policy.failure.reply->enhanced, "4.3.0");
}
END_TEST

static const struct {
	const char *what;
	struct slice chunk[4];
	const char *name; /* NULL: clean */
} row[] = {
	{ "no body", { { 0 } }, NULL },
	{ "clean", { SLICE("Hello,\r\nworld\r\n") }, NULL },
	{ "one chunk", { SLICE("\r\n" SOBIG "\r\n") }, "SOBIG.B" },
	{ "the chunk is the signature", { SLICE(SOBIG) }, "SOBIG.B" },
	{ "cut in two", { SLICE("\r\nWORM"), SLICE("WORM\r\n") }, "SHORT" },
	{ "cut in four", { SLICE("W"), SLICE("OR"), SLICE("MWOR"), SLICE("M") },
	    "SHORT" },
	{ "after a NUL", { SLICE("x\0"), SLICE("\0WORMWORM") }, "SHORT" },
	{ "before a NUL", { SLICE("WORMWORM\0") }, "SHORT" },
	{ "a NUL inside", { SLICE("WORM\0WORM") }, NULL },
	{ "lacks its end", { SLICE("WORMWOR"), SLICE("\r\n") }, NULL },
	{ "folded by CRLF", { SLICE("WORM\r\nWORM") }, NULL },
	{ "the first of two that ends", { SLICE("WORMWORM" SOBIG) }, "SHORT" },
	{ "the same, the other way", { SLICE(SOBIG), SLICE("WORMWORM") }, "SOBIG.B" },
};

START_TEST(judges_a_body)
{
	struct virus_rules *rules = two_worm_rules();
	void *msg = virus_policy.begin(rules, NULL);

	mail_from(msg, SLICE("<a@example.org>"));
	for (size_t i = 0; i < COUNT(row[_i].chunk); i++)
		body(msg, row[_i].chunk[i]);
	struct verdict v = virus_policy.eom(msg, NULL);
	if (row[_i].name == NULL) {
		ck_assert_int_eq(v.kind, VERDICT_CONTINUE);
		ck_assert_uint_eq(v.label.len, 0);
	} else {
		ck_assert_int_eq(v.kind, VERDICT_REJECT);
		ck_assert(slice_equal(v.label, slice_of(row[_i].name)));
		ck_assert_str_eq(v.reply->code, "550");
		ck_assert_str_eq(v.reply->enhanced, "5.7.0");
		ck_assert_str_eq(v.reply->text, "VIRUS FOUND");
	}
	virus_policy.end(msg);
	virus_rules_free(rules);
}
END_TEST

/* Row 15: arrays of 200 for the signatures; the scanner must get each. */
START_TEST(looks_for_every_signature_of_the_file)
{
	static const size_t counts[] = { 1, 199, 200, 201, 1000 };

	for (size_t i = 0; i < COUNT(counts); i++) {
		struct text file = TEXT_INIT(100000);

		for (size_t n = 0; n < counts[i]; n++)
			text_printf(&file, "N%zu =\nworm number %06zu of many\n", n, n);
		struct virus_rules *rules =
		    rules_from(text_slice(&file), VIRUS_REJECT, "550 5.7.0 VIRUS FOUND");

		ck_assert_ptr_nonnull(rules);
		for (size_t n = 0; n <= counts[i]; n++) {
			struct text part = TEXT_INIT(100), name = TEXT_INIT(100);
			void *msg = virus_policy.begin(rules, NULL);

			text_printf(&part, "worm number %06zu of many", n);
			text_printf(&name, "N%zu", n);
			body(msg, text_slice(&part));
			struct verdict v = virus_policy.eom(msg, NULL);
			ck_assert_int_eq(
			    v.kind, n < counts[i] ? VERDICT_REJECT : VERDICT_CONTINUE);
			ck_assert(
			    n == counts[i] || slice_equal(v.label, text_slice(&name)));
			virus_policy.end(msg);
			text_clear(&part);
			text_clear(&name);
		}
		virus_rules_free(rules);
		text_clear(&file);
	}
}
END_TEST

/* Row 17: at a hit the name was copied into 100 bytes. */
START_TEST(names_the_longest_name_in_full)
{
	static const size_t lengths[] = { 99, 100, 101, SIGNATURE_NAME_MAX };
	char name[SIGNATURE_NAME_MAX + 1];

	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct text file = TEXT_INIT(1000), line = TEXT_INIT(1000),
			    want = TEXT_INIT(1000);

		memset(name, 'n', sizeof name);
		name[lengths[i]] = '\0';
		text_printf(&file, "%s =\nWORMWORM\n", name);
		text_printf(&want, "virus: '%s' from: '' offset: 0", name);
		struct virus_rules *rules =
		    rules_from(text_slice(&file), VIRUS_REJECT, "550 5.7.0 %v FOUND");
		void *msg = virus_policy.begin(rules, NULL);

		body(msg, SLICE("WORMWORM"));
		struct verdict v = virus_policy.eom(msg, NULL);
		ck_assert(slice_equal(v.label, slice_of(name)));
		ck_assert_int_eq(strncmp(v.reply->text, name, lengths[i]), 0);
		virus_policy.describe(msg, &line);
		ck_assert_str_eq(text_cstr(&line), text_cstr(&want));
		virus_policy.end(msg);
		virus_rules_free(rules);
		text_clear(&file);
		text_clear(&line);
		text_clear(&want);
	}
}
END_TEST

static const struct {
	enum virus_action action;
	const char *reply;
	enum verdict_kind kind;
	const char *text; /* NULL: no reply */
} action[] = {
	{ VIRUS_REJECT, "550 5.7.0 VIRUS FOUND", VERDICT_REJECT, "VIRUS FOUND" },
	{ VIRUS_REJECT, "554 5.7.1 %v, 100%%", VERDICT_REJECT, "SHORT, 100%" },
	{ VIRUS_TEMPFAIL, "451 4.7.0 %v", VERDICT_TEMPFAIL, "SHORT" },
	{ VIRUS_LOG, NULL, VERDICT_CONTINUE, NULL },
};

START_TEST(does_as_configured)
{
	struct virus_rules *rules =
	    rules_from(slice_of(two_worms), action[_i].action, action[_i].reply);
	void *msg = virus_policy.begin(rules, NULL);

	body(msg, SLICE("WORMWORM"));
	struct verdict v = virus_policy.eom(msg, NULL);
	ck_assert_int_eq(v.kind, action[_i].kind);
	ck_assert(slice_equal(v.label, SLICE("SHORT")));
	ck_assert_int_eq(v.reply != NULL, action[_i].text != NULL);
	if (v.reply != NULL)
		ck_assert_str_eq(v.reply->text, action[_i].text);
	virus_policy.end(msg);
	virus_rules_free(rules);
}
END_TEST

/* Row 9: BODY without MAIL; and every other order of the events. */
START_TEST(events_in_any_order)
{
	struct virus_rules *rules = two_worm_rules();

	for (unsigned order = 0; order < 4 * 4 * 4; order++) {
		void *msg = virus_policy.begin(rules, NULL);
		bool infected = false;

		for (unsigned rest = order, i = 0; i < 3; i++, rest /= 4) {
			switch (rest % 4) {
			case 0: mail_from(msg, SLICE("<>")); break;
			case 1: body(msg, (struct slice){ NULL, 0 }); break;
			case 2:
				body(msg, SLICE("x" SOBIG));
				infected = true;
				break;
			case 3:
				ck_assert_int_eq(virus_policy.eom(msg, NULL).kind,
				    infected ? VERDICT_REJECT : VERDICT_CONTINUE);
				break;
			}
		}
		virus_policy.end(msg);
	}
	virus_rules_free(rules);
}
END_TEST

START_TEST(messages_share_nothing)
{
	struct virus_rules *rules = two_worm_rules();
	void *one = virus_policy.begin(rules, NULL),
	     *two = virus_policy.begin(rules, NULL);

	body(one, SLICE("WORM"));
	body(two, SLICE("WORM"));
	virus_policy.end(one); /* aborted half way */
	one = virus_policy.begin(rules, NULL);
	body(one, SLICE("WORM"));
	ck_assert_int_eq(virus_policy.eom(one, NULL).kind, VERDICT_CONTINUE);
	body(two, SLICE("WORM"));
	ck_assert_int_eq(virus_policy.eom(two, NULL).kind, VERDICT_REJECT);
	virus_policy.end(one);
	virus_policy.end(two);
	virus_rules_free(rules);
}
END_TEST

static const struct {
	struct slice sender;
	const char *line;
} sender[] = {
	{ SLICE("<a@example.org>"), "virus: 'SHORT' from: '<a@example.org>' offset: 3" },
	{ SLICE("<>"), "virus: 'SHORT' from: '<>' offset: 3" },
	{ SLICE(""), "virus: 'SHORT' from: '' offset: 3" },
	{ SLICE("<a\nb\rc\033[2J\t\0\351@x>"),
	    "virus: 'SHORT' from: '<a\\nb\\rc\\x1B[2J\\t\\x00\\xE9@x>' offset: 3" },
	{ SLICE("<x' from: 'o'b@x>"),
	    "virus: 'SHORT' from: '<x\\x27 from: \\x27o\\x27b@x>' offset: 3" },
	{ SLICE("%s%n%v"), "virus: 'SHORT' from: '%s%n%v' offset: 3" },
};

START_TEST(describes_in_one_escaped_line)
{
	struct virus_rules *rules = two_worm_rules();
	void *msg = virus_policy.begin(rules, NULL);
	struct text line = TEXT_INIT(2000);

	mail_from(msg, sender[_i].sender);
	body(msg, SLICE("\r\n"));
	body(msg, SLICE("xWORMWORM"));
	(void)virus_policy.eom(msg, NULL);
	virus_policy.describe(msg, &line);
	ck_assert_str_eq(text_cstr(&line), sender[_i].line);
	text_clear(&line);
	virus_policy.end(msg);
	virus_rules_free(rules);
}
END_TEST

/* Row 18: a sender of more than 98 bytes was cut in silence. */
START_TEST(marks_a_sender_that_is_cut)
{
	static const size_t lengths[] = { 98, 99, 255, 256, 257, 320, 100000 };
	struct virus_rules *rules = two_worm_rules();
	char *path = malloc(100000);

	memset(path, 's', 100000);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct text line = TEXT_INIT(2000);
		void *msg = virus_policy.begin(rules, NULL);
		size_t n = lengths[i],
		       shown = n < VIRUS_SENDER_MAX ? n : VIRUS_SENDER_MAX;

		mail_from(msg, (struct slice){ path, n });
		body(msg, SLICE("WORMWORM"));
		virus_policy.describe(msg, &line);
		const char *first = strstr(text_cstr(&line), "from: '") + 7;
		ck_assert_uint_eq(strspn(first, "s"), shown);
		ck_assert_int_eq(
		    strncmp(first + shown, n > shown ? "...'" : "' ", n > shown ? 4 : 2),
		    0);
		text_clear(&line);
		virus_policy.end(msg);
	}
	free(path);
	virus_rules_free(rules);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("virus");
	TCase *t = tcase_create("filter");

	tcase_add_test(t, asks_for_three_events_and_answers_the_last);
	tcase_add_loop_test(t, judges_a_body, 0, COUNT(row));
	tcase_add_test(t, looks_for_every_signature_of_the_file);
	tcase_add_test(t, names_the_longest_name_in_full);
	tcase_add_loop_test(t, does_as_configured, 0, COUNT(action));
	tcase_add_test(t, events_in_any_order);
	tcase_add_test(t, messages_share_nothing);
	tcase_add_loop_test(t, describes_in_one_escaped_line, 0, COUNT(sender));
	tcase_add_test(t, marks_a_sender_that_is_cut);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
