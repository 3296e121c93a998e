/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "store/places.h"
#include "t/unit/clamd_fixture.h"

START_TEST(a_verdict_is_handed_on)
{
	fake_clamds_start(&a);
	open_it();
	ck_assert_int_eq(ask(5, NULL), OPINION_CLEAN);
	a.verdict = SLICE("stream: A.Name FOUND\0");
	ck_assert_int_eq(ask(7, NULL), OPINION_FOUND);
	ck_assert_mem_eq(found.bytes, "A.Name", 6);
	ck_assert_uint_eq(found.len, 6);
	ck_assert_uint_eq(atomic_load(&totals.bytes), 12);
	ck_assert_int_eq(news.lines, 0);
	expect_trouble(N_CLAMD_TROUBLES, 0);
	fake_clamds_stop(&a);
}
END_TEST

START_TEST(the_longest_name_is_handed_on)
{
	static char says[sizeof "stream: " - 1 + CLAMD_NAME_MAX + sizeof " FOUND"];

	memset(says, 'n', sizeof says);
	memcpy(says, "stream: ", sizeof "stream: " - 1);
	memcpy(says + sizeof says - sizeof " FOUND", " FOUND", sizeof " FOUND");
	a.verdict = (struct slice){ says, sizeof says };
	fake_clamds_start(&a);
	open_it();
	ck_assert_int_eq(ask(1, NULL), OPINION_FOUND);
	ck_assert_uint_eq(found.len, CLAMD_NAME_MAX);
	fake_clamds_stop(&a);
}
END_TEST

START_TEST(the_next_one_is_asked_and_after_the_last_one_nobody)
{
	char want[200];

	fake_clamds_start(&b);
	open_it();
	ck_assert_int_eq(ask(1, NULL), OPINION_CLEAN);
	ck_assert_int_eq(atomic_load(&b.scans), 1);
	expect_trouble(CLAMD_CONNECT_TROUBLE, 1);
	(void)snprintf(want, sizeof want,
	    "trouble: %s: no verdict on a message: connect: No such", a.name);
	ck_assert(fake_news_has(&news, want));
	fake_clamds_stop(&b);
	ck_assert_int_eq(ask(1, NULL), OPINION_NONE);
	expect_trouble(CLAMD_CONNECT_TROUBLE, 3);
	ck_assert_int_eq(news.lines, 2);
	ck_assert_uint_eq(atomic_load(&totals.bytes), 1);
}
END_TEST

START_TEST(one_known_to_be_away_is_asked_last)
{
	fake_clamds_start(&b);
	open_it();
	clamd_start(clamd);
	fake_news_wait(&news, 2); /* what the watch has found */
	ck_assert_int_eq(ask(1, NULL), OPINION_CLEAN);
	expect_trouble(N_CLAMD_TROUBLES, 0);
	b.verdict = SLICE("ERROR\0");
	ck_assert_int_eq(ask(1, NULL), OPINION_NONE);
	ck_assert_uint_eq(atomic_load(&totals.trouble[CLAMD_ERROR_TROUBLE]), 1);
	ck_assert_uint_eq(atomic_load(&totals.trouble[CLAMD_CONNECT_TROUBLE]), 1);
	fake_clamds_stop(&b);
}
END_TEST

START_TEST(trouble_brings_a_look_on)
{
	config.servers.count = 1;
	fake_clamds_start(&a);
	open_it();
	clamd_start(clamd);
	fake_news_wait(&news, 1);
	a.verdict = SLICE("ERROR\0");
	a.version = SLICE("ClamAV 2\0");
	ck_assert_int_eq(ask(1, NULL), OPINION_NONE);
	fake_news_wait(&news, 3); /* the trouble, and what the next look finds */
	ck_assert_int_eq(atomic_load(&a.pings), 2);
	fake_clamds_stop(&a);
}
END_TEST

/* The first takes all the time there is: its answer never comes. */
START_TEST(the_sum_is_for_all_of_them)
{
	int hung = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s", strchr(a.name, '/'));
	ck_assert_int_eq(bind(hung, (struct sockaddr *)&at, sizeof at), 0);
	ck_assert_int_eq(listen(hung, 4), 0);
	fake_clamds_start(&b);
	config.sum_ms = SHORT_MS;
	open_it();
	ck_assert_int_eq(ask(1, NULL), OPINION_NONE);
	ck_assert_int_eq(atomic_load(&b.scans), 0);
	expect_trouble(CLAMD_LATE_TROUBLE, 1);
	fake_clamds_stop(&b);
	(void)close(hung);
}
END_TEST

static bool
is_gone(const void *self)
{
	(void)self;
	return false;
}

START_TEST(where_no_place_comes_free_nobody_is_asked)
{
	fake_clamds_start(&a);
	config.places = 0;
	config.sum_ms = SHORT_MS;
	open_it();
	ck_assert_int_eq(ask(1, NULL), OPINION_NONE);
	ck_assert_int_eq(ask(1, NULL), OPINION_NONE);
	ck_assert_int_eq(atomic_load(&a.scans), 0);
	expect_trouble(CLAMD_BUSY_TROUBLE, 2);
	ck_assert_int_eq(news.lines, 1);
	ck_assert_str_eq(news.line[0],
	    "trouble: no verdict on a message: all places (clamd-connections) were taken "
	    "for too long");
	fake_clamds_stop(&a);
}
END_TEST

/* So many messages find no place. */
static int crowded;

bool __real_places_take(struct places *p, struct patience *patience);
bool __wrap_places_take(struct places *p, struct patience *patience);

bool
__wrap_places_take(struct places *p, struct patience *patience)
{
	if (crowded == 0)
		return __real_places_take(p, patience);
	crowded--;
	errno = ETIMEDOUT;
	return false;
}

START_TEST(a_place_is_the_end_of_the_queue)
{
	fake_clamds_start(&a);
	open_it();
	crowded = 2;
	ck_assert_int_eq(ask(1, NULL), OPINION_NONE);
	ck_assert_int_eq(ask(1, NULL), OPINION_NONE);
	ck_assert_int_eq(ask(1, NULL), OPINION_CLEAN);
	ck_assert_int_eq(ask(1, NULL), OPINION_CLEAN);
	expect_trouble(CLAMD_BUSY_TROUBLE, 2);
	ck_assert_int_eq(news.lines, 2);
	ck_assert_str_eq(news.line[1],
	    "up: the queue for clamd: verdicts again, after 2 messages without");
	fake_clamds_stop(&a);
}
END_TEST

/* The first PROGRESS is due after two seconds; there is no trouble to tell of. */
START_TEST(an_mta_that_is_gone_is_no_trouble_of_clamds)
{
	const struct progress gone = { is_gone, NULL };

	config.places = 0;
	open_it();
	ck_assert_int_eq(ask(1, &gone), OPINION_NONE);
	expect_trouble(CLAMD_GONE_TROUBLE, 1);
	ck_assert_int_eq(news.lines, 0);
}
END_TEST

START_TEST(a_verdict_is_the_end_of_all_troubles)
{
	config.servers.count = 1;
	a.verdict = SLICE("ERROR\0");
	fake_clamds_start(&a);
	open_it();
	ck_assert_int_eq(ask(1, NULL), OPINION_NONE);
	ck_assert_int_eq(ask(1, NULL), OPINION_NONE);
	a.verdict = SLICE("stream: OK\0");
	ck_assert_int_eq(ask(1, NULL), OPINION_CLEAN);
	ck_assert_int_eq(ask(1, NULL), OPINION_CLEAN);
	ck_assert_int_eq(news.lines, 2);
	ck_assert_ptr_nonnull(
	    strstr(news.line[1], ": verdicts again, after 2 messages without"));
	fake_clamds_stop(&a);
}
END_TEST

/* Of the folder; only a message that was kept there tells that it is well again. */
START_TEST(a_message_that_cannot_be_kept_is_told)
{
	static char bytes[2 * MEMORY];
	struct opinion_source s;
	char path[128];

	config.servers.count = 1;
	fake_clamds_start(&a);
	open_it();
	ck_assert_int_eq(rmdir(scratch_path(&dir, "spool", path)), 0);
	s = clamd_source(clamd);
	void *copy = s.begin(s.self);
	ck_assert(!s.write(copy, (struct slice){ bytes, sizeof bytes }));
	s.drop(copy);
	expect_trouble(CLAMD_SPOOL_TROUBLE, 1);
	ck_assert_int_eq(news.lines, 1);
	ck_assert(fake_news_has(&news, "trouble: directory-gone: "));
	scratch_mkdir(&dir, "spool");
	ck_assert_int_eq(ask(MEMORY, NULL), OPINION_CLEAN);
	ck_assert_int_eq(news.lines, 1);
	ck_assert_int_eq(ask(MEMORY + 1, NULL), OPINION_CLEAN);
	ck_assert_int_eq(news.lines, 2);
	ck_assert_ptr_nonnull(strstr(news.line[1], "/spool: verdicts again"));
	fake_clamds_stop(&a);
}
END_TEST

START_TEST(without_memory_there_is_no_copy)
{
	struct opinion_source s;

	open_it();
	s = clamd_source(clamd);
	for (int i = 1; i <= 2; i++) { /* the copy, its spool */
		allocations = 0;
		fail_at = i;
		ck_assert_ptr_null(s.begin(s.self));
		fail_at = 0;
		expect_trouble(CLAMD_SPOOL_TROUBLE, (unsigned)i);
	}
	ck_assert_int_eq(news.lines, 1);
	ck_assert_str_eq(news.line[0],
	    "trouble: no-memory: cannot keep a message for clamd; it cannot be judged");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clamd");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_verdict_is_handed_on);
	tcase_add_test(t, the_longest_name_is_handed_on);
	tcase_add_test(t, the_next_one_is_asked_and_after_the_last_one_nobody);
	tcase_add_test(t, one_known_to_be_away_is_asked_last);
	tcase_add_test(t, trouble_brings_a_look_on);
	tcase_add_test(t, the_sum_is_for_all_of_them);
	tcase_add_test(t, where_no_place_comes_free_nobody_is_asked);
	tcase_add_test(t, a_place_is_the_end_of_the_queue);
	tcase_add_test(t, an_mta_that_is_gone_is_no_trouble_of_clamds);
	tcase_add_test(t, a_verdict_is_the_end_of_all_troubles);
	tcase_add_test(t, a_message_that_cannot_be_kept_is_told);
	tcase_add_test(t, without_memory_there_is_no_copy);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
