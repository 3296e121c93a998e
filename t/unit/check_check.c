/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of milter-sim check that need no milter. */
#include "t/unit/runner.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/check/catalogue.h"
#include "sim/check/command.h"
#include "sim/check/params.h"
#include "sim/check/report.h"

static const struct {
	const char *what, *line, *words; /* words with | between; NULL: an error */
} commands[] = {
	{ "words are split at blanks", "a  b\tc", "a|b|c" },
	{ "a socket stands where it is named", "m -p {socket}", "m|-p|unix:/d/s" },
	{ "path, port and folder", "{path} {port} {dir}/x", "/d/s|25|/d/x" },
	{ "quotes make one word", "m 'a b' \"c d\"", "m|a b|c d" },
	{ "a backslash makes one character a letter", "m a\\ b \"\\\"\"", "m|a b|\"" },
	{ "in '...' a backslash is a backslash", "'a\\b'", "a\\b" },
	{ "what a placeholder stands for is not split", "x={hole}", "x={hole}" },
	{ "other braces are braces", "m {x} {", "m|{x}|{" },
	{ "an empty word is a word", "m ''", "m|" },
	{ "an open quote is an error", "m 'a", NULL },
	{ "no word is an error", "  ", NULL },
};

START_TEST(command_words)
{
	static const struct command_values v = { "unix:/d/s", "/d/s", "25", "/d" };
	struct text why = TEXT_INIT(400), got = TEXT_INIT(400);
	struct command c = { .words = 0 };
	bool ok = command_read(&c, commands[_i].line, &v, &why);

	for (int i = 0; ok && i < c.words; i++)
		text_printf(&got, "%s%s", i > 0 ? "|" : "", c.word[i]);
	ck_assert_msg(ok == (commands[_i].words != NULL), "%s", commands[_i].what);
	if (ok)
		ck_assert_str_eq(text_cstr(&got), commands[_i].words);
	else
		ck_assert_uint_gt(why.len, 0);
	command_clear(&c);
	text_clear(&why);
	text_clear(&got);
}
END_TEST

static const struct {
	const char *what, *lines, *fault; /* NULL: a head */
} heads[] = {
	{ "a whole head", "id: rep/3.2\nlevel: must\nsays: x\nsource: y\n", NULL },
	{ "lines of the session are passed over",
	    "id: a/1\nlevel: info\nsays: x\nsource: y\nM> MAIL <a@b>\nM< answer\n",
	    NULL },
	{ "an id is needed", "level: must\nsays: x\nsource: y\n", "`id:`" },
	{ "a source is needed", "id: a/1\nlevel: must\nsays: x\n", "`source:`" },
	{ "a level is one of four", "id: a/1\nlevel: may\nsays: x\nsource: y\n", "must" },
	{ "an id has a family", "id: 1\nlevel: must\nsays: x\nsource: y\n", "FAMILY" },
	{ "an id has no odd character", "id: a/$\nlevel: must\nsays: x\nsource: y\n",
	    "letters" },
	{ "a play may be repeated",
	    "id: a/1\nlevel: must\nsays: x\nsource: y\nagain: 200\n", NULL },
	{ "it is repeated a number of times",
	    "id: a/1\nlevel: must\nsays: x\nsource: y\nagain: 0\n", "10000" },
	{ "a number has digits alone",
	    "id: a/1\nlevel: must\nsays: x\nsource: y\nagain: 2x\n", "10000" },
	{ "what is done to a process is not repeated",
	    "id: a/1\nlevel: must\nsays: x\nsource: y\nagain: 2\nprocess: term\n",
	    "two kinds" },
	{ "a key stands once", "id: a/1\nlevel: must\nsays: x\nsays: y\nsource: y\n",
	    "twice" },
};

START_TEST(head_lines)
{
	struct text why = TEXT_INIT(400);
	struct check_head h;
	bool ok = check_head_read(&h, slice_of(heads[_i].lines), &why);

	ck_assert_msg(ok == (heads[_i].fault == NULL), "%s", heads[_i].what);
	if (!ok)
		ck_assert_ptr_nonnull(strstr(text_cstr(&why), heads[_i].fault));
	check_head_clear(&h);
	text_clear(&why);
}
END_TEST

START_TEST(ids_in_the_order_of_people)
{
	ck_assert_int_lt(check_id_order("rep/2", "rep/10"), 0);
	ck_assert_int_lt(check_id_order("rep/2.9", "rep/2.10"), 0);
	ck_assert_int_lt(check_id_order("neg/9", "rep/1"), 0);
	ck_assert_int_eq(check_id_order("rep/2", "rep/2"), 0);
}
END_TEST

static const struct {
	const char *what;
	enum check_level level;
	enum check_outcome outcome;
	bool strict, dead;
	int code;
} ends[] = {
	{ "a pass", CHECK_MUST, CHECK_PASS, false, false, 0 },
	{ "a must that fails", CHECK_MUST, CHECK_FAIL, false, false, 1 },
	{ "an interop that fails", CHECK_INTEROP, CHECK_FAIL, false, false, 1 },
	{ "a should that fails", CHECK_SHOULD, CHECK_FAIL, false, false, 0 },
	{ "a should that fails, strictly", CHECK_SHOULD, CHECK_FAIL, true, false, 1 },
	{ "an info never counts", CHECK_INFO, CHECK_FAIL, true, false, 0 },
	{ "a known fault", CHECK_MUST, CHECK_KNOWN, false, false, 0 },
	{ "a known fault, strictly", CHECK_MUST, CHECK_KNOWN, true, false, 1 },
	{ "an error of ours", CHECK_INFO, CHECK_ERROR, false, false, 1 },
	{ "not reached is no pass", CHECK_MUST, CHECK_NOT_REACHED, false, false, 77 },
	{ "not run is no pass", CHECK_MUST, CHECK_NOT_RUN, false, false, 77 },
	{ "no milter", CHECK_MUST, CHECK_PASS, false, true, 3 },
};

START_TEST(exit_codes)
{
	struct check_tally t = { .dead = ends[_i].dead };

	check_count(&t, ends[_i].level, ends[_i].outcome);
	ck_assert_msg(
	    check_exit(&t, ends[_i].strict) == ends[_i].code, "%s", ends[_i].what);
}
END_TEST

START_TEST(an_interop_is_one_of_the_mta_it_names)
{
	char breaks[] = "postfix-3.7: 451";
	struct check_head h = { .level = CHECK_INTEROP, .breaks = breaks };

	ck_assert_int_eq(check_level_under(&h, "strict"), CHECK_INTEROP);
	ck_assert_int_eq(check_level_under(&h, "postfix-3.7"), CHECK_INTEROP);
	ck_assert_int_eq(check_level_under(&h, "sendmail-8.17"), CHECK_SHOULD);
}
END_TEST

static const struct {
	const char *what, *only, *skip, *id, *family;
	bool chosen;
} choices[] = {
	{ "all but policy", NULL, NULL, "rep/1", "rep", true },
	{ "policy is not for everybody", NULL, NULL, "policy/virus/1", "policy/virus",
	    false },
	{ "policy when asked for", "policy/virus", NULL, "policy/virus/1", "policy/virus",
	    true },
	{ "a family", "rep", NULL, "rep/1", "rep", true },
	{ "a glob", "rep/3*", NULL, "rep/3.2", "rep", true },
	{ "another glob", "rep/3*", NULL, "rep/4", "rep", false },
	{ "one that is skipped", "rep", "rep/3.2", "rep/3.2", "rep", false },
};

START_TEST(selections)
{
	char id[40], family[40];
	struct selection s = { .level = CHECK_INFO };
	struct check_head h = { .id = id, .family = family };

	(void)snprintf(id, sizeof id, "%s", choices[_i].id);
	(void)snprintf(family, sizeof family, "%s", choices[_i].family);
	if (choices[_i].only != NULL)
		s.only[s.onlys++] = choices[_i].only;
	if (choices[_i].skip != NULL)
		s.skip[s.skips++] = choices[_i].skip;
	ck_assert_msg(selection_has(&s, &h, CHECK_MUST) == choices[_i].chosen, "%s",
	    choices[_i].what);
}
END_TEST

START_TEST(a_message_as_lines)
{
	struct text lines = TEXT_INIT(4096), why = TEXT_INIT(400);

	ck_assert(params_message(
	    SLICE("Subject: one\n two\nX: ${y}\n\nbody\n.\n"), &lines, &why));
	ck_assert_str_eq(text_cstr(&lines),
	    "M> HEADER Subject: one\\n two\nM< answer\n"
	    "M> HEADER X: $${y}\nM< answer\n"
	    "M> EOH\nM< answer\nM> BODY body\\r\\n.\\r\\n\nM< answer\n");
	text_clear(&lines);
	text_clear(&why);
}
END_TEST

START_TEST(a_skip_is_one_line_of_tap)
{
	char id[] = "a/1", says[] = "x", why[] = "it said:\n first\n\n second\n";
	char milter[] = "m", profile[] = "strict";
	struct check_result r = {
		.head = { .id = id, .says = says }, .outcome = CHECK_NOT_RUN, .why = why
	};
	struct check_report t = {
		.milter = milter, .profile = profile, .result = &r, .results = 1
	};
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	ck_assert_ptr_nonnull(f);
	ck_assert(report_tap(&t, f));
	(void)fclose(f);
	ck_assert_ptr_nonnull(
	    strstr(out, "\nok 1 - a/1: x # SKIP not run: it said:; first; second\n# "));
	free(out);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("check");
	TCase *t = tcase_create("check");

	tcase_add_loop_test(t, command_words, 0, COUNT(commands));
	tcase_add_loop_test(t, head_lines, 0, COUNT(heads));
	tcase_add_test(t, ids_in_the_order_of_people);
	tcase_add_loop_test(t, exit_codes, 0, COUNT(ends));
	tcase_add_test(t, an_interop_is_one_of_the_mta_it_names);
	tcase_add_loop_test(t, selections, 0, COUNT(choices));
	tcase_add_test(t, a_message_as_lines);
	tcase_add_test(t, a_skip_is_one_line_of_tap);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
