/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/spam/spam.h"

#include "t/unit/runner.h"
#include "t/unit/spam_world.h"

/* What is said of a message beside its verdict, and what macros change of it. */

static void
check_line(const struct life *l, const char *want)
{
	struct text line = TEXT_INIT(1000);

	l->f->describe(l->msg, &line);
	ck_assert_str_eq(text_cstr(&line), want);
	text_clear(&line);
}

START_TEST(the_log_names_entry_and_line)
{
	struct world w;

	world_set(&w, senders, recipients);
	struct life l = life_begin(&w.rules);
	live(&l, GOOD, ASKED "|<x@all.example>", "X <Any@Sub.Spam.Example>");
	check_line(&l, "spam: '.spam.example' (senders:4) from: 'any@sub.spam.example' "
		       "for: '<jones@foo.example>,<x@all.example>'");
	ck_assert_str_eq(l.last.reply->code, "550");
	ck_assert_str_eq(l.last.reply->text, "No mail from any@sub.spam.example");
	ck_assert(slice_equal(l.last.label, SLICE("from")));
	l.f->end(l.msg);

	w.rules.match = SPAM_MATCH_BOTH;
	l = life_begin(&w.rules);
	live(&l, BAD, "<x@all.example>|" PLAIN "|" ASKED, "");
	check_line(&l, "spam: 'bad@x.example' (senders:2) mail-from: 'bad@x.example' "
		       "for: '<jones@foo.example>'");
	l.f->end(l.msg);

	w.rules.mixed = SPAM_MIXED_SPLIT;
	l = life_begin(&w.rules);
	live(&l, GOOD, ASKED "|" PLAIN, BAD);
	check_line(&l, "spam: 'bad@x.example' (senders:2) from: 'bad@x.example' "
		       "for: '<jones@foo.example>'");
	l.f->end(l.msg);
	world_clear(&w);
}
END_TEST

START_TEST(a_split_is_a_452_and_names_its_recipient)
{
	struct envelope_event ev = { .path = SLICE(GOOD) };
	struct world w;

	world_set(&w, senders, recipients);
	w.rules.mixed = SPAM_MIXED_SPLIT;
	struct life l = life_begin(&w.rules);
	say(&l, l.f->mail(l.msg, &ev), false);
	ev.path = SLICE(PLAIN);
	say(&l, l.f->rcpt(l.msg, &ev), true);
	ev.path = SLICE("<jones@foo.example>\r\nX");
	ev.path.len -= 3;
	say(&l, l.f->rcpt(l.msg, &ev), true);
	ck_assert_str_eq(l.said, "cct");
	ck_assert_str_eq(l.last.reply->code, "452");
	ck_assert_str_eq(l.last.reply->enhanced, "4.5.3");
	ck_assert_uint_eq(w.refusals, 0);
	check_line(&l, "recipients differ for: '<jones@foo.example>'");
	l.f->end(l.msg);
	world_clear(&w);
}
END_TEST

START_TEST(a_message_without_from_is_logged)
{
	struct world w;

	world_set(&w, senders, recipients);
	struct life l = life_begin(&w.rules);
	live(&l, GOOD, ASKED, "");
	ck_assert_int_eq(l.last.kind, VERDICT_ACCEPT);
	ck_assert(slice_equal(l.last.label, SLICE("no-from")));
	check_line(&l, "no address in From for: '<jones@foo.example>'");
	l.f->end(l.msg);
	world_clear(&w);
}
END_TEST

START_TEST(refusals_are_counted_by_client)
{
	struct world w;

	world_set(&w, senders, recipients);
	for (unsigned i = 0; i < 3; i++) {
		struct life l = life_begin(&w.rules);
		live(&l, GOOD, ASKED, BAD);
		ck_assert_uint_eq(l.last.delay_ms, i < 1 ? 0 : 300);
		l.f->end(l.msg);
	}
	ck_assert_str_eq(w.last_client, "192.0.2.1");
	struct life l = life_begin(&w.rules);
	live(&l, GOOD, ASKED, GOOD);
	ck_assert_uint_eq(l.last.delay_ms, 0);
	ck_assert_uint_eq(w.refusals, 3);
	l.f->end(l.msg);
	world_clear(&w);
}
END_TEST

/* Macros of a test: {rcpt_addr} or {auth_authen} has the value, others none. */
struct fake {
	const char *name;
	struct slice value;
};

static struct slice
fake_macro(const void *self, const char *name)
{
	const struct fake *f = self;

	return strcmp(name, f->name) == 0 ? f->value : (struct slice){ NULL, 0 };
}

START_TEST(what_the_mta_made_of_a_recipient_counts_too)
{
	static const struct {
		struct slice typed, resolved;
		char want;
	} alias[] = {
		{ SLICE("<sales@foo.example>"), SLICE("jones@foo.example"), 'c' },
		{ SLICE("<sales@foo.example>"), SLICE("local"), 'c' },
		{ SLICE("<jones@foo.example>"), SLICE("somebody"), 'c' },
		{ SLICE("<jones@foo.example>"), SLICE("postmaster"), 'a' },
		{ SLICE("<sales@foo.example>"), SLICE("somebody"), 'a' },
		{ SLICE("<postmaster@foo.example>"), SLICE("local"), 'a' },
	};
	struct world w;

	world_set(&w, senders, recipients);
	for (size_t i = 0; i < COUNT(alias); i++) {
		struct fake fake = { "{rcpt_addr}", alias[i].resolved };
		struct envelope_event ev = { .path = alias[i].typed,
			.macros = { fake_macro, &fake } };
		struct life l = life_begin(&w.rules);

		say(&l, l.f->rcpt(l.msg, &ev), true);
		ck_assert_msg(l.said[0] == alias[i].want, "%zu: %s", i, l.said);
		l.f->end(l.msg);
	}
	world_clear(&w);
}
END_TEST

START_TEST(who_logged_in_may_pass)
{
	struct fake fake = { "{auth_authen}", SLICE("smith") };

	for (int pass = 0; pass < 2; pass++) {
		struct envelope_event ev = { .path = SLICE(GOOD),
			.macros = { fake_macro, &fake } };
		struct world w;

		world_set(&w, senders, recipients);
		w.rules.pass_authenticated = pass == 1;
		struct life l = life_begin(&w.rules);
		say(&l, l.f->mail(l.msg, &ev), false);
		ev.path = SLICE(ASKED);
		say(&l, l.f->rcpt(l.msg, &ev), true);
		ck_assert_str_eq(l.said, pass == 1 ? "ca" : "cc");
		l.f->end(l.msg);
		world_clear(&w);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("spam_words");
	TCase *t = tcase_create("message");

	tcase_add_test(t, the_log_names_entry_and_line);
	tcase_add_test(t, a_split_is_a_452_and_names_its_recipient);
	tcase_add_test(t, a_message_without_from_is_logged);
	tcase_add_test(t, refusals_are_counted_by_client);
	tcase_add_test(t, what_the_mta_made_of_a_recipient_counts_too);
	tcase_add_test(t, who_logged_in_may_pass);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
