/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>
#include <unistd.h>

#include "sim/load/accounts.h"
#include "sim/load/histogram.h"
#include "sim/load/mail.h"
#include "sim/load/outbox.h"
#include "t/unit/runner.h"

/* --- histogram --- */

START_TEST(nothing_took_no_time)
{
	const struct histogram h = { 0 };

	ck_assert_uint_eq(histogram_at(&h, 0.5), 0);
}
END_TEST

START_TEST(a_percentile_is_never_too_low_and_at_most_a_32nd_too_high)
{
	struct histogram h = { 0 };

	for (uint64_t us = 1; us <= 100000; us++)
		histogram_add(&h, us);
	for (int percent = 1; percent <= 100; percent++) {
		uint64_t right = (uint64_t)percent * 1000;
		uint64_t got = histogram_at(&h, percent / 100.0);
		ck_assert_msg(got >= right && got <= right + right / 32 + 1, "%d%%: %llu",
		    percent, (unsigned long long)got);
	}
	ck_assert_uint_eq(h.least, 1);
	ck_assert_uint_eq(histogram_at(&h, 1), 100000);
}
END_TEST

START_TEST(what_is_longer_than_an_hour_counts_as_one)
{
	struct histogram h = { 0 };

	histogram_add(&h, UINT64_MAX);
	ck_assert_uint_eq(histogram_at(&h, 0.5), UINT64_C(3600000000));
}
END_TEST

/* --- accounts --- */

static const struct {
	const char *what;
	enum load_verdict clean, worm;
	const char *reply;
	struct load_outcome came;
	bool wrong;
} row[] = {
	{ "a clean message is accepted", LOAD_ACCEPTED, LOAD_REFUSED, "550 no",
	    { .verdict = LOAD_ACCEPTED }, false },
	{ "a clean message is refused", LOAD_ACCEPTED, LOAD_REFUSED, NULL,
	    { .verdict = LOAD_REFUSED }, true },
	{ "a worm is refused in the words", LOAD_ACCEPTED, LOAD_REFUSED, "550 no",
	    { .worm = true, .verdict = LOAD_REFUSED, .reply = { "550 no", 6 } }, false },
	{ "a worm is refused in other words", LOAD_ACCEPTED, LOAD_REFUSED, "550 no",
	    { .worm = true, .verdict = LOAD_REFUSED, .reply = { "550 no.", 7 } }, true },
	{ "a worm is refused without words", LOAD_ACCEPTED, LOAD_REFUSED, "550 no",
	    { .worm = true, .verdict = LOAD_REFUSED }, true },
	{ "a worm is let through", LOAD_ACCEPTED, LOAD_REFUSED, NULL,
	    { .worm = true, .verdict = LOAD_ACCEPTED }, true },
	{ "a worm is put off", LOAD_ACCEPTED, LOAD_REFUSED, NULL,
	    { .worm = true, .verdict = LOAD_DEFERRED }, true },
	{ "anything will do", N_LOAD_VERDICTS, LOAD_REFUSED, NULL,
	    { .verdict = LOAD_DISCARDED }, false },
	{ "anything will do, but in the words", N_LOAD_VERDICTS, LOAD_REFUSED, "550 no",
	    { .verdict = LOAD_REFUSED, .reply = { "550 yes", 7 } }, true },
};

START_TEST(a_verdict_is_held_against_what_it_must_be)
{
	struct accounts a;

	accounts_init(&a);
	a.clean = row[_i].clean;
	a.worm = row[_i].worm;
	a.reply = row[_i].reply;
	accounts_settle(&a, &row[_i].came);
	ck_assert_msg(a.wrong == row[_i].wrong, "%s", row[_i].what);
	ck_assert_msg((a.examples.len != 0) == row[_i].wrong, "%s", row[_i].what);
	ck_assert_uint_eq(accounts_settled(&a), 1);
	accounts_clear(&a);
}
END_TEST

START_TEST(a_million_wrong_ones_need_no_more_memory_than_ten)
{
	const struct load_outcome o = { .verdict = LOAD_REFUSED };
	struct accounts a;

	accounts_init(&a);
	for (int i = 0; i < 1000000; i++)
		accounts_settle(&a, &o);
	ck_assert_uint_eq(a.wrong, 1000000);
	ck_assert_uint_lt(a.examples.len, 1000);
	accounts_clear(&a);
}
END_TEST

/* --- mail --- */

static const struct load_wish wish = {
	.parties = { .from = { { "a@b", LOAD_UNSAID, 0 } },
	    .froms = 1,
	    .least_to = 2,
	    .most_to = 4 },
	.client = "192.0.2.1",
	.helo = "b",
	.size = 1000,
	.worm = { "WORM", 4 },
	.worms = 0.007,
};

START_TEST(of_all_messages_just_the_share_has_the_worm)
{
	struct text why = TEXT_INIT(400);
	struct load_mail m;
	size_t worms = 0, rcpts = 0;

	ck_assert_msg(load_mail_milter(&m, &wish, &why), "%s", text_cstr(&why));
	for (uint64_t n = 0; n < 3000; n++) {
		worms += load_content_of(&m, n)->worm;
		rcpts += load_rcpts_of(&wish.parties, n);
	}
	ck_assert_uint_eq(worms, 21);
	ck_assert_uint_eq(rcpts, 9000);
	load_mail_clear(&m);
	text_clear(&why);
}
END_TEST

/* --- parties --- */

static const struct load_parties parties = {
	.from = { { "a@b", LOAD_UNSAID, 0 }, { "bad@b", LOAD_REFUSED, 0.02 },
	    { "good@b", LOAD_ACCEPTED, 0.5 } },
	.froms = 3,
	.to = { { "x@b", LOAD_UNSAID, 0 }, { "full@b", LOAD_REFUSED, 0.1 },
	    { "y@b", LOAD_UNSAID, 0 }, { "late@b", LOAD_DEFERRED, 0.25 } },
	.tos = 4,
	.least_to = 1,
	.most_to = 3,
};

START_TEST(each_party_has_its_share)
{
	size_t from[3] = { 0 }, to[4] = { 0 };

	for (uint64_t n = 0; n < 10000; n++) {
		from[load_sender_of(&parties, n)]++;
		for (size_t i = 0; i < load_rcpts_of(&parties, n); i++)
			to[load_rcpt_index(&parties, n, i)]++;
	}
	ck_assert_uint_eq(from[1], 200);
	ck_assert_uint_ge(from[2], 4800); /* some had the other already */
	ck_assert_uint_le(from[2], 5000);
	ck_assert_uint_eq(to[1], 1000);
	ck_assert_uint_eq(to[3], 2500);
	ck_assert_uint_gt(to[0], 5000);
	ck_assert_uint_gt(to[2], 4000);
}
END_TEST

START_TEST(those_with_a_share_come_first_and_the_others_in_turn)
{
	size_t seen = 0;

	for (uint64_t n = 0; n < 100; n++) {
		size_t count = load_rcpts_of(&parties, n), first = 0;
		while (first < count && load_rcpt_of(&parties, n, first)->share > 0)
			first++;
		for (size_t i = first; i < count; i++)
			ck_assert_str_eq(load_rcpt_of(&parties, n, i)->address,
			    (i - first) % 2 == 0 ? "x@b" : "y@b");
		seen += first == 2;
	}
	ck_assert_uint_gt(seen, 0);
}
END_TEST

/* Held against a count by hand, message by message. */
START_TEST(a_message_may_get_what_its_parties_say)
{
	for (uint64_t n = 0; n < 1000; n++) {
		size_t count = load_rcpts_of(&parties, n),
		       sender = load_sender_of(&parties, n);
		enum load_verdict last = load_rcpt_of(&parties, n, count - 1)->must;
		bool out = last != LOAD_UNSAID; /* the others stand before it */
		unsigned want = sender == 1   ? LOAD_MAY(LOAD_REFUSED)
				: sender == 2 ? LOAD_MAY(LOAD_ACCEPTED)
					      : 0;
		if (out)
			want = (sender == 1 ? want : 0) | LOAD_MAY(last);
		ck_assert_uint_eq(load_may_of(&parties, n), want);
	}
}
END_TEST

START_TEST(equal_shares_fall_on_different_messages)
{
	size_t both = 0;

	for (uint64_t n = 0; n < 1000; n++)
		both += load_share_has(0.01, 0, n) && load_share_has(0.01, 37, n);
	ck_assert_uint_eq(both, 0);
}
END_TEST

START_TEST(both_ways_have_the_worm_on_a_line_of_its_own)
{
	struct text why = TEXT_INIT(400);
	struct load_mail m;
	bool ok =
	    _i == 0 ? load_mail_milter(&m, &wish, &why) : load_mail_smtp(&m, &wish, &why);

	ck_assert_msg(ok, "%s", text_cstr(&why));
	ck_assert_ptr_nonnull(
	    memmem(m.bytes.ptr, m.bytes.len, "\r\nWORM\r\n", strlen("\r\nWORM\r\n")));
	load_mail_clear(&m);
	text_clear(&why);
}
END_TEST

/* --- outbox --- */

START_TEST(neighbours_are_one_part_and_all_goes_out_in_order)
{
	const char words[] = "abcdefghijklmnop";
	struct outbox o = { .parts = 0 };
	char got[40] = "";
	int end[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, end), 0);
	outbox_put(&o, (struct slice){ words, 3 });
	outbox_put(&o, (struct slice){ words + 3, 2 });
	ck_assert_uint_eq(o.parts, 1);
	outbox_put(&o, SLICE(""));
	outbox_put(&o, (struct slice){ words + 10, 2 });
	outbox_put(&o, (struct slice){ words, 1 });
	ck_assert_uint_eq(o.parts, 3);
	ck_assert_uint_eq(o.bytes, 8);
	ck_assert(outbox_send(&o, end[0]));
	ck_assert_uint_eq(o.parts + o.bytes, 0);
	ck_assert_int_eq(read(end[1], got, sizeof got), 8);
	ck_assert_str_eq(got, "abcdekla");
	(void)close(end[1]);
	outbox_put(&o, (struct slice){ words, 1 });
	ck_assert(!outbox_send(&o, end[0]));
	(void)close(end[0]);
}
END_TEST

/* The other side takes a little at a time; nothing is lost or said twice. */
START_TEST(what_is_not_taken_now_goes_out_later)
{
	enum { PIECE = 1000, ROW = PIECE + 1, ROWS = 2000 }; /* so pieces do not touch */
	static char apart[ROW * ROWS], sent[PIECE * ROWS], got[sizeof sent];
	struct outbox o = { .parts = 0 };
	size_t put = 0, came = 0;
	int end[2];

	for (size_t i = 0; i < sizeof sent; i++)
		apart[i / PIECE * ROW + i % PIECE] = sent[i] = (char)(i % 251);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, end), 0);
	while (put < sizeof sent || o.bytes > 0) {
		for (; put < sizeof sent && outbox_has_room(&o); put += PIECE)
			outbox_put(
			    &o, (struct slice){ apart + put / PIECE * ROW, PIECE });
		ck_assert(outbox_send(&o, end[0]));
		ssize_t n = read(end[1], got + came, 777);
		came += n > 0 ? (size_t)n : 0;
	}
	for (ssize_t n; (n = read(end[1], got + came, sizeof got - came)) > 0;)
		came += (size_t)n;
	ck_assert_uint_eq(came, sizeof sent);
	ck_assert_mem_eq(got, sent, sizeof sent);
	(void)close(end[0]);
	(void)close(end[1]);
}
END_TEST

START_TEST(a_full_one_still_takes_one_more)
{
	const char words[] = "abcdefghij";
	struct outbox o = { .parts = 0 };
	size_t n = 0;

	for (; outbox_has_room(&o); n++)
		outbox_put(&o, (struct slice){ words + 2 * (n % 2), 1 });
	ck_assert_uint_ge(n, 16);
	ck_assert_uint_le(o.parts + 1, OUTBOX_PARTS);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("load");
	TCase *t = tcase_create("load");

	tcase_add_test(t, nothing_took_no_time);
	tcase_add_test(t, a_percentile_is_never_too_low_and_at_most_a_32nd_too_high);
	tcase_add_test(t, what_is_longer_than_an_hour_counts_as_one);
	tcase_add_loop_test(t, a_verdict_is_held_against_what_it_must_be, 0, COUNT(row));
	tcase_add_test(t, a_million_wrong_ones_need_no_more_memory_than_ten);
	tcase_add_test(t, of_all_messages_just_the_share_has_the_worm);
	tcase_add_test(t, each_party_has_its_share);
	tcase_add_test(t, those_with_a_share_come_first_and_the_others_in_turn);
	tcase_add_test(t, a_message_may_get_what_its_parties_say);
	tcase_add_test(t, equal_shares_fall_on_different_messages);
	tcase_add_loop_test(t, both_ways_have_the_worm_on_a_line_of_its_own, 0, 2);
	tcase_add_test(t, neighbours_are_one_part_and_all_goes_out_in_order);
	tcase_add_test(t, what_is_not_taken_now_goes_out_later);
	tcase_add_test(t, a_full_one_still_takes_one_more);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
