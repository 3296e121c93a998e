/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/clamd.h"

#include <errno.h>

#include "store/places.h"
#include "t/unit/failing_malloc.h"
#include "t/unit/fake_clamds.h"

enum { HOUR_MS = 3600000, SHORT_MS = 60, MEMORY = 1000 };

static struct scratch dir;
static struct fake_clamds a, b;
static struct fake_news news;
static struct clamd_totals totals;
static struct clamd_config config;
static char *servers[CLAMD_SERVERS_MAX + 1];
static struct clamd *clamd;
static struct text why = TEXT_INIT(600);
static struct opinion_name found;

static void
setup(void)
{
	fail_at = 0;
	scratch_setup(&dir);
	scratch_mkdir(&dir, "spool");
	static char spool[128];
	fake_news_init(&news);
	fake_clamds_name(&a, &dir, "a");
	fake_clamds_name(&b, &dir, "b");
	servers[0] = a.name;
	servers[1] = b.name;
	totals = (struct clamd_totals){ .bytes = 0 };
	config = (struct clamd_config){ .servers = { servers, 2 },
		.limits = { FAKE_PATIENCE_MS, FAKE_PATIENCE_MS, FAKE_PATIENCE_MS },
		.sum_ms = FAKE_PATIENCE_MS,
		.look_ms = HOUR_MS,
		.places = 1,
		.memory = MEMORY,
		.spool = scratch_path(&dir, "spool", spool),
		.totals = &totals,
		.news = &news.report };
	found = (struct opinion_name){ 0 };
}

static void
teardown(void)
{
	fail_at = 0;
	clamd_close(clamd);
	clamd_close(NULL);
	clamd = NULL;
	text_clear(&why);
	scratch_teardown(&dir);
}

static void
open_it(void)
{
	clamd = clamd_new(&config, &why);
	ck_assert_msg(clamd != NULL, "%s", text_cstr(&why));
}

/* A message of that many bytes, whose MTA is `progress`. */
static enum opinion
ask(size_t size, const struct progress *progress)
{
	static char bytes[4 * MEMORY];
	struct opinion_source s = clamd_source(clamd);
	void *copy = s.begin(s.self);

	ck_assert_ptr_nonnull(copy);
	ck_assert(s.write(copy, (struct slice){ bytes, size }));
	enum opinion o = s.ask(copy, progress, &found);
	s.drop(copy);
	ck_assert_uint_eq(atomic_load(&totals.now), 0);
	return o;
}

static void
expect_trouble(enum clamd_trouble t, unsigned long long n)
{
	for (int i = 0; i < N_CLAMD_TROUBLES; i++)
		ck_assert_msg(atomic_load(&totals.trouble[i]) == (i == (int)t ? n : 0ULL),
		    "%s: %llu", clamd_trouble_name((enum clamd_trouble)i),
		    atomic_load(&totals.trouble[i]));
}

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
	static char name[CLAMD_SERVERS_MAX + 1][16];

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
	tcase_add_test(t, without_memory_there_is_no_clamd);
	tcase_add_loop_test(t, what_cannot_be_is_named, 0, COUNT(refused));
	tcase_add_test(t, sixteen_servers_and_no_more);
	tcase_add_test(t, says_who_and_how_much);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
