/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/quota.h"

#include "t/unit/quota_world.h"

#define MAX UINT64_MAX

static const struct {
	const char *what;
	uint64_t used, limit, size;
	enum fullness want;
} boundary[] = {
	{ "limit - margin - 1", LIMIT - MARGIN - 1, LIMIT, 0, HAS_ROOM },
	{ "limit - margin: within 25 KB is inclusive", LIMIT - MARGIN, LIMIT, 0, FULL },
	{ "limit - margin + 1", LIMIT - MARGIN + 1, LIMIT, 0, FULL },
	{ "limit - 1", LIMIT - 1, LIMIT, 0, FULL },
	{ "limit", LIMIT, LIMIT, 0, FULL },
	{ "limit + 1", LIMIT + 1, LIMIT, 0, FULL },
	{ "nothing used", 0, LIMIT, 0, HAS_ROOM },
	{ "no limit", MAX, 0, MAX, HAS_ROOM },
	{ "limit of 1, empty", 0, 1, 0, HAS_ROOM },
	{ "limit of 1, used", 1, 1, 0, FULL },
	{ "tiny: the margin is a tenth, one below", 8999, 10000, 0, HAS_ROOM },
	{ "tiny: the margin is a tenth", 9000, 10000, 0, FULL },
	{ "ten margins: both are the same", 230400, 256000, 0, FULL },
	{ "ten margins, one below", 230399, 256000, 0, HAS_ROOM },
	{ "beyond 2^31", 2147483648, 4294967296, 0, HAS_ROOM },
	{ "beyond 2^63 in a limit beyond it", 1ULL << 63, MAX, 0, HAS_ROOM },
	{ "used + margin overflows", MAX - 1, MAX, 0, FULL },
	{ "used + size overflows", 1000, MAX - 1, MAX, TOO_LARGE },
	{ "the same, where no sum is more than the limit", 1000, MAX, MAX, TOO_LARGE },
	{ "size fits to the byte", 1000, LIMIT, LIMIT - 1000, HAS_ROOM },
	{ "size is one too large", 1000, LIMIT, LIMIT - 999, TOO_LARGE },
	{ "full comes before too large", LIMIT, LIMIT, LIMIT, FULL },
};

START_TEST(keeps_the_margin)
{
	struct usage u = { .bytes = boundary[_i].used,
		.bytes_limit = boundary[_i].limit };

	ck_assert_msg(usage_fullness(&u, MARGIN, boundary[_i].size) == boundary[_i].want,
	    "%s", boundary[_i].what);
}
END_TEST

START_TEST(counts_messages)
{
	struct usage u = { .messages = 999, .messages_limit = 1000 };

	ck_assert_int_eq(usage_fullness(&u, MARGIN, 0), HAS_ROOM);
	u.messages = 1000;
	ck_assert_int_eq(usage_fullness(&u, MARGIN, 0), FULL);
	u.messages_limit = 0;
	ck_assert_int_eq(usage_fullness(&u, MARGIN, 0), HAS_ROOM);
}
END_TEST

START_TEST(takes_the_largest_of_repeated_sizes)
{
	struct slice args[] = { SLICE("SIZE=5"), SLICE("BODY=8BITMIME"), SLICE("SIZE=7"),
		SLICE("SIZE=6") };
	struct envelope_event mail = { .path = SLICE("<a@b>"), .args = args, .nargs = 4 };

	ck_assert_uint_eq(quota_declared_size(&mail), 7);
}
END_TEST

static void
expect(const struct quota_rules *rules, struct dialogue d, enum verdict_kind want)
{
	struct verdict v = play(rules, &d, NULL);

	ck_assert_msg(v.kind == want, "%s: kind %d", d.rcpt, v.kind);
}

START_TEST(obeys_its_options)
{
	struct quota_rules r = rules_new();

	r.follow_aliases = true;
	expect(
	    &r, (struct dialogue){ .rcpt = "<first.last@example.org>" }, VERDICT_REJECT);
	expect(&r, (struct dialogue){ .rcpt = "<first.last+x@example.org>" },
	    VERDICT_REJECT);
	expect(&r, (struct dialogue){ .rcpt = "<empty+x@example.org>" }, VERDICT_REJECT);
	expect(&r, (struct dialogue){ .rcpt = "<a-b+x@example.org>" }, VERDICT_CONTINUE);
	expect(&r, (struct dialogue){ .rcpt = "<staff@example.org>" }, VERDICT_CONTINUE);
	expect(&r, (struct dialogue){ .rcpt = "<loop@example.org>" }, VERDICT_CONTINUE);
	expect(&r, (struct dialogue){ .rcpt = "<nobody-here@example.org>" },
	    VERDICT_CONTINUE);
	r.check_local_copy = true;
	expect(&r, (struct dialogue){ .rcpt = "<copy@example.org>" }, VERDICT_REJECT);
	expect(
	    &r, (struct dialogue){ .rcpt = "<vacation@example.org>" }, VERDICT_CONTINUE);
	expect(&r, (struct dialogue){ .rcpt = "<away@example.org>" }, VERDICT_CONTINUE);
	r.check_authenticated = false;
	expect(&r,
	    (struct dialogue){
		.rcpt = "<games@example.org>", .mta = { NULL, NULL, "joe" } },
	    VERDICT_CONTINUE);
	r.local_clients = LOCAL_CLIENTS_CHECK;
	expect(&r,
	    (struct dialogue){ .client = "127.0.0.1", .rcpt = "<games@example.org>" },
	    VERDICT_REJECT);
	r.local_clients = LOCAL_CLIENTS_SKIP;
	expect(&r,
	    (struct dialogue){
		.client = "127.0.0.1", .rcpt = "<x>", .mta = LOCAL("games") },
	    VERDICT_CONTINUE);
	r.delimiters = "";
	expect(
	    &r, (struct dialogue){ .rcpt = "<games+x@example.org>" }, VERDICT_CONTINUE);
}
END_TEST

START_TEST(can_tempfail)
{
	struct quota_rules r = rules_new();

	r.full = (struct reply){ "452", "4.2.2", "Mailbox full" };
	expect(&r, (struct dialogue){ .rcpt = "<games@example.org>" }, VERDICT_TEMPFAIL);
	r.tempfail_unknown = true;
	expect(&r, (struct dialogue){ .rcpt = "<dead@example.org>" }, VERDICT_TEMPFAIL);
	expect(
	    &r, (struct dialogue){ .rcpt = "<nss-down@example.org>" }, VERDICT_TEMPFAIL);
	expect(&r, (struct dialogue){ .rcpt = "<doubt@example.org>" }, VERDICT_TEMPFAIL);
	expect(&r, (struct dialogue){ .rcpt = "<ghost@example.org>" }, VERDICT_CONTINUE);
}
END_TEST

START_TEST(names_mailboxes_by_address)
{
	struct quota_rules r = rules_new();
	struct mta virtual = { "virtual", NULL, NULL };
	static char virtual_name[] = "virtual";
	char *mailers[] = { virtual_name };

	r.names_are_addresses = true;
	r.local_mailers = (struct name_list){ mailers, 1 };
	expect(&r, (struct dialogue){ .rcpt = "<Me+x@Virtual.Example>", .mta = virtual },
	    VERDICT_REJECT);
	expect(&r,
	    (struct dialogue){ .rcpt = "<me+out@virtual.example>", .mta = virtual },
	    VERDICT_CONTINUE);
	expect(&r, (struct dialogue){ .rcpt = "<me-x@virtual.example>", .mta = virtual },
	    VERDICT_CONTINUE);
	expect(&r, (struct dialogue){ .rcpt = "<staff@virtual.example>", .mta = virtual },
	    VERDICT_CONTINUE);
	expect(&r, (struct dialogue){ .rcpt = "<me@virtual.example\nx>", .mta = virtual },
	    VERDICT_CONTINUE);
}
END_TEST

START_TEST(asks_nothing_for_an_exempt_sender)
{
	struct quota_rules r = rules_new();

	expect(
	    &r, (struct dialogue){ .sender = "<>", .rcpt = "<games>" }, VERDICT_CONTINUE);
	ck_assert_uint_eq(asked, 0);
}
END_TEST

START_TEST(reads_no_forward_while_there_is_room)
{
	struct quota_rules r = rules_new();

	expect(&r, (struct dialogue){ .rcpt = "<empty>" }, VERDICT_CONTINUE);
	ck_assert_uint_eq(asked, 3); /* alias, user, usage */
}
END_TEST

START_TEST(describes_the_refusal)
{
	struct quota_rules r = rules_new();
	struct text line = TEXT_INIT(1000);
	struct dialogue d = { .size = "SIZE=5", .rcpt = "<games+x@example.org>" };

	struct verdict v = play(&r, &d, &line);
	ck_assert_str_eq(text_cstr(&line),
	    "quota: 'full' to: 'games' used: 26214400 limit: 26214400 size: 5");
	ck_assert(slice_equal(v.label, SLICE("full")));
	text_clear(&line);
	d = (struct dialogue){ .size = "SIZE=26214401", .rcpt = "<empty>" };
	v = play(&r, &d, &line);
	ck_assert_str_eq(text_cstr(&line),
	    "quota: 'too-large' to: 'empty' used: 0 limit: 26214400 size: 26214401");
	ck_assert(slice_equal(v.label, SLICE("too-large")));
	text_clear(&line);
	d = (struct dialogue){ .rcpt = "<\"us er\">" };
	play(&r, &d, &line);
	ck_assert_str_eq(text_cstr(&line), "quota: 'full' to: 'us er'");
	text_clear(&line);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("quota_options");
	TCase *t = tcase_create("options");

	tcase_add_loop_test(t, keeps_the_margin, 0, COUNT(boundary));
	tcase_add_test(t, counts_messages);
	tcase_add_test(t, takes_the_largest_of_repeated_sizes);
	tcase_add_test(t, obeys_its_options);
	tcase_add_test(t, can_tempfail);
	tcase_add_test(t, names_mailboxes_by_address);
	tcase_add_test(t, asks_nothing_for_an_exempt_sender);
	tcase_add_test(t, reads_no_forward_while_there_is_room);
	tcase_add_test(t, describes_the_refusal);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
