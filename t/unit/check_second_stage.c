/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/virus-milter/second_stage.h"

#include <sched.h>

#include "base/log.h"
#include "t/unit/fake_clamds.h"

static struct scratch dir;
static struct fake_clamds clamd;
static char pua[] = "PUA.*", other[] = "Other";
static char *servers[1], *ignored[] = { pua, other };
static struct options options;
static struct second_rules rules;
static struct text why = TEXT_INIT(600);

static void
setup(void)
{
	scratch_setup(&dir);
	fake_clamds_name(&clamd, &dir, "a");
	servers[0] = clamd.name;
	options = (struct options){ .clamd = { servers, 1 },
		.clamd_ignore = { ignored, COUNT(ignored) },
		.clamd_fail = SECOND_ACCEPT,
		.too_large = SECOND_REJECT,
		.clamd_max_size = 1LL << 40,
		.clamd_memory = 1000,
		.clamd_connections = 1,
		.clamd_connect_timeout = 30,
		.clamd_send_timeout = 30,
		.clamd_answer_timeout = 30,
		.clamd_timeout = 30,
		.clamd_ping = 3600,
		.clamd_spool = dir.path };
}

static void
teardown(void)
{
	text_clear(&why);
	scratch_teardown(&dir);
}

static enum opinion
ask(void)
{
	struct opinion_name name;
	void *copy = rules.source.begin(rules.source.self);

	ck_assert_ptr_nonnull(copy);
	enum opinion o = rules.source.ask(copy, NULL, &name);
	rules.source.drop(copy);
	return o;
}

START_TEST(without_a_server_there_is_nothing)
{
	options.clamd.count = 0;
	options.clamd_spool = (char[]){ "/nowhere" };
	ck_assert(second_stage_open(&options, &rules, &why));
	ck_assert_ptr_null(rules.source.begin);
	ck_assert_ptr_null(rules.source.self);
	second_stage_start(&rules);
	second_stage_announce(&rules, &why);
	second_stage_measure(&rules, &why);
	ck_assert_uint_eq(why.len, 0);
	second_stage_close(&rules);
}
END_TEST

START_TEST(what_is_wrong_is_said_of_clamd)
{
	servers[0] = (char[]){ "nonsense" };
	ck_assert(!second_stage_open(&options, &rules, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "clamd: 'nonsense' is no socket"));
	ck_assert_ptr_null(rules.source.begin);
}
END_TEST

START_TEST(each_key_comes_to_the_rules)
{
	char want[200];

	ck_assert(second_stage_open(&options, &rules, &why));
	ck_assert_uint_eq(rules.max_size, 1ULL << 40);
	ck_assert_int_eq(rules.fail, SECOND_ACCEPT);
	ck_assert_int_eq(rules.too_large, SECOND_REJECT);
	ck_assert_uint_eq(rules.ignore.count, COUNT(ignored));
	ck_assert_str_eq(rules.ignore.item[0], ignored[0]);
	ck_assert_ptr_nonnull(rules.report);
	second_stage_announce(&rules, &why);
	(void)snprintf(want, sizeof want, "; clamd %s", clamd.name);
	ck_assert_str_eq(text_cstr(&why), want);
	second_stage_close(&rules);
}
END_TEST

START_TEST(it_is_asked_and_measured)
{
	struct text t = TEXT_INIT(100000);

	fake_clamds_start(&clamd);
	ck_assert(second_stage_open(&options, &rules, &why));
	second_stage_start(&rules);
	while (atomic_load(&clamd.pings) == 0) /* the look at the start */
		(void)sched_yield();
	ck_assert_int_eq(ask(), OPINION_CLEAN);
	rules.source.count(rules.source.self, SECOND_CLEAN);
	second_stage_measure(&rules, &t);
	ck_assert_ptr_nonnull(strstr(text_cstr(&t),
	    "refmilter_clamd_messages_total{filter=\"virus\",outcome=\"clean\"} 1\n"));
	second_stage_close(&rules);
	fake_clamds_stop(&clamd);
	text_clear(&t);
}
END_TEST

/* Each limit by itself; a clamd that takes the connection and says nothing. */
static const struct {
	size_t limit; /* the member that is short */
	bool is_late;
} limits[] = {
	{ offsetof(struct options, clamd_answer_timeout), true },
	{ offsetof(struct options, clamd_timeout), true },
	{ offsetof(struct options, clamd_send_timeout), false },
	{ offsetof(struct options, clamd_connect_timeout), false },
};

/* An empty message is taken whole by the socket, so the answer is what is late. */
START_TEST(a_second_is_a_second)
{
	int hung = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s", strchr(clamd.name, '/'));
	ck_assert_int_eq(bind(hung, (struct sockaddr *)&at, sizeof at), 0);
	ck_assert_int_eq(listen(hung, 4), 0);
	options.clamd_timeout = 2;
	*(long *)(void *)((char *)&options + limits[_i].limit) = 1;
	ck_assert(second_stage_open(&options, &rules, &why));
	long long began = monotonic_ms();
	ck_assert_int_eq(ask(), OPINION_NONE);
	long long took = monotonic_ms() - began;
	ck_assert_int_ge(took, limits[_i].is_late ? 1000 : 2000);
	if (limits[_i].is_late)
		ck_assert_int_lt(took, 2000);
	second_stage_close(&rules);
	(void)close(hung);
}
END_TEST

static char heard[FAKE_LINE_MAX];
static enum log_level heard_level;

static void
hear(void *self, enum log_level level, const char *text)
{
	(void)self;
	heard_level = level;
	(void)snprintf(heard, sizeof heard, "%s", text);
}

static void
expect_line(enum log_level level, const char *words)
{
	ck_assert_int_eq(heard_level, level);
	ck_assert_msg(
	    strncmp(heard, "clamd: unix:", strlen("clamd: unix:")) == 0, "%s", heard);
	ck_assert_msg(strstr(heard, words) != NULL, "%s", heard);
}

START_TEST(trouble_is_a_warning_and_its_end_a_notice)
{
	log_divert(hear, NULL);
	ck_assert(second_stage_open(&options, &rules, &why));
	ck_assert_int_eq(ask(), OPINION_NONE);
	expect_line(LOG_LEVEL_WARNING, ": no verdict on a message: connect: No such");
	fake_clamds_start(&clamd);
	ck_assert_int_eq(ask(), OPINION_CLEAN);
	expect_line(LOG_LEVEL_NOTICE, ": verdicts again, after 1 message without");
	second_stage_close(&rules);
	fake_clamds_stop(&clamd);
	log_divert(NULL, NULL);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("second_stage");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, without_a_server_there_is_nothing);
	tcase_add_test(t, what_is_wrong_is_said_of_clamd);
	tcase_add_test(t, each_key_comes_to_the_rules);
	tcase_add_test(t, it_is_asked_and_measured);
	tcase_add_loop_test(t, a_second_is_a_second, 0, COUNT(limits));
	tcase_add_test(t, trouble_is_a_warning_and_its_end_a_notice);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
