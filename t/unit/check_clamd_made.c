/* SPDX-License-Identifier: BSD-2-Clause */
/* What a clamd is made of: its configuration, its memory, its figures. */
#include "t/unit/clamd_fixture.h"

START_TEST(without_memory_there_is_no_clamd)
{
	bool failed = true;
	int n;

	for (n = 1; failed; n++) {
		text_clear(&why);
		allocations = 0;
		fail_at = n;
		clamd = clamd_new(&config, &why);
		failed = allocations >= n;
		fail_at = 0;
		ck_assert(clamd == NULL || !failed || why.len == 0);
		clamd_close(clamd);
		clamd = NULL;
	}
	ck_assert_int_gt(n, 3);
}
END_TEST

static const struct {
	const char *name[3];
	bool by_descriptor, no_spool;
	const char *says;
} refused[] = {
	{ { "nonsense" }, false, false, "'nonsense' is no socket" },
	{ { "unix:/x", "inet:1", "unix:/x" }, false, false, "'unix:/x' is there twice" },
	{ { "unix:/x", "inet:1@127.0.0.1" }, true, false,
	    "'inet:1@127.0.0.1' is no unix socket" },
	{ { "unix:/x" }, false, true, "/nowhere: No such file or directory" },
};

START_TEST(what_cannot_be_is_named)
{
	for (config.servers.count = 0;
	     config.servers.count < 3 && refused[_i].name[config.servers.count] != NULL;
	     config.servers.count++)
		servers[config.servers.count] =
		    (char *)(size_t)refused[_i].name[config.servers.count];
	config.by_descriptor = refused[_i].by_descriptor;
	if (refused[_i].no_spool)
		config.spool = "/nowhere";
	ck_assert_ptr_null(clamd_new(&config, &why));
	ck_assert_msg(
	    strstr(text_cstr(&why), refused[_i].says) != NULL, "%s", text_cstr(&why));
}
END_TEST

START_TEST(sixteen_servers_and_no_more)
{
	static char name[CLAMD_SERVERS_MAX + 1][24];

	for (int i = 0; i <= CLAMD_SERVERS_MAX; i++) {
		(void)snprintf(name[i], sizeof name[i], "unix:/%d", i);
		servers[i] = name[i];
	}
	config.servers.count = CLAMD_SERVERS_MAX + 1;
	ck_assert_ptr_null(clamd_new(&config, &why));
	ck_assert_str_eq(text_cstr(&why), "more than 16 servers");
	config.servers.count = CLAMD_SERVERS_MAX;
	text_clear(&why);
	open_it();
	ck_assert_int_eq(ask(1, NULL), OPINION_NONE);
	expect_trouble(CLAMD_CONNECT_TROUBLE, CLAMD_SERVERS_MAX);
}
END_TEST

START_TEST(says_who_and_how_much)
{
	struct text t = TEXT_INIT(100000);
	struct opinion_source s;
	char want[200];

	fake_clamds_start(&a);
	open_it();
	clamd_announce(clamd, &t);
	(void)snprintf(want, sizeof want, "clamd %s, %s", a.name, b.name);
	ck_assert_str_eq(text_cstr(&t), want);
	text_clear(&t);
	ck_assert_int_eq(ask(10, NULL), OPINION_CLEAN);
	s = clamd_source(clamd);
	s.count(s.self, SECOND_CLEAN);
	s.count(s.self, SECOND_TOO_LARGE);
	s.count(s.self, SECOND_CLEAN);
	clamd_measure(clamd, &t);
	for (int i = 0; i < N_SECOND_OUTCOMES; i++)
		ck_assert_uint_eq(atomic_load(&totals.outcome[i]), i == SECOND_CLEAN ? 2U
								   : i == SECOND_TOO_LARGE
								       ? 1U
								       : 0U);
	ck_assert_ptr_nonnull(strstr(text_cstr(&t),
	    "refmilter_clamd_messages_total{filter=\"virus\",outcome=\"clean\"} 2\n"));
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&t), "refmilter_clamd_bytes_total{filter=\"virus\"} 10\n"));
	(void)snprintf(want, sizeof want,
	    "refmilter_clamd_up{filter=\"virus\",server=\"%s\"} 0\n", b.name);
	ck_assert_ptr_nonnull(strstr(text_cstr(&t), want));
	report_say(clamd_report(clamd), "older-connection", "x");
	report_say(clamd_report(clamd), "older-connection", "x");
	ck_assert_int_eq(news.lines, 1);
	text_clear(&t);
	fake_clamds_stop(&a);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clamd, made");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, without_memory_there_is_no_clamd);
	tcase_add_loop_test(t, what_cannot_be_is_named, 0, COUNT(refused));
	tcase_add_test(t, sixteen_servers_and_no_more);
	tcase_add_test(t, says_who_and_how_much);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
