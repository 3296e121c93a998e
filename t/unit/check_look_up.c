/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/look_up.h"

#include <unistd.h>

#include "t/unit/runner.h"

static char spool[] = "/", nobody[] = "/nonexistent/spool", nothing[] = "";
static struct limit_entry entry[] = { { SLICE("anna"), 1000 } };

static struct look_up_sources
sources_of(char *where, unsigned time_limit_ms)
{
	return (struct look_up_sources){
		.source = SOURCE_MBOX,
		.spool = where,
		.homes = nothing,
		.limits = { .entry = entry, .count = COUNT(entry) },
		.time_limit_ms = time_limit_ms,
		.cache = known_new(100),
	};
}

/* A job that ran into its time limit says so; one that found its answer never did. */
static const struct {
	const char *what;
	char *spool;
	unsigned time_limit_ms;
	enum knowledge want;
	bool in_time;
} row[] = {
	{ "known in time", spool, 60000, KNOWN_YES, true },
	{ "known, however late", spool, 0, KNOWN_YES, true },
	{ "not known, at once", nobody, 60000, NOT_KNOWN, true },
	{ "not known, and late", nobody, 0, NOT_KNOWN, false },
};

START_TEST(only_what_found_nothing_and_took_long_is_late)
{
	struct look_up_sources s = sources_of(row[_i].spool, row[_i].time_limit_ms);
	struct account account = { .uid = getuid() };
	struct look_up *l = look_up_new(&s, LOOK_UP_USAGE, SLICE("anna"), &account);

	ck_assert_ptr_nonnull(l);
	ck_assert_msg(l->job.run(&l->job) == row[_i].in_time, "%s", row[_i].what);
	ck_assert_msg(l->found.has_usage == row[_i].want, "%s", row[_i].what);
	ck_assert_int_eq(known_get(s.cache, SLICE("anna")).has_usage, row[_i].want);
	l->job.drop(&l->job);
	known_free(s.cache);
}
END_TEST

/* Equal keys are one job for the workers. */
START_TEST(two_questions_are_equal_only_if_one_answer_does_for_both)
{
	struct look_up_sources s = sources_of(spool, 1000);
	struct look_up *a = look_up_new(&s, LOOK_UP_USAGE, SLICE("anna"), NULL);
	struct look_up *b = look_up_new(&s, LOOK_UP_USAGE, SLICE("anna"), NULL);
	struct look_up *c = look_up_new(&s, LOOK_UP_FORWARD, SLICE("anna"), NULL);

	ck_assert_str_eq(a->job.key, b->job.key);
	ck_assert_str_ne(a->job.key, c->job.key);
	look_up_ask_usage(b, 500, false); /* a file does not know of the room wanted */
	ck_assert_str_eq(a->job.key, b->job.key);
	look_up_ask_usage(b, 500, true);
	ck_assert_str_ne(a->job.key, b->job.key);
	ck_assert_str_eq(a->job.group, "spool");
	ck_assert_uint_eq(a->room, 0);
	a->job.drop(&a->job);
	b->job.drop(&b->job);
	c->job.drop(&c->job);
	known_free(s.cache);
}
END_TEST

START_TEST(a_server_is_asked_for_each_room_by_itself)
{
	struct text why = TEXT_INIT(400);
	struct look_up_sources s = sources_of(spool, 1000);

	s.source = SOURCE_POLICY;
	s.server = dialog_new("unix:/nonexistent/quota.sock", &why);
	ck_assert_ptr_nonnull(s.server);
	struct look_up *a = look_up_new(&s, LOOK_UP_USAGE, SLICE("anna"), NULL);
	struct look_up *b = look_up_new(&s, LOOK_UP_USAGE, SLICE("anna"), NULL);
	look_up_ask_usage(a, 500, false);
	look_up_ask_usage(b, 501, false);
	ck_assert_str_ne(a->job.key, b->job.key);
	look_up_ask_usage(b, 500, true); /* it is certain at once */
	ck_assert_str_eq(a->job.key, b->job.key);
	ck_assert_str_eq(a->job.group, "server");
	a->job.drop(&a->job);
	b->job.drop(&b->job);
	dialog_free(s.server);
	known_free(s.cache);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("look_up");
	TCase *t = tcase_create("job");

	tcase_add_loop_test(
	    t, only_what_found_nothing_and_took_long_is_late, 0, COUNT(row));
	tcase_add_test(t, two_questions_are_equal_only_if_one_answer_does_for_both);
	tcase_add_test(t, a_server_is_asked_for_each_room_by_itself);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
