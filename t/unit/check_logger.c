/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/logger/logger.h"

#include "t/unit/runner.h"

/* The outside world of one test: a switch, a date, and an archive in memory. */
struct world {
	bool on, begin_fails, commit_fails;
	size_t write_fails_at; /* the n-th write, from 1; 0: never */
	size_t begun, writes, committed, aborted;
	struct text stored, summary;
};

static const long long NOW = 20454LL * 86400;

static bool
world_is_on(void *self)
{
	return ((struct world *)self)->on;
}

static long long
world_now(void *self)
{
	(void)self;
	return NOW;
}

static void *
world_begin(void *self)
{
	struct world *w = self;

	if (w->begin_fails)
		return NULL;
	w->begun++;
	return w;
}

static bool
world_write(void *copy, struct slice bytes)
{
	struct world *w = copy;

	if (++w->writes == w->write_fails_at)
		return false;
	return text_append(&w->stored, bytes) == TEXT_OK;
}

static const char *
kind_name(enum logger_fact_kind kind)
{
	static const char *const name[] = { "client", "address", "helo", "from", "arg",
		"user", "mech", "tls", "cipher", "subject", "to", "rejected", "rarg",
		"mailer", "host", "addr", "qid" };

	return name[kind];
}

static bool
world_commit(void *copy, const struct logger_record *r)
{
	struct world *w = copy;

	w->committed++;
	for (size_t i = 0; i < r->nfacts; i++) {
		text_printf(&w->summary, "%s=", kind_name(r->fact[i].kind));
		text_append_escaped(&w->summary, r->fact[i].value, 300);
		text_printf(&w->summary, " ");
	}
	text_printf(&w->summary, "status=%d cut=%d h=%llu b=%llu/%llu", r->status, r->cut,
	    r->header_bytes, r->body_bytes, r->body_seen);
	if (r->facts_cut)
		text_printf(&w->summary, " facts-cut");
	ck_assert_int_eq(r->received, NOW);
	return !w->commit_fails;
}

static void
world_abort(void *copy)
{
	((struct world *)copy)->aborted++;
}

static struct world world;
static struct logger_rules rules;
static void *msg;

static void
set_up(void)
{
	world = (struct world){
		.on = true, .stored = TEXT_INIT(1 << 24), .summary = TEXT_INIT(1 << 24)
	};
	rules = (struct logger_rules){
		.habits = { "+", NULL },
		.on = { world_is_on, &world },
		.clock = { world_now, NULL },
		.archive = { world_begin, world_write, world_commit, world_abort,
		    &world },
	};
	msg = NULL;
}

static void
tear_down(void)
{
	if (msg != NULL)
		logger_policy.end(msg);
	text_clear(&world.stored);
	text_clear(&world.summary);
}

static struct slice
no_macro(const void *self, const char *name)
{
	if (self != NULL && strcmp(name, "{rcpt_mailer}") == 0)
		return slice_of(self);
	return (struct slice){ NULL, 0 };
}

static struct envelope_event
path(const char *p)
{
	return (
	    struct envelope_event){ .path = slice_of(p), .macros = { no_macro, NULL } };
}

static enum verdict_kind
mail(const char *from)
{
	static const struct client client = { .name = SLICE("mx.example"),
		.address = SLICE("192.0.2.1"),
		.helo = SLICE("there") };
	struct envelope_event ev = path(from);

	msg = logger_policy.begin(&rules, &client);
	ck_assert_ptr_nonnull(msg);
	return logger_policy.mail(msg, &ev).kind;
}

static void
rcpt(const char *to)
{
	struct envelope_event ev = path(to);

	ck_assert_int_eq(logger_policy.rcpt(msg, &ev).kind, VERDICT_CONTINUE);
}

static enum verdict_kind
eom(void)
{
	struct eom_event ev = { .macros = { no_macro, NULL } };

	return logger_policy.eom(msg, &ev).kind;
}

static void
content(const char *body)
{
	logger_policy.header(msg, SLICE("Subject"), SLICE(" hello"));
	logger_policy.eoh(msg);
	logger_policy.body(msg, slice_of(body));
}

/* A usual message; what data() answered if that ends it, else what eom() did. */
static enum verdict_kind
message(const char *from, const char *to, const char *body)
{
	enum verdict_kind kind = mail(from);

	if (kind != VERDICT_CONTINUE)
		return kind;
	rcpt(to);
	kind = logger_policy.data(msg).kind;
	if (kind != VERDICT_CONTINUE)
		return kind;
	content(body);
	return eom();
}

START_TEST(accepts_at_mail_while_the_switch_is_off)
{
	world.on = false;
	ck_assert_int_eq(mail("<a@b>"), VERDICT_ACCEPT);
	ck_assert_uint_eq(world.begun, 0);
}
END_TEST

START_TEST(copies_what_the_mta_showed)
{
	ck_assert_int_eq(
	    message("<a@b.example>", "<c@d.example>", "one\r\n"), VERDICT_CONTINUE);
	ck_assert_uint_eq(world.committed, 1);
	ck_assert_str_eq(text_cstr(&world.stored), "Subject: hello\r\n\r\none\r\n");
	ck_assert_str_eq(text_cstr(&world.summary),
	    "client=mx.example address=192.0.2.1 helo=there from=<a@b.example> "
	    "to=<c@d.example> status=0 cut=0 h=18 b=5/5");
}
END_TEST

START_TEST(goes_on_when_the_switch_goes_away)
{
	mail("<a@b>");
	world.on = false;
	rcpt("<c@d>");
	logger_policy.data(msg);
	content("body");
	eom();
	ck_assert_uint_eq(world.committed, 1);
	ck_assert_str_eq(text_cstr(&world.stored), "Subject: hello\r\n\r\nbody");
}
END_TEST

START_TEST(does_not_begin_when_the_switch_comes_late)
{
	world.on = false;
	mail("<a@b>");
	world.on = true;
	ck_assert_uint_eq(world.begun, 0);
}
END_TEST

static const struct {
	struct slice value, stored;
} fold[] = {
	{ SLICE(" a\n\tb"), SLICE("X: a\r\n\tb\r\n") },
	{ SLICE(" a\r\n\tb"), SLICE("X: a\r\n\tb\r\n") },
	{ SLICE(""), SLICE("X:\r\n") },
	{ SLICE("nospace"), SLICE("X:nospace\r\n") },
	{ SLICE("\n\n"), SLICE("X:\r\n\r\n\r\n") },
	{ SLICE("  two \303\251 \377 \0."), SLICE("X:  two \303\251 \377 \0.\r\n") },
	{ SLICE("a\rb"), SLICE("X:a\rb\r\n") },
};

START_TEST(writes_headers_as_on_the_wire)
{
	mail("<a@b>");
	logger_policy.header(msg, SLICE("X"), fold[_i].value);
	ck_assert(slice_equal(text_slice(&world.stored), fold[_i].stored));
}
END_TEST

/* An MTA without HDR_LEADSPC: one blank is all that is known. */
START_TEST(puts_a_blank_back_that_the_mta_took)
{
	static const struct client old = { .blank_taken = true };
	struct envelope_event ev = path("<a@b>");

	msg = logger_policy.begin(&rules, &old);
	logger_policy.mail(msg, &ev);
	logger_policy.header(msg, SLICE("A"), SLICE("b"));
	logger_policy.header(msg, SLICE("C"), SLICE(" d\n\te"));
	logger_policy.header(msg, SLICE("E"), SLICE(""));
	ck_assert(slice_equal(
	    text_slice(&world.stored), SLICE("A: b\r\nC:  d\r\n\te\r\nE:\r\n")));
}
END_TEST

START_TEST(keeps_nul_and_eight_bit_in_a_body_cut_anywhere)
{
	mail("<>");
	logger_policy.eoh(msg);
	logger_policy.body(msg, SLICE("a\0\377"));
	logger_policy.body(msg, SLICE(""));
	logger_policy.body(msg, SLICE("\n.\r\nb"));
	eom();
	ck_assert(slice_equal(text_slice(&world.stored), SLICE("\r\na\0\377\n.\r\nb")));
}
END_TEST

START_TEST(keeps_a_message_without_headers_and_body)
{
	mail("<>");
	ck_assert_int_eq(eom(), VERDICT_CONTINUE);
	ck_assert_uint_eq(world.committed, 1);
	ck_assert_str_eq(text_cstr(&world.stored), "\r\n");
}
END_TEST

static const struct {
	enum logger_keep keep;
	unsigned long long first;
	const char *stored, *tail;
} kept[] = {
	{ LOGGER_KEEP_ALL, 3, "Subject: hello\r\n\r\n12345", "cut=0 h=18 b=5/5" },
	{ LOGGER_KEEP_HEADERS, 3, "Subject: hello\r\n\r\n", "cut=1 h=18 b=0/5" },
	{ LOGGER_KEEP_FIRST, 3, "Subject: hello\r\n\r\n123", "cut=2 h=18 b=3/5" },
	{ LOGGER_KEEP_FIRST, 5, "Subject: hello\r\n\r\n12345", "cut=0 h=18 b=5/5" },
	{ LOGGER_KEEP_FIRST, 0, "Subject: hello\r\n\r\n", "cut=2 h=18 b=0/5" },
};

START_TEST(keeps_as_much_as_was_asked)
{
	rules.keep = kept[_i].keep;
	rules.first_bytes = kept[_i].first;
	mail("<a@b>");
	content("12");
	logger_policy.body(msg, SLICE("345"));
	eom();
	ck_assert_str_eq(text_cstr(&world.stored), kept[_i].stored);
	ck_assert_ptr_nonnull(strstr(text_cstr(&world.summary), kept[_i].tail));
}
END_TEST

static const struct {
	const char *list, *from, *to;
	bool stored;
} choice[] = {
	{ "from a@b.example", "<a@b.example>", "<c@d.example>", true },
	{ "from a@b.example", "<x@b.example>", "<c@d.example>", false },
	{ "to c@d.example", "<a@b.example>", "<C+x@d.example>", true },
	{ "to c@d.example", "<c@d.example>", "<a@b.example>", false },
	{ "both @d.example", "<c@d.example>", "<a@b.example>", true },
	{ "to c@d.example until 2025-12-31", "<a@b>", "<c@d.example>", false },
};

START_TEST(keeps_only_whom_the_list_names)
{
	struct text why = TEXT_INIT(200);
	struct selection *s = NULL;

	ck_assert(selection_parse(slice_of(choice[_i].list), "l", &s, &why));
	rules.selection = s;
	enum verdict_kind kind = message(choice[_i].from, choice[_i].to, "x");
	ck_assert_uint_eq(world.committed, choice[_i].stored ? 1 : 0);
	ck_assert_uint_eq(world.begun, world.committed);
	ck_assert_int_eq(kind, choice[_i].stored ? VERDICT_CONTINUE : VERDICT_ACCEPT);
	selection_free(s);
}
END_TEST

START_TEST(does_not_select_by_a_recipient_whom_the_mta_refused)
{
	struct text why = TEXT_INIT(200);
	struct selection *s = NULL;
	struct envelope_event ev = path("<c@d.example>");

	ck_assert(selection_parse(SLICE("to c@d.example"), "l", &s, &why));
	rules.selection = s;
	mail("<a@b>");
	ev.macros.self = "error";
	logger_policy.rcpt(msg, &ev);
	ck_assert_int_eq(logger_policy.data(msg).kind, VERDICT_ACCEPT);
	selection_free(s);
}
END_TEST

START_TEST(notes_a_refused_recipient)
{
	struct envelope_event ev = path("<green@d>");

	mail("<a@b>");
	ev.macros.self = "error";
	logger_policy.rcpt(msg, &ev);
	ev.macros.self = "local";
	logger_policy.rcpt(msg, &ev);
	eom();
	ck_assert_ptr_nonnull(strstr(text_cstr(&world.summary),
	    "to=<green@d> rejected= mailer=error to=<green@d> mailer=local"));
}
END_TEST

enum { AT_BEGIN, AT_FIRST_WRITE, AT_LATER_WRITE, AT_COMMIT, N_FAULTS };

static void
break_world(int fault)
{
	world.begin_fails = fault == AT_BEGIN;
	world.write_fails_at = fault == AT_FIRST_WRITE   ? 1
			       : fault == AT_LATER_WRITE ? 5
							 : 0;
	world.commit_fails = fault == AT_COMMIT;
}

START_TEST(lets_mail_through_when_it_cannot_be_kept)
{
	break_world(_i);
	enum verdict_kind kind = message("<a@b>", "<c@d>", "body");
	ck_assert_int_eq(kind, _i == AT_BEGIN ? VERDICT_ACCEPT : VERDICT_CONTINUE);
	ck_assert_uint_eq(world.aborted, _i == AT_BEGIN || _i == AT_COMMIT ? 0 : 1);
	ck_assert_uint_eq(world.committed, _i == AT_COMMIT);
}
END_TEST

START_TEST(tempfails_when_told_to)
{
	rules.tempfail = true;
	break_world(_i);
	ck_assert_int_eq(message("<a@b>", "<c@d>", "body"), VERDICT_TEMPFAIL);
}
END_TEST

/* Ends a message after n events, as a reset or a lost client does. */
static void
stop_after(int n)
{
	mail("<a@b>");
	if (n > 0)
		rcpt("<c@d>");
	if (n > 1)
		logger_policy.data(msg);
	if (n > 2)
		logger_policy.header(msg, SLICE("X"), SLICE("y"));
	if (n > 3)
		logger_policy.eoh(msg);
	if (n > 4)
		logger_policy.body(msg, SLICE("z"));
	logger_policy.end(msg);
	msg = NULL;
}

START_TEST(leaves_nothing_of_an_aborted_message)
{
	stop_after(_i);
	ck_assert_uint_eq(world.committed, 0);
	ck_assert_uint_eq(world.aborted, world.begun);
	ck_assert_uint_eq(world.begun, _i > 1);
}
END_TEST

START_TEST(keeps_an_aborted_message_as_evidence_when_told_to)
{
	rules.keep_aborted = true;
	stop_after(_i);
	ck_assert_uint_eq(world.aborted, 0);
	ck_assert_uint_eq(world.committed, _i > 1);
	if (_i > 1)
		ck_assert_ptr_nonnull(
		    strstr(text_cstr(&world.summary), "status=1 cut=3"));
}
END_TEST

START_TEST(takes_events_in_any_order)
{
	static const char order[][4] = { "EEE", "BBE", "HBE", "DED", "OBE", "BHE" };

	mail("<a@b>");
	for (const char *e = order[_i]; *e != '\0'; e++) {
		if (*e == 'E')
			eom();
		if (*e == 'B')
			logger_policy.body(msg, SLICE("b"));
		if (*e == 'H')
			logger_policy.header(msg, SLICE("h"), SLICE("v"));
		if (*e == 'O')
			logger_policy.eoh(msg);
		if (*e == 'D')
			logger_policy.data(msg);
	}
	ck_assert_uint_eq(world.committed, 1);
}
END_TEST

START_TEST(bounds_what_it_remembers_of_an_envelope)
{
	static char longest[1 << 16];

	memset(longest, 'x', sizeof longest - 1);
	mail("<a@b>");
	for (int i = 0; i < 100; i++)
		rcpt(longest);
	eom();
	ck_assert_uint_eq(world.committed, 1);
	ck_assert_ptr_nonnull(strstr(text_cstr(&world.summary), "facts-cut"));
}
END_TEST

START_TEST(remembers_a_thousand_recipients)
{
	mail("<a@b>");
	for (int i = 0; i < 1000; i++)
		rcpt("<$(id)@x;|rm -rf *>");
	eom();
	size_t n = 0;
	for (const char *at = text_cstr(&world.summary);
	     (at = strstr(at, "to=<$(id)@x;|rm -rf *>")) != NULL; at++)
		n++;
	ck_assert_uint_eq(n, 1000);
	ck_assert_ptr_null(strstr(text_cstr(&world.summary), "facts-cut"));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("logger");
	TCase *t = tcase_create("message");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, accepts_at_mail_while_the_switch_is_off);
	tcase_add_test(t, copies_what_the_mta_showed);
	tcase_add_test(t, goes_on_when_the_switch_goes_away);
	tcase_add_test(t, does_not_begin_when_the_switch_comes_late);
	tcase_add_loop_test(t, writes_headers_as_on_the_wire, 0, COUNT(fold));
	tcase_add_test(t, puts_a_blank_back_that_the_mta_took);
	tcase_add_test(t, keeps_nul_and_eight_bit_in_a_body_cut_anywhere);
	tcase_add_test(t, keeps_a_message_without_headers_and_body);
	tcase_add_loop_test(t, keeps_as_much_as_was_asked, 0, COUNT(kept));
	tcase_add_loop_test(t, keeps_only_whom_the_list_names, 0, COUNT(choice));
	tcase_add_test(t, does_not_select_by_a_recipient_whom_the_mta_refused);
	tcase_add_test(t, notes_a_refused_recipient);
	tcase_add_loop_test(t, lets_mail_through_when_it_cannot_be_kept, 0, N_FAULTS);
	tcase_add_loop_test(t, tempfails_when_told_to, 0, N_FAULTS);
	tcase_add_loop_test(t, leaves_nothing_of_an_aborted_message, 0, 6);
	tcase_add_loop_test(t, keeps_an_aborted_message_as_evidence_when_told_to, 0, 6);
	tcase_add_loop_test(t, takes_events_in_any_order, 0, 6);
	tcase_add_test(t, bounds_what_it_remembers_of_an_envelope);
	tcase_add_test(t, remembers_a_thousand_recipients);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
