/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/witness.h"

#include "base/put.h"
#include "t/unit/runner.h"

/* What was told, each piece behind a bar. */
static void
write_down(void *self, const struct event *e)
{
	struct text *told = self;

	ck_assert_int_eq(e->what, EVENT_CLIENT);
	ck_assert_uint_eq(e->conn, 7);
	put(told, SLICE("|"));
	put(told, e->bytes);
}

static void
show(struct text *told, struct slice in, size_t cut)
{
	struct loop *loop = loop_new();
	const struct event_sink sink = { write_down, told };
	unsigned long breaches = 0;
	struct witness w;

	ck_assert_ptr_nonnull(loop);
	witness_init(&w, loop, &sink, 7, 0, &breaches);
	witness_client(&w, slice_first(in, cut));
	witness_client(&w, slice_from(in, cut));
	witness_clear(&w);
	loop_free(loop);
}

START_TEST(lines_are_told_whole_wherever_they_are_cut)
{
	const struct slice in = SLICE("HELO x\r\nDATA\r\na\nb\r\n\r\n.\r\nQU");

	for (size_t cut = 0; cut <= in.len; cut++) {
		struct text told = TEXT_INIT(1000);
		show(&told, in, cut);
		ck_assert_str_eq(
		    text_cstr(&told), "|HELO x\r\n|DATA\r\n|a\n|b\r\n|\r\n|.\r\n");
		text_clear(&told);
	}
}
END_TEST

/* Nothing is lost and nothing is said twice; no part is longer than what is kept. */
START_TEST(a_line_too_long_for_memory_is_told_in_parts)
{
	enum { LONG = 5000, KEPT = 2000 };
	static char in[LONG + 4];

	memset(in, 'x', LONG);
	memcpy(in + LONG, "\r\nNO", 4);
	for (size_t cut = 0; cut <= sizeof in; cut += 1 + cut % 7) {
		struct text told = TEXT_INIT(2 * LONG);
		size_t bytes = 0, parts = 0;
		show(&told, (struct slice){ in, sizeof in }, cut);
		struct slice rest = text_slice(&told);
		while (rest.len != 0) {
			rest = slice_from(rest, 1);
			size_t n = slice_find(rest, '|');
			struct slice part = slice_first(rest, n);
			ck_assert_uint_le(part.len, KEPT);
			ck_assert_int_eq(memcmp(part.ptr, in + bytes, part.len), 0);
			bytes += part.len;
			parts++;
			rest = slice_from(rest, part.len);
		}
		ck_assert_uint_eq(bytes, LONG + 2);
		ck_assert_uint_le(parts, LONG / KEPT + 2);
		text_clear(&told);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("witness");
	TCase *t = tcase_create("what the client says");

	tcase_add_test(t, lines_are_told_whole_wherever_they_are_cut);
	tcase_add_test(t, a_line_too_long_for_memory_is_told_in_parts);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
