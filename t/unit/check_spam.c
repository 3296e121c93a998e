/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/spam/spam.h"

#include <stdio.h>

#include "t/unit/runner.h"

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

static const struct slice senders =
    SLICE("# senders\nbad@x.example\nspam.example\n.spam.example\nworm@\n");
static const struct slice recipients = SLICE("jones@foo.example\nall.example\nlocal@\n");

#define ASKED "<jones@foo.example>"
#define PLAIN "<brown@foo.example>"
#define POST  "<postmaster@foo.example>"
#define BAD   "<bad@x.example>"
#define GOOD  "<good@x.example>"

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

struct world {
	struct spam_rules rules;
	struct address_list *senders, *recipients;
	unsigned refusals;
	char last_client[64];
};

static struct address_list *
list(struct slice content, const char *name)
{
	struct text why = TEXT_INIT(500);
	struct address_list *l = NULL;

	ck_assert_msg(
	    address_list_parse(content, name, true, &l, &why), "%s", text_cstr(&why));
	text_clear(&why);
	return l;
}

static unsigned
refused(void *self, const struct tarpit_limits *limits, struct slice client)
{
	struct world *w = self;

	(void)snprintf(
	    w->last_client, sizeof w->last_client, "%.*s", (int)client.len, client.ptr);
	return ++w->refusals > limits->refusals ? limits->delay_ms : 0;
}

static void
world_set(struct world *w, struct slice from, struct slice to)
{
	struct text why = TEXT_INIT(500);

	*w = (struct world){ .senders = list(from, "senders"),
		.recipients = list(to, "recipients") };
	w->rules = (struct spam_rules){ .senders = w->senders,
		.recipients = w->recipients,
		.delimiters = "+",
		.limits = { .refusals = 1, .window_ms = 1000, .delay_ms = 300 },
		.tarpit = { refused, w } };
	ck_assert(reply_parse("reply", SLICE("550 5.7.1 No mail from %f"), '5', "f",
	    &w->rules.reply, &why));
	ck_assert(reply_parse_plain("no-from-reply", SLICE("550 5.7.1 No From"), '5',
	    &w->rules.no_from_reply, &why));
}

static void
world_clear(struct world *w)
{
	address_list_free(w->senders);
	address_list_free(w->recipients);
}

static const struct client client = { .name = SLICE("mail.example"),
	.address = SLICE("192.0.2.1"),
	.helo = SLICE("helo.example") };

/* The life of a message; what was said goes to `said`, the last verdict is kept. */
struct life {
	const struct policy *f;
	void *msg;
	char said[40];
	size_t n;
	struct verdict last;
	bool over;
};

static void
say(struct life *l, struct verdict v, bool rcpt)
{
	ck_assert_uint_lt(l->n + 1, sizeof l->said);
	l->said[l->n++] = "cart"[v.kind];
	l->said[l->n] = '\0';
	l->last = v;
	l->over = v.kind == VERDICT_ACCEPT || (v.kind != VERDICT_CONTINUE && !rcpt);
}

static struct life
life_begin(const struct spam_rules *rules)
{
	struct life l = { .f = &spam_policy, .msg = spam_policy.begin(rules, &client) };

	ck_assert_ptr_nonnull(l.msg);
	return l;
}

static bool
next_part(const char **rest, struct slice *ret)
{
	if (**rest == '\0')
		return false;
	size_t len = strcspn(*rest, "|");
	*ret = (struct slice){ *rest, len };
	*rest += len + ((*rest)[len] == '|');
	return true;
}

static void
live(struct life *l, const char *mail, const char *rcpts, const char *froms)
{
	struct envelope_event ev = { .path = slice_of(mail) };
	struct slice part;

	say(l, l->f->mail(l->msg, &ev), false);
	while (!l->over && next_part(&rcpts, &part)) {
		ev.path = part;
		say(l, l->f->rcpt(l->msg, &ev), true);
	}
	if (!l->over)
		say(l, l->f->data(l->msg), false);
	while (!l->over && next_part(&froms, &part))
		say(l, l->f->header(l->msg, SLICE("From"), part), false);
	if (!l->over)
		say(l, l->f->eoh(l->msg), false);
}

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
	tcase_add_test(t, the_log_names_entry_and_line);
	tcase_add_test(t, a_split_is_a_452_and_names_its_recipient);
	tcase_add_test(t, a_message_without_from_is_logged);
	tcase_add_test(t, refusals_are_counted_by_client);
	tcase_add_test(t, what_the_mta_made_of_a_recipient_counts_too);
	tcase_add_test(t, who_logged_in_may_pass);
	tcase_add_test(t, empty_lists_end_every_message_at_once);
	tcase_add_test(t, missing_events_are_no_refusal);
	tcase_add_test(t, only_from_is_looked_at);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
