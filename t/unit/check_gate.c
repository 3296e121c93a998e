/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/gate.h"

#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "t/unit/runner.h"

static time_t clock_now;
static struct text seen = TEXT_INIT(5000);

static time_t
test_clock(void)
{
	return clock_now;
}

static void
keep_line(void *self, enum log_level level, const char *line)
{
	(void)self;
	ck_assert_int_eq(level, LOG_LEVEL_WARNING);
	text_printf(&seen, "%s\n", line);
}

START_TEST(a_cause_is_told_once_a_minute)
{
	clock_now = 1000;
	gate_set_clock(test_clock);
	log_divert(keep_line, NULL);
	report_say(gate_report(), "disk-full", "no room in /x");
	report_say(gate_report(), "disk-full", "no room in /x");
	report_say(gate_report(), "alias-file", "unreadable");
	clock_now += GATE_SECONDS - 1;
	report_say(gate_report(), "disk-full", "no room in /x");
	clock_now += 1;
	report_say(gate_report(), "disk-full", "still no room");
	clock_now += GATE_SECONDS;
	report_say(gate_report(), "disk-full", "still no room");
	log_divert(NULL, NULL);
	gate_set_clock(NULL);
	ck_assert_str_eq(text_cstr(&seen),
	    "disk-full: no room in /x\n"
	    "alias-file: unreadable\n"
	    "disk-full: still no room (and 2 times more before)\n"
	    "disk-full: still no room\n");
}
END_TEST

START_TEST(a_new_clock_forgets_what_was_held)
{
	clock_now = 1000;
	gate_set_clock(test_clock);
	log_divert(keep_line, NULL);
	text_clear(&seen);
	for (int i = 0; i < 3; i++)
		report_say(gate_report(), "disk-full", "no room");
	gate_set_clock(test_clock);
	report_say(gate_report(), "disk-full", "no room");
	clock_now += GATE_SECONDS;
	report_say(gate_report(), "disk-full", "no room");
	log_divert(NULL, NULL);
	gate_set_clock(NULL);
	ck_assert_str_eq(text_cstr(&seen),
	    "disk-full: no room\ndisk-full: no room\ndisk-full: no room\n");
}
END_TEST

START_TEST(causes_without_number_do_not_fill_memory_or_log)
{
	char cause[20];
	size_t lines = 0;

	clock_now = 1000;
	gate_set_clock(test_clock);
	log_divert(keep_line, NULL);
	text_clear(&seen);
	for (int i = 0; i < 10000; i++) {
		(void)snprintf(cause, sizeof cause, "c%d", i);
		report_say(gate_report(), cause, "x");
	}
	log_divert(NULL, NULL);
	gate_set_clock(NULL);
	struct slice rest = text_slice(&seen), line;
	while (slice_next_line(&rest, &line))
		lines++;
	ck_assert_uint_eq(lines, 64);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("gate");
	TCase *t = tcase_create("gate");

	tcase_add_test(t, a_cause_is_told_once_a_minute);
	tcase_add_test(t, a_new_clock_forgets_what_was_held);
	tcase_add_test(t, causes_without_number_do_not_fill_memory_or_log);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
