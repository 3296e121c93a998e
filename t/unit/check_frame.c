/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/frame.h"

#include "t/unit/runner.h"

static const struct {
	const char *what;
	struct slice in;
	enum frame_status want;
} row[] = {
	{ "nothing yet", SLICE(""), FRAME_SHORT },
	{ "half a length", SLICE("\0\0\0"), FRAME_SHORT },
	{ "length, no command", SLICE("\0\0\0\1"), FRAME_SHORT },
	{ "command, payload cut", SLICE("\0\0\0\2c"), FRAME_SHORT },
	{ "length 0", SLICE("\0\0\0\0"), FRAME_EMPTY },
	{ "length 0, bytes behind", SLICE("\0\0\0\0cccc"), FRAME_EMPTY },
	{ "one above the limit", SLICE("\0\1\0\1"), FRAME_TOO_LONG },
	{ "top bit set", SLICE("\x80\0\0\1c"), FRAME_TOO_LONG },
	{ "all bits set", SLICE("\xff\xff\xff\xff"), FRAME_TOO_LONG },
	{ "GET from a browser", SLICE("GET / HTTP/1.1"), FRAME_TOO_LONG },
	{ "at the limit, cut", SLICE("\0\1\0\0B"), FRAME_SHORT },
	{ "one command", SLICE("\0\0\0\1c"), FRAME_OK },
	{ "two commands", SLICE("\0\0\0\1c\0\0\0\1c"), FRAME_OK },
};

START_TEST(tells_what_has_come)
{
	struct frame f = { .letter = '?' };
	enum frame_status s = frame_decode(row[_i].in, FRAME_PAYLOAD_64K, &f);

	ck_assert_msg(s == row[_i].want, "%s: %s", row[_i].what, frame_fault(s));
	ck_assert_msg((s == FRAME_OK) == (f.letter != '?'), "%s: touched", row[_i].what);
}
END_TEST

START_TEST(finds_the_next_frame)
{
	struct slice in = SLICE("\0\0\0\3Lab\0\0\0\1N\0\0\0\2Bx");
	struct frame f;

	ck_assert_int_eq(frame_decode(in, FRAME_PAYLOAD_64K, &f), FRAME_OK);
	ck_assert(f.letter == 'L' && slice_equal(f.payload, SLICE("ab")));
	in = slice_from(in, f.size);
	ck_assert_int_eq(frame_decode(in, FRAME_PAYLOAD_64K, &f), FRAME_OK);
	ck_assert(f.letter == 'N' && f.payload.len == 0);
	in = slice_from(in, f.size);
	ck_assert_int_eq(frame_decode(in, FRAME_PAYLOAD_64K, &f), FRAME_OK);
	ck_assert(f.letter == 'B' && f.size == in.len);
}
END_TEST

START_TEST(takes_larger_payloads_when_negotiated)
{
	struct frame f;
	struct slice head = SLICE("\0\4\0\0B");

	ck_assert_int_eq(frame_decode(head, FRAME_PAYLOAD_64K, &f), FRAME_TOO_LONG);
	ck_assert_int_eq(frame_decode(head, FRAME_PAYLOAD_256K, &f), FRAME_SHORT);
	ck_assert_int_eq(frame_decode(head, FRAME_PAYLOAD_1M, &f), FRAME_SHORT);
}
END_TEST

START_TEST(writes_what_it_reads)
{
	static char body[FRAME_PAYLOAD_64K];
	struct text out = TEXT_INIT(FRAME_PAYLOAD_64K + FRAME_HEAD);
	struct slice payload = { body, sizeof body };
	struct frame f;

	ck_assert_int_eq(frame_append(&out, 'B', payload), TEXT_OK);
	ck_assert_int_eq(frame_decode(text_slice(&out), payload.len, &f), FRAME_OK);
	ck_assert(f.size == out.len && slice_equal(f.payload, payload));
	ck_assert_int_eq(
	    frame_decode(text_slice(&out), payload.len - 1, &f), FRAME_TOO_LONG);
	ck_assert_int_eq(frame_append(&out, 'c', SLICE("")), TEXT_FULL);
	ck_assert_uint_eq(out.len, f.size);
	text_clear(&out);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("frame");
	TCase *t = tcase_create("frame");

	tcase_add_loop_test(t, tells_what_has_come, 0, COUNT(row));
	tcase_add_test(t, finds_the_next_frame);
	tcase_add_test(t, takes_larger_payloads_when_negotiated);
	tcase_add_test(t, writes_what_it_reads);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
