/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/load/figures.h"

#include "t/unit/runner.h"

static const char file[] =
    "# HELP refmilter_messages_total Messages begun with MAIL.\n"
    "# TYPE refmilter_messages_total counter\n"
    "refmilter_messages_total{filter=\"virus\"} 100\n"
    "refmilter_sessions_total{filter=\"virus\",result=\"negotiated\"} 7\n"
    "refmilter_sessions_total{filter=\"virus\",result=\"refused\"} 1000\n"
    "refmilter_verdicts_total{filter=\"virus\",event=\"connect\",verdict=\"reject\"} "
    "1000\n"
    "refmilter_verdicts_total{filter=\"virus\",event=\"helo\",verdict=\"tempfail\"} "
    "1000\n"
    "refmilter_verdicts_total{filter=\"virus\",event=\"mail\",verdict=\"reject\"} 1\n"
    "refmilter_verdicts_total{filter=\"virus\",event=\"rcpt\",verdict=\"reject\"} 20\n"
    "refmilter_verdicts_total{filter=\"virus\",event=\"rcpt\",verdict=\"tempfail\"} 3\n"
    "refmilter_verdicts_total{filter=\"virus\",event=\"rcpt\",verdict=\"continue\"} "
    "1000\n"
    "refmilter_verdicts_total{filter=\"virus\",event=\"eom\",verdict=\"reject\"} 40\n"
    "refmilter_verdicts_total{filter=\"virus\",event=\"eom\",verdict=\"tempfail\"} 5\n"
    "refmilter_verdicts_total{filter=\"virus\",event=\"eom\",verdict=\"accept\"} 1000\n"
    "refmilter_answer_seconds_sum{filter=\"virus\"} 0.125000\n"
    "refmilter_clamd_up{filter=\"virus\",server=\"a \\\"b\\\" {c},=\\\\\"} 1\n"
    "node_load1 0.5\n"
    "node_load5 NaN 1700000000000\n"
    "a:b +Inf\n"
    "\n";

START_TEST(reads_the_totals_and_passes_over_the_rest)
{
	struct figures f;
	struct text why = TEXT_INIT(200);

	ck_assert(figures_read(slice_of(file), &f, &why));
	ck_assert_uint_eq(f.n[FIGURE_MESSAGES], 100);
	ck_assert_uint_eq(f.n[FIGURE_SESSIONS], 7);
	ck_assert_uint_eq(f.n[FIGURE_RECIPIENTS], 23);
	ck_assert_uint_eq(f.n[FIGURE_REFUSED], 41);
	ck_assert_uint_eq(f.n[FIGURE_DEFERRED], 5);
}
END_TEST

static const char *const broken[] = {
	"refmilter_messages_total{filter=\"virus\"} x\n",
	"refmilter_messages_total{filter=\"virus\"} -1\n",
	"refmilter_messages_total{filter=\"virus\"} 1.5\n",
	"refmilter_messages_total{filter=\"virus\"} 99999999999999999999\n",
	("refmilter_messages_total{filter=\"virus\"} 18446744073709551615\n"
	 "refmilter_messages_total{filter=\"spam\"} 1\n"),
	"refmilter_messages_total{filter=\"virus\"}\n",
	"refmilter_messages_total{filter=\"virus\"} \n",
	"refmilter_messages_total{filter=\"virus\"}1\n",
	"refmilter_messages_total{filter=\"virus} 1\n",
	"refmilter_messages_total{filter=\"virus\\\n",
	"refmilter_messages_total{filter=virus} 1\n",
	"refmilter_messages_total{=\"virus\"} 1\n",
	"refmilter_messages_total{filter=\"virus\"\n",
	"refmilter_messages_total{filter=\"virus\",} 1\n",
	"a{b=\"1\",b=\"2\",b=\"3\",b=\"4\",b=\"5\",b=\"6\",b=\"7\",b=\"8\",b=\"9\"} 1\n",
	"{filter=\"virus\"} 1\n",
	"words\n",
	"neither fish nor fowl\n",
	"a.b 1\n",
	" 1\n",
};

START_TEST(what_is_no_such_file_is_named_by_its_line)
{
	struct text all = TEXT_INIT(2000), why = TEXT_INIT(200);
	struct figures f = { { 77 } };

	text_printf(&all, "node_load1 0.5\n%s", broken[_i]);
	ck_assert(!figures_read(text_slice(&all), &f, &why));
	ck_assert_uint_eq(f.n[0], 77);
	ck_assert_int_eq(strncmp(text_cstr(&why), "line ", 5), 0);
	text_clear(&all);
	text_clear(&why);
}
END_TEST

/* Of ten messages two lost all their recipients, of three each. */
START_TEST(a_load_makes_its_own_of_them)
{
	struct accounts a = { .verdict = { [LOAD_ACCEPTED] = 5,
				  [LOAD_REFUSED] = 4,
				  [LOAD_DEFERRED] = 1 },
		.no_recipients = { [LOAD_REFUSED] = 2 },
		.refused_recipients = 6 };
	struct figures f = figures_of(&a, 3);

	ck_assert_uint_eq(f.n[FIGURE_SESSIONS], 3);
	ck_assert_uint_eq(f.n[FIGURE_MESSAGES], 10);
	ck_assert_uint_eq(f.n[FIGURE_RECIPIENTS], 6);
	ck_assert_uint_eq(f.n[FIGURE_REFUSED], 2);
	ck_assert_uint_eq(f.n[FIGURE_DEFERRED], 1);
}
END_TEST

static const struct {
	const char *what;
	uint64_t before, after, want;
	enum figures_match match;
} match_row[] = {
	{ "exactly what has come", 5, 8, 3, FIGURES_EQUAL },
	{ "nothing, and nothing was wanted", 5, 5, 0, FIGURES_EQUAL },
	{ "one less", 5, 7, 3, FIGURES_BEHIND },
	{ "one more", 5, 9, 3, FIGURES_WRONG },
	{ "less than before: another process", 5, 3, 3, FIGURES_WRONG },
};

START_TEST(compares_to_the_message)
{
	for (int i = 0; i < N_FIGURES; i++) {
		struct figures before = { { 0 } }, after = before, want = before;
		struct text lines = TEXT_INIT(2000);
		bool equal = match_row[_i].match == FIGURES_EQUAL;

		before.n[i] = match_row[_i].before;
		after.n[i] = match_row[_i].after;
		want.n[i] = match_row[_i].want;
		ck_assert_msg(figures_compare(&before, &after, &want, &lines) ==
				  match_row[_i].match,
		    "%s", match_row[_i].what);
		ck_assert_int_eq(lines.len == 0, equal);
		ck_assert_int_eq(
		    figures_compare(&before, &after, &want, NULL), match_row[_i].match);
		text_clear(&lines);
	}
}
END_TEST

START_TEST(the_worst_of_them_counts_and_each_is_named)
{
	struct figures before = { { 0 } }, want = { { 0 } };
	struct figures after = { { [FIGURE_MESSAGES] = 3 } };
	struct text lines = TEXT_INIT(2000);

	want.n[FIGURE_REFUSED] = 2;
	ck_assert_int_eq(figures_compare(&before, &after, &want, &lines), FIGURES_WRONG);
	ck_assert_str_eq(text_cstr(&lines),
	    "messages begun: 0 here, from 0 to 3 in the metrics-file\n"
	    "messages refused: 2 here, from 0 to 0 in the metrics-file\n");
	text_clear(&lines);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("figures");
	TCase *t = tcase_create("all");

	tcase_add_test(t, reads_the_totals_and_passes_over_the_rest);
	tcase_add_loop_test(
	    t, what_is_no_such_file_is_named_by_its_line, 0, COUNT(broken));
	tcase_add_test(t, a_load_makes_its_own_of_them);
	tcase_add_loop_test(t, compares_to_the_message, 0, COUNT(match_row));
	tcase_add_test(t, the_worst_of_them_counts_and_each_is_named);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
