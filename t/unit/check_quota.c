/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/quota.h"

#include "t/unit/quota_world.h"

static const struct {
	const char *what;
	struct dialogue d;
	bool refused;
} sentence[] = {
	{ "a full mailbox is refused", { .rcpt = "<games@example.org>" }, true },
	{ "an empty one is not", { .rcpt = "<empty@example.org>" }, false },
	{ "the MTA's name of the mailbox counts, not what was typed",
	    { .rcpt = "<x@y>", .mta = LOCAL("games") }, true },
	{ "the MTA says local: the domain does not matter",
	    { .rcpt = "<games@elsewhere.example>", .mta = LOCAL("games") }, true },
	{ "the MTA says esmtp: not ours",
	    { .rcpt = "<games@example.org>",
		.mta = { "esmtp", "games@example.org", NULL } },
	    false },
	{ "the MTA says error: it refuses by itself",
	    { .rcpt = "<games@example.org>", .mta = { "error", "550 5.1.1", NULL } },
	    false },
	{ "another domain is not ours", { .rcpt = "<games@elsewhere.example>" }, false },
	{ "domains have no case", { .rcpt = "<games@EXAMPLE.org>" }, true },
	{ "no domain at all is local", { .rcpt = "games" }, true },
	{ "names have no case here", { .rcpt = "<Games@Example.ORG>" }, true },
	{ "the detail is not the mailbox", { .rcpt = "<games+x+y@example.org>" }, true },
	{ "another delimiter", { .rcpt = "<games-x@example.org>" }, true },
	{ "a name with a delimiter in it", { .rcpt = "<a-b@example.org>" }, true },
	{ "and a detail of its own", { .rcpt = "<a-b-c@example.org>" }, true },
	{ "empty with a detail", { .rcpt = "<empty+games@example.org>" }, false },
	{ "a source route is no part of the address",
	    { .rcpt = "<@a.example,@b.example:games@example.org>" }, true },
	{ "a quoted name is the name", { .rcpt = "<\"games\"@example.org>" }, true },
	{ "a quoted name with a blank", { .rcpt = "<\"us er\"@example.org>" }, true },
	{ "a quoted name with a backslash", { .rcpt = "<\"g\\ames\"@example.org>" },
	    true },
	{ "a user that is not there is the MTA's to refuse",
	    { .rcpt = "<ghost@example.org>" }, false },
	{ "percent hack", { .rcpt = "<games%x@example.org>" }, false },
	{ "bang path", { .rcpt = "<x!games@example.org>" }, false },

	{ "the null sender is exempt", { .sender = "<>", .rcpt = "<games@example.org>" },
	    false },
	{ "postmaster is exempt",
	    { .sender = "<postmaster>", .rcpt = "<games@example.org>" }, false },
	{ "in any case and domain",
	    { .sender = "<POSTMASTER@Other.Example>", .rcpt = "<games@example.org>" },
	    false },
	{ "mailer-daemon is exempt",
	    { .sender = "<MAILER-DAEMON@x>", .rcpt = "<games@example.org>" }, false },
	{ "quoted too",
	    { .sender = "<\"mailer-daemon\"@x>", .rcpt = "<games@example.org>" }, false },
	{ "without brackets too",
	    { .sender = "postmaster@x", .rcpt = "<games@example.org>" }, false },
	{ "postmaster+x is somebody else",
	    { .sender = "<postmaster+x@y>", .rcpt = "<games@example.org>" }, true },
	{ "mypostmaster is somebody else",
	    { .sender = "<mypostmaster@x>", .rcpt = "<games@example.org>" }, true },
	{ "postmaster@x@y is somebody else",
	    { .sender = "<postmaster@x@y>", .rcpt = "<games@example.org>" }, true },
	{ "an odd sender", { .sender = "<you <you@dom>>", .rcpt = "<games@example.org>" },
	    true },

	{ "a full postmaster still gets mail", { .rcpt = "<postmaster@example.org>" },
	    false },
	{ "in any case", { .rcpt = "<PostMaster@example.org>" }, false },
	{ "with a detail", { .rcpt = "<postmaster+x@example.org>" }, false },
	{ "an exempt recipient is not even looked up", { .rcpt = "<vip@example.org>" },
	    false },
	{ "exempt by whole address",
	    { .rcpt = "<x>", .mta = LOCAL("games@other.example") }, false },

	{ "an alias is not a mailbox", { .rcpt = "<first.last@example.org>" }, false },
	{ "nor is a list", { .rcpt = "<staff@example.org>" }, false },
	{ "nor a program", { .rcpt = "<pipe@example.org>" }, false },
	{ "an alias for itself is", { .rcpt = "<self@example.org>" }, true },
	{ "an alias with a detail", { .rcpt = "<first.last+x@example.org>" }, false },
	{ "an alias for a detail", { .rcpt = "<games+out@example.org>" }, false },
	{ "not for another one", { .rcpt = "<games+in@example.org>" }, true },
	{ "an alias for every detail", { .rcpt = "<\"us er+x\"@example.org>" }, false },
	{ "for none of them too", { .rcpt = "<\"us er+\"@example.org>" }, false },
	{ "with one more", { .rcpt = "<\"us er+x-y\"@example.org>" }, false },
	{ "but not without", { .rcpt = "<\"us er\"@example.org>" }, true },
	{ "nor behind another delimiter", { .rcpt = "<\"us er-x\"@example.org>" }, true },

	{ ".forward elsewhere: not saved here", { .rcpt = "<away@example.org>" }, false },
	{ ".forward of a detail elsewhere", { .rcpt = "<games+elsewhere@example.org>" },
	    false },
	{ "of that detail alone", { .rcpt = "<games+elsewhere-x@example.org>" }, true },
	{ ".forward with a copy here: forwarded all the same",
	    { .rcpt = "<copy@example.org>" }, false },
	{ "vacation would answer", { .rcpt = "<vacation@example.org>" }, false },
	{ ".forward into a file", { .rcpt = "<tofile@example.org>" }, false },
	{ ".forward not known: let through", { .rcpt = "<dead@example.org>" }, false },

	{ "an old answer that says full is asked again",
	    { .rcpt = "<stale@example.org>" }, false },
	{ "no refusal on doubtful evidence", { .rcpt = "<doubt@example.org>" }, false },
	{ "aliases not known: let through", { .rcpt = "<alias-unknown@example.org>" },
	    false },
	{ "users not known: let through", { .rcpt = "<nss-down@example.org>" }, false },

	{ "an authenticated client is checked",
	    { .rcpt = "<games@example.org>", .mta = { NULL, NULL, "joe" } }, true },
	{ "a local client is, where the MTA says which mailer",
	    { .client = "127.0.0.1", .rcpt = "<games>", .mta = LOCAL("games") }, true },
	{ "it is not where that is missing: Postfix's cleanup could not refuse",
	    { .client = "127.0.0.1", .rcpt = "<games@example.org>" }, false },
	{ "nor over IPv6", { .client = "::1", .rcpt = "<games@example.org>" }, false },
	{ "nor over a unix socket", { .client = "", .rcpt = "<games@example.org>" },
	    false },

	{ "room for a small one", { .size = "SIZE=1000", .rcpt = "<empty@example.org>" },
	    false },
	{ "it fits exactly", { .size = "SIZE=26214400", .rcpt = "<empty@example.org>" },
	    false },
	{ "one byte too many", { .size = "SIZE=26214401", .rcpt = "<empty@example.org>" },
	    true },
	{ "size has no case", { .size = "size=26214401", .rcpt = "<empty@example.org>" },
	    true },
	{ "SIZE=0 says nothing", { .size = "SIZE=0", .rcpt = "<empty@example.org>" },
	    false },
	{ "2^64 fits nowhere",
	    { .size = "SIZE=18446744073709551616", .rcpt = "<empty@example.org>" },
	    true },
	{ "a negative size is no size",
	    { .size = "SIZE=-26214401", .rcpt = "<empty@example.org>" }, false },
	{ "nor is a word", { .size = "SIZE=big", .rcpt = "<empty@example.org>" }, false },
	{ "nor is nothing", { .size = "SIZE=", .rcpt = "<empty@example.org>" }, false },
	{ "nor a fraction", { .size = "SIZE=26214401.0", .rcpt = "<empty@example.org>" },
	    false },
	{ "parameters behind the path (sendmail 8.17.1)",
	    { .sender = "<a@b> BODY=8BITMIME SIZE=26214401",
		.rcpt = "<empty@example.org>" },
	    true },
};

START_TEST(says)
{
	struct quota_rules rules = rules_new();
	struct verdict v = play(&rules, &sentence[_i].d, NULL);

	ck_assert_msg((v.kind == VERDICT_REJECT) == sentence[_i].refused, "%s: %s",
	    sentence[_i].what, v.kind == VERDICT_REJECT ? "refused" : "not refused");
	ck_assert_msg(v.kind == VERDICT_REJECT || v.kind == VERDICT_CONTINUE, "%s",
	    sentence[_i].what);
	if (v.kind == VERDICT_REJECT)
		ck_assert_str_eq(v.reply->enhanced, "5.2.2");
}
END_TEST

/* Names that must not even reach a look-up. */
static const struct slice hostile[] = {
	SLICE("<../../etc/passwd@example.org>"),
	SLICE("<..@example.org>"),
	SLICE("<.@example.org>"),
	SLICE("<\"../x\"@example.org>"),
	SLICE("<\"a/b\"@example.org>"),
	SLICE("<\"a\\/b\"@example.org>"),
	SLICE("<-rf@example.org>"),
	SLICE("<\"-rf\"@example.org>"),
	SLICE("<\"a\nrecipient=b\"@example.org>"),
	SLICE("<\"a\0b\"@example.org>"),
	SLICE("<\"a\rb\"@example.org>"),
	SLICE("<\"\"@example.org>"),
	SLICE("<@example.org>"),
	SLICE("<>"),
	SLICE(""),
	SLICE("<"),
	SLICE("<games"),
	SLICE("<games@example.org> x"),
	SLICE("<\"games@example.org>"),
};

START_TEST(never_looks_up)
{
	struct quota_rules rules = rules_new();
	struct client client = { .address = SLICE("192.0.2.1") };
	struct envelope_event rcpt = { .path = hostile[_i] };
	void *m = quota_policy.begin(&rules, &client);

	asked = 0;
	ck_assert_int_eq(quota_policy.rcpt(m, &rcpt).kind, VERDICT_CONTINUE);
	ck_assert_uint_eq(asked, 0);
	quota_policy.end(m);
}
END_TEST

START_TEST(looks_up_strange_names_as_they_are)
{
	static const struct slice strange[] = { SLICE("<rm -r * ;@example.org>"),
		SLICE("<\"rm -r * ;\"@example.org>"),
		SLICE("<\303\251t\303\251@example.org>"), SLICE("<|id@example.org>"),
		SLICE("<%s%n@example.org>") };
	struct quota_rules rules = rules_new();
	struct client client = { .address = SLICE("192.0.2.1") };

	for (size_t i = 0; i < COUNT(strange); i++) {
		struct envelope_event rcpt = { .path = strange[i] };
		void *m = quota_policy.begin(&rules, &client);
		ck_assert_int_eq(quota_policy.rcpt(m, &rcpt).kind, VERDICT_CONTINUE);
		quota_policy.end(m);
	}
}
END_TEST

START_TEST(refuses_a_name_of_any_length)
{
	static char path[70000];
	struct quota_rules rules = rules_new();
	struct client client = { .address = SLICE("192.0.2.1") };
	struct envelope_event rcpt = { .path = { path, sizeof path } };
	void *m = quota_policy.begin(&rules, &client);

	memset(path, 'x', sizeof path);
	asked = 0;
	ck_assert_int_eq(quota_policy.rcpt(m, &rcpt).kind, VERDICT_CONTINUE);
	ck_assert_uint_eq(asked, 0);
	memset(path, '+', sizeof path);
	rcpt.path.len = MAILBOX_NAME_MAX;
	ck_assert_int_eq(quota_policy.rcpt(m, &rcpt).kind, VERDICT_CONTINUE);
	ck_assert_uint_le(asked, 24); /* a name of delimiters is not cut for ever */
	quota_policy.end(m);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("quota");
	TCase *t = tcase_create("rcpt");

	tcase_add_loop_test(t, says, 0, COUNT(sentence));
	tcase_add_loop_test(t, never_looks_up, 0, COUNT(hostile));
	tcase_add_test(t, looks_up_strange_names_as_they_are);
	tcase_add_test(t, refuses_a_name_of_any_length);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
