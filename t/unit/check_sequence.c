/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/sequence.h"

#include "sim/transcript/generator.h"
#include "t/unit/runner.h"

START_TEST(a_walk_is_in_order_and_repeatable)
{
	static struct sequence a, b;

	sequence_walk(&a, 200, (uint64_t)_i);
	sequence_walk(&b, 200, (uint64_t)_i);
	ck_assert_uint_eq(a.count, 200);
	ck_assert_mem_eq(a.command, b.command, sizeof a.command);
	ck_assert(sequence_in_order(&a));
}
END_TEST

START_TEST(walks_come_everywhere)
{
	static struct sequence s;
	bool seen[N_PACKETS] = { false };

	for (uint64_t seed = 0; seed < 50; seed++) {
		sequence_walk(&s, 200, seed);
		for (size_t i = 0; i < s.count; i++)
			seen[s.command[i]] = true;
	}
	for (int k = CMD_MACRO; k <= CMD_ABORT; k++)
		ck_assert_msg(seen[k], "%s", packet_rules[k].name);
}
END_TEST

START_TEST(sequences_are_all_different)
{
	static bool seen[N_PACKETS][N_PACKETS];
	struct sequence s;

	ck_assert_uint_eq(sequence_count(2), 13 * 13);
	for (size_t i = 0; i < sequence_count(2); i++) {
		sequence_numbered(&s, 2, i);
		ck_assert_uint_eq(s.count, 2);
		ck_assert(!seen[s.command[0]][s.command[1]]);
		seen[s.command[0]][s.command[1]] = true;
	}
}
END_TEST

static const struct {
	const char *line, *why; /* NULL: good */
} generators[] = {
	{ "cuts", NULL },
	{ "lengths 0 to 300", NULL },
	{ "lengths 1 2 3", NULL },
	{ "lengths 0 to 65535 by 100", NULL },
	{ "lengths 1 2 3 borders to 65000", NULL },
	{ "lengths borders to 10", NULL },
	{ "sessions 20", NULL },
	{ "walks 10 of 20", NULL },
	{ "sequences 3", NULL },
	{ "cuts 3", "nothing more" },
	{ "lengths", "missing" },
	{ "lengths 5 to 4", "go up" },
	{ "lengths 0 to 65535", "more than" },
	{ "lengths borders", "borders to N" },
	{ "lengths borders to many", "number" },
	{ "sessions 0", "begin at 1" },
	{ "sessions 201", "" },
	{ "sequences 4", "" },
	{ "walks 10", "walks M of N" },
	{ "flights", "cuts, lengths" },
};

START_TEST(a_generator_is_well_written_or_said_why)
{
	struct text why = TEXT_INIT(400);
	struct generator g;
	bool ok = generator_read(slice_of(generators[_i].line), &g, &why);

	ck_assert_msg(ok == (generators[_i].why == NULL), "%s: %s", generators[_i].line,
	    text_cstr(&why));
	ck_assert_msg(ok || strstr(text_cstr(&why), generators[_i].why) != NULL, "%s: %s",
	    generators[_i].line, text_cstr(&why));
	generator_clear(&g);
	text_clear(&why);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("sequence");
	TCase *t = tcase_create("sequence");

	tcase_add_loop_test(t, a_walk_is_in_order_and_repeatable, 0, 20);
	tcase_add_test(t, walks_come_everywhere);
	tcase_add_test(t, sequences_are_all_different);
	tcase_add_loop_test(
	    t, a_generator_is_well_written_or_said_why, 0, COUNT(generators));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
