/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/spam/spam.h"

#include "t/unit/runner.h"
#include "t/unit/spam_world.h"

/*
 * One message as a row.  Its recipients and From fields are separated by a
 * bar.  What the policy said stands in `want`: one letter for MAIL, each RCPT,
 * DATA, each header, EOH and EOM in turn: c continue, a accept, r reject,
 * t tempfail; nothing follows what ends the message.
 */
struct row {
	const char *what;
	enum spam_match match;
	enum spam_mixed mixed;
	enum spam_no_from no_from;
	const char *mail, *rcpt, *from;
	const char *want;
};

#define H   SPAM_MATCH_HEADER
#define E   SPAM_MATCH_ENVELOPE
#define B   SPAM_MATCH_BOTH
#define ACC SPAM_MIXED_ACCEPT
#define REJ SPAM_MIXED_REJECT
#define SPL SPAM_MIXED_SPLIT
#define OK  SPAM_NO_FROM_ACCEPT

/* clang-format off */
static const struct row row[] = {
	/* who asked; header From */
	{ "asked, listed", H, ACC, OK, GOOD, ASKED, BAD, "ccccr" },
	{ "asked, not listed", H, ACC, OK, GOOD, ASKED, GOOD, "cccca" },
	{ "did not ask: over at RCPT", H, ACC, OK, GOOD, PLAIN, BAD, "ca" },
	{ "two who asked", H, ACC, OK, GOOD, ASKED "|<x@all.example>", BAD, "cccccr" },
	{ "a whole domain asked", H, ACC, OK, GOOD, "<x@all.example>", BAD, "ccccr" },
	{ "a domain below it did not", H, ACC, OK, GOOD, "<x@sub.all.example>", BAD, "ca" },
	{ "asked, with detail", H, ACC, OK, GOOD, "<jones+list@foo.example>", BAD, "ccccr" },
	{ "asked, in other case", H, ACC, OK, GOOD, "<JONES@Foo.Example>", BAD, "ccccr" },
	{ "asked, quoted", H, ACC, OK, GOOD, "<\"jones\"@foo.example>", BAD, "ccccr" },
	{ "asked, with a source route", H, ACC, OK, GOOD, "<@hop.example:jones@foo.example>", BAD, "ccccr" },
	{ "asked, without brackets", H, ACC, OK, GOOD, "jones@foo.example", BAD, "ccccr" },
	{ "asked, a user without domain", H, ACC, OK, GOOD, "<local>", BAD, "ccccr" },
	{ "no such form", H, ACC, OK, GOOD, "<>", BAD, "ca" },

	/* postmaster and abuse */
	{ "postmaster", H, ACC, OK, GOOD, POST, BAD, "ca" },
	{ "postmaster of a domain that asked", H, ACC, OK, GOOD, "<postmaster@all.example>", BAD, "ca" },
	{ "abuse of a domain that asked", H, ACC, OK, GOOD, "<Abuse+x@all.example>", BAD, "ca" },
	{ "postmaster without domain", H, ACC, OK, GOOD, "<Postmaster>", BAD, "ca" },
	{ "a listed envelope sender to postmaster", E, ACC, OK, BAD, "<postmaster@all.example>", "", "cca" },
	{ "who is called nearly so", H, ACC, OK, GOOD, "<postmasters@all.example>", BAD, "ccccr" },

	/* mixed=accept */
	{ "accept: asked, then not", H, ACC, OK, GOOD, ASKED "|" PLAIN, BAD, "cca" },
	{ "accept: not, then asked", H, ACC, OK, GOOD, PLAIN "|" ASKED, BAD, "ca" },
	{ "accept: asked, then postmaster", H, ACC, OK, GOOD, ASKED "|" POST, BAD, "cca" },
	/* mixed=reject */
	{ "reject: asked, then not", H, REJ, OK, GOOD, ASKED "|" PLAIN, BAD, "cccccr" },
	{ "reject: not, then asked", H, REJ, OK, GOOD, PLAIN "|" ASKED, BAD, "cccccr" },
	{ "reject: both, not listed", H, REJ, OK, GOOD, PLAIN "|" ASKED, GOOD, "ccccca" },
	{ "reject: nobody asked: over at DATA", H, REJ, OK, GOOD, PLAIN "|" PLAIN, BAD, "ccca" },
	{ "reject: asked and postmaster", H, REJ, OK, GOOD, ASKED "|" POST, BAD, "ccca" },
	{ "reject: all three kinds", H, REJ, OK, GOOD, ASKED "|" PLAIN "|" POST, BAD, "cccca" },
	/* mixed=split */
	{ "split: asked, then not", H, SPL, OK, GOOD, ASKED "|" PLAIN, BAD, "cctccr" },
	{ "split: not, then asked", H, SPL, OK, GOOD, PLAIN "|" ASKED, BAD, "ccta" },
	{ "split: the later ones of the first's kind", H, SPL, OK, GOOD,
	  PLAIN "|" ASKED "|" PLAIN "|" POST, BAD, "cctcca" },
	{ "split: asked, not listed", H, SPL, OK, GOOD, ASKED "|" PLAIN "|" ASKED, GOOD, "cctccca" },
	{ "split: postmaster is of those who did not ask", H, SPL, OK, GOOD, ASKED "|" POST, BAD, "cctccr" },
	{ "split: nobody asked", H, SPL, OK, GOOD, PLAIN "|" POST, BAD, "ccca" },

	/* match=envelope: each recipient for itself */
	{ "envelope: listed, asked", E, ACC, OK, BAD, ASKED, GOOD, "cra" },
	{ "envelope: listed, did not ask", E, ACC, OK, BAD, PLAIN, GOOD, "cca" },
	{ "envelope: listed, both kinds", E, REJ, OK, BAD, PLAIN "|" ASKED "|" PLAIN, GOOD, "ccrca" },
	{ "envelope: split splits nothing", E, SPL, OK, BAD, PLAIN "|" ASKED, GOOD, "ccra" },
	{ "envelope: not listed: over at RCPT", E, ACC, OK, GOOD, ASKED, BAD, "ca" },
	{ "envelope: the null sender", E, ACC, OK, "<>", ASKED, BAD, "ca" },
	{ "envelope: with a source route", E, ACC, OK, "<@hop.example:bad@x.example>", ASKED, "", "cra" },
	{ "envelope: without domain", E, ACC, OK, "worm", ASKED, "", "cra" },
	{ "envelope: ignored by match=header", H, ACC, OK, BAD, ASKED, GOOD, "cccca" },
	/* match=both */
	{ "both: only the envelope sender", B, ACC, OK, BAD, ASKED, GOOD, "cra" },
	{ "both: only From", B, ACC, OK, GOOD, ASKED, BAD, "ccccr" },
	{ "both: neither", B, ACC, OK, GOOD, ASKED, GOOD, "cccca" },
	{ "both: envelope, one asked of two", B, ACC, OK, BAD, PLAIN "|" ASKED, BAD, "ccra" },
	{ "both: From, one asked of two", B, ACC, OK, GOOD, ASKED "|" PLAIN, BAD, "cca" },
	{ "both: null sender, From listed", B, ACC, OK, "<>", ASKED, BAD, "ccccr" },

	/* From fields */
	{ "two From, the second listed", H, ACC, OK, GOOD, ASKED, GOOD "|" BAD, "cccccr" },
	{ "two From, the first listed", H, ACC, OK, GOOD, ASKED, BAD "|" GOOD, "cccccr" },
	{ "two addresses, the second listed", H, ACC, OK, GOOD, ASKED, "g@x.example, bad@x.example", "ccccr" },
	{ "a listed one in a group", H, ACC, OK, GOOD, ASKED, "G: g@x.example, bad@x.example;", "ccccr" },
	{ "a listed one as display name", H, ACC, OK, GOOD, ASKED, "bad@x.example <g@x.example>", "cccca" },
	{ "a listed one in a quoted name", H, ACC, OK, GOOD, ASKED, "\"<bad@x.example>\" <g@x.example>", "cccca" },
	{ "a listed one in a comment", H, ACC, OK, GOOD, ASKED, "g@x.example (bad@x.example)", "cccca" },
	{ "a listed domain", H, ACC, OK, GOOD, ASKED, "any@spam.example", "ccccr" },
	{ "below a listed domain", H, ACC, OK, GOOD, ASKED, "any@a.b.spam.example", "ccccr" },
	{ "a name that ends like it", H, ACC, OK, GOOD, ASKED, "any@notspam.example", "cccca" },
	{ "a name that begins like it", H, ACC, OK, GOOD, ASKED, "any@spam.example.org", "cccca" },
	{ "a listed user of any domain", H, ACC, OK, GOOD, ASKED, "Worm@y.example", "ccccr" },
	{ "a listed user without domain", H, ACC, OK, GOOD, ASKED, "worm", "ccccr" },

	/* no From, or none that can be read */
	{ "no From: accept", H, ACC, SPAM_NO_FROM_ACCEPT, GOOD, ASKED, "", "ccca" },
	{ "no From: reject", H, ACC, SPAM_NO_FROM_REJECT, GOOD, ASKED, "", "cccr" },
	{ "no From, nobody asked", H, ACC, SPAM_NO_FROM_REJECT, GOOD, PLAIN, "", "ca" },
	{ "an empty From: accept", H, ACC, SPAM_NO_FROM_ACCEPT, GOOD, ASKED, "<>", "cccca" },
	{ "an empty From: reject", H, ACC, SPAM_NO_FROM_REJECT, GOOD, ASKED, "<>", "ccccr" },
	{ "an empty group: reject", H, ACC, SPAM_NO_FROM_REJECT, GOOD, ASKED, "Undisclosed:;", "ccccr" },
	{ "words: reject", H, ACC, SPAM_NO_FROM_REJECT, GOOD, ASKED, "No Address", "ccccr" },
	{ "an empty and a good From: accept", H, ACC, SPAM_NO_FROM_REJECT, GOOD, ASKED, "<>|" GOOD, "ccccca" },
};
/* clang-format on */

START_TEST(each_recipient_gets_what_he_asked_for)
{
	struct world w;

	world_set(&w, senders, recipients);
	w.rules.match = row[_i].match;
	w.rules.mixed = row[_i].mixed;
	w.rules.no_from = row[_i].no_from;
	struct life l = life_begin(&w.rules);
	live(&l, row[_i].mail, row[_i].rcpt, row[_i].from);
	ck_assert_msg(strcmp(l.said, row[_i].want) == 0, "%s: got %s, want %s",
	    row[_i].what, l.said, row[_i].want);
	l.f->end(l.msg);
	world_clear(&w);
}
END_TEST

START_TEST(empty_lists_end_every_message_at_once)
{
	static const struct {
		struct slice senders, recipients;
		enum spam_no_from no_from;
		const char *want;
	} empty[] = {
		{ SLICE(""), SLICE("all"), SPAM_NO_FROM_ACCEPT, "ca" },
		{ SLICE(""), SLICE("all"), SPAM_NO_FROM_REJECT, "cccca" },
		{ SLICE("x.example"), SLICE("# nobody"), SPAM_NO_FROM_REJECT, "ca" },
		{ SLICE("x.example"), SLICE("all"), SPAM_NO_FROM_ACCEPT, "ccccr" },
	};

	for (size_t i = 0; i < COUNT(empty); i++) {
		struct world w;

		world_set(&w, empty[i].senders, empty[i].recipients);
		w.rules.no_from = empty[i].no_from;
		struct life l = life_begin(&w.rules);
		live(&l, GOOD, ASKED, BAD);
		ck_assert_msg(strcmp(l.said, empty[i].want) == 0, "%zu: %s", i, l.said);
		l.f->end(l.msg);
		world_clear(&w);
	}
}
END_TEST

/* An MTA of protocol 2 or 3 has no DATA; any event may be missing. */
START_TEST(missing_events_are_no_refusal)
{
	struct envelope_event ev = { .path = SLICE(PLAIN) };
	struct world w;

	world_set(&w, senders, recipients);
	w.rules.mixed = SPAM_MIXED_REJECT;

	struct life l = life_begin(&w.rules);
	say(&l, l.f->rcpt(l.msg, &ev), true);
	say(&l, l.f->header(l.msg, SLICE("Received"), SLICE("x")), false);
	ck_assert_str_eq(l.said, "ca"); /* the first header instead of DATA */
	l.f->end(l.msg);

	ev.path = SLICE(ASKED);
	l = life_begin(&w.rules);
	say(&l, l.f->rcpt(l.msg, &ev), true);
	say(&l, l.f->header(l.msg, SLICE("fROM "), SLICE(BAD)), false);
	say(&l, l.f->eom(l.msg, NULL), false);
	ck_assert_str_eq(l.said, "ccr"); /* no EOH */
	l.f->end(l.msg);

	l = life_begin(&w.rules);
	say(&l, l.f->eom(l.msg, NULL), false);
	ck_assert_str_eq(l.said, "a");
	l.f->end(l.msg);
	world_clear(&w);
}
END_TEST

START_TEST(only_from_is_looked_at)
{
	static const char *const other[] = { "Resent-From", "Sender", "Reply-To", "To",
		"Fromm", "X-From", "" };
	struct envelope_event ev = { .path = SLICE(ASKED) };
	struct world w;

	world_set(&w, senders, recipients);
	struct life l = life_begin(&w.rules);
	say(&l, l.f->rcpt(l.msg, &ev), true);
	for (size_t i = 0; i < COUNT(other); i++)
		say(&l, l.f->header(l.msg, slice_of(other[i]), SLICE(BAD)), false);
	say(&l, l.f->header(l.msg, SLICE("From"), SLICE(GOOD)), false);
	say(&l, l.f->eoh(l.msg), false);
	ck_assert_int_eq(l.last.kind, VERDICT_ACCEPT);
	l.f->end(l.msg);
	world_clear(&w);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("spam");
	TCase *t = tcase_create("message");

	tcase_add_loop_test(t, each_recipient_gets_what_he_asked_for, 0, COUNT(row));
	tcase_add_test(t, empty_lists_end_every_message_at_once);
	tcase_add_test(t, missing_events_are_no_refusal);
	tcase_add_test(t, only_from_is_looked_at);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
