/* SPDX-License-Identifier: BSD-2-Clause */
/* What a milter's answers to one message, again and again, say of two that differ. */
#include "t/unit/runner.h"

#include <ctype.h>
#include <string.h>

#include "sim/check/neutral.h"

/*
 * A letter is an answer, a capital one puts off, a blank begins a session.  Of the two
 * that differ, the first came first.
 */
static const struct {
	const char *what, *answers, *two, *way; /* way: words in it; NULL: none */
} rows[] = {
	{ "always alike: two answers are a fault", "aaaa aaaa", "ab", NULL },
	{ "by lot", "aabaab baaaab", "ab", "now so" },
	{ "each third is put off", "aaTaaTaa TaaTaa", "aT", "now so" },
	{ "numbers", "abcdef abcdef", "ae", "now so" },
	{ "a number that never came", "abcdef abcdef", "ax", NULL },
	{ "and the first that never came", "abcdef abcdef", "xa", NULL },
	{ "the first of a session", "abbbb abbbb", "ab", "first message" },
	{ "the first, in sessions that are short", "ab ab", "ab", NULL },
	{ "another one from the fifth on is a fault", "aaaabbbb aaaabbbb", "ab", NULL },
	{ "from the fifth on they are put off", "aaaaTTTT aaaaTTTT", "aT", "a number" },
	{ "the session ends with the one put off", "aaaaT aaaaT", "aT", "a number" },
	{ "from the second on they are put off", "aTTT aTTT", "aT", NULL },
	{ "from the third on is too soon", "aaTTT aaTTT", "aT", NULL },
	{ "so many from one client", "aaaa aaTT TTTT TTTT", "aT", "a number" },
	{ "the next session is another: nothing in it goes on", "aaaa bbbb", "ab", NULL },
	{ "nothing came", "", "ab", NULL },
};

static struct watch_answer
answer(char c, unsigned long session)
{
	return (struct watch_answer){ (unsigned char)c, session, isupper(c) != 0 };
}

START_TEST(ways_to_answer)
{
	struct watch_gathered g = { .asked = 1 };
	unsigned long session = 1;

	for (const char *c = rows[_i].answers; *c != '\0'; c++) {
		session += *c == ' ';
		if (*c != ' ')
			g.answer[g.n++] = answer(*c, session);
	}
	struct watch_answer first = answer(rows[_i].two[0], 1),
			    other = answer(rows[_i].two[1], 1);
	const char *way = neutral_way(&g, &first, &other);
	if (rows[_i].way == NULL)
		ck_assert_msg(way == NULL, "%s: %s", rows[_i].what, way);
	else
		ck_assert_msg(way != NULL && strstr(way, rows[_i].way) != NULL, "%s: %s",
		    rows[_i].what, way != NULL ? way : "none");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("neutral");
	TCase *t = tcase_create("neutral");

	tcase_add_loop_test(t, ways_to_answer, 0, COUNT(rows));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
