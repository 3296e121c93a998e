/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/clamd_server.h"

#include <netdb.h>

#include "t/unit/fake_clamds.h"

static struct scratch dir;
static struct fake_clamds clamd;
static struct clamd_server server;
static const struct clamd_limits limits = { FAKE_PATIENCE_MS, FAKE_PATIENCE_MS,
	FAKE_PATIENCE_MS };
static struct text line = TEXT_INIT(FAKE_LINE_MAX);
static bool dns_is_away;

int __real_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **ret);
int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **ret);

int
__wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **ret)
{
	return dns_is_away ? EAI_AGAIN : __real_getaddrinfo(host, port, hints, ret);
}

/* How much longer than `since_ms` a connection was to be waited for. */
static long long since_ms, allowed_ms;

int __real_stream_connect(
    int family, const struct sockaddr *to, socklen_t len, struct patience *p);
int __wrap_stream_connect(
    int family, const struct sockaddr *to, socklen_t len, struct patience *p);

int
__wrap_stream_connect(
    int family, const struct sockaddr *to, socklen_t len, struct patience *p)
{
	allowed_ms = p->until_ms - since_ms;
	return __real_stream_connect(family, to, len, p);
}

static void
setup(void)
{
	struct text why = TEXT_INIT(200);

	dns_is_away = false;
	scratch_setup(&dir);
	fake_clamds_name(&clamd, &dir, "a");
	fake_clamds_start(&clamd);
	ck_assert(clamd_server_init(&server, clamd.name, &why, &why));
	ck_assert_uint_eq(why.len, 0);
}

static void
teardown(void)
{
	clamd_server_clear(&server);
	fake_clamds_stop(&clamd);
	scratch_teardown(&dir);
	text_clear(&line);
}

/* A look that finds `says` behind the name of the server; NULL: nothing new. */
static void
look(const char *says, enum clamd_state want)
{
	char whole[FAKE_LINE_MAX] = "";

	text_clear(&line);
	ck_assert_int_eq(clamd_server_look(&server, &limits, &line), says != NULL);
	if (says != NULL)
		(void)snprintf(whole, sizeof whole, "%s%s", server.name, says);
	ck_assert_str_eq(text_cstr(&line), whole);
	ck_assert_int_eq(atomic_load(&server.state), want);
}

START_TEST(only_a_change_is_news)
{
	ck_assert_int_eq(atomic_load(&server.state), CLAMD_UNKNOWN);
	look(" answers: ClamAV 1", CLAMD_UP);
	look(NULL, CLAMD_UP);
	clamd.version = SLICE("ClamAV 1/2\0");
	look(" answers: ClamAV 1/2", CLAMD_UP);
	look(NULL, CLAMD_UP);
	clamd.version = SLICE("ClamAV 1\0"); /* the beginning of the one before */
	look(" answers: ClamAV 1", CLAMD_UP);
	ck_assert_int_eq(atomic_load(&clamd.pings), 5);
	ck_assert_int_eq(atomic_load(&clamd.versions), 5);
	ck_assert_int_eq(atomic_load(&clamd.scans), 0);
}
END_TEST

START_TEST(one_that_comes_back_is_news_with_the_same_version)
{
	look(" answers: ClamAV 1", CLAMD_UP);
	fake_clamds_stop(&clamd);
	look(" does not answer: connect: No such file or directory", CLAMD_AWAY);
	look(NULL, CLAMD_AWAY);
	fake_clamds_start(&clamd);
	look(" answers: ClamAV 1", CLAMD_UP);
	look(NULL, CLAMD_UP);
}
END_TEST

static const struct {
	struct slice pong, version;
	const char *says;
} wrong[] = {
	{ SLICE("PONGO\0"), SLICE("V\0"), "nonsense: 'PONGO\\x00'" },
	{ SLICE("PON\0"), SLICE("V\0"), "nonsense: 'PON\\x00'" },
	{ SLICE("COMMAND READ TIMED OUT\n"), SLICE("V\0"),
	    "nonsense: 'COMMAND READ TIMED OUT\\n'" },
	{ SLICE("stream: OK\0"), SLICE("V\0"), "nonsense: 'stream: OK\\x00'" },
	{ SLICE("PONG"), SLICE("V\0"), "closed: 'PONG'" },
	{ SLICE(""), SLICE("V\0"), "closed" },
	{ SLICE("PONG\0"), SLICE(""), "closed" },
	{ SLICE("PONG\0"), SLICE("\0"), "nonsense: '\\x00'" },
	{ SLICE("PONG\0"), SLICE("a\33b\0"), "nonsense: 'a\\x1Bb\\x00'" },
	{ SLICE("PONG\0"), SLICE("a\0b\0"), "nonsense: 'a\\x00b\\x00'" },
};

START_TEST(who_does_not_answer_as_a_clamd_is_away)
{
	char says[200];

	clamd.pong = wrong[_i].pong;
	clamd.version = wrong[_i].version;
	(void)snprintf(says, sizeof says, " does not answer: %s", wrong[_i].says);
	look(says, CLAMD_AWAY);
	look(NULL, CLAMD_AWAY);
}
END_TEST

/* The longest there is, then a shorter one over it. */
START_TEST(a_version_of_any_length_has_room)
{
	static char most[CLAMD_ANSWER_MAX];
	char shown[200] = " answers: ";

	memset(most, 'v', sizeof most - 1);
	memset(shown + strlen(shown), 'v', 120);
	memcpy(strchr(shown, '\0'), "...", sizeof "...");
	clamd.version = (struct slice){ most, sizeof most };
	look(shown, CLAMD_UP);
	look(NULL, CLAMD_UP);
	clamd.version = SLICE("back\\slash\0");
	look(" answers: back\\\\slash", CLAMD_UP);
	look(NULL, CLAMD_UP);
}
END_TEST

static const struct {
	const char *name, *why;
} no_server[] = {
	{ "nonsense", "'nonsense' is no socket" },
	{ "unix:relative", "'unix:relative' is no server: write unix:/path" },
	{ "inet:0@127.0.0.1", "'inet:0@127.0.0.1' is no server" },
	{ "127.0.0.1:0", "'127.0.0.1:0' is no server" },
	{ "inet:65536", "'65536' is no port" },
};

START_TEST(what_is_no_address_is_named)
{
	struct text warning = TEXT_INIT(200), why = TEXT_INIT(200);
	struct clamd_server s = { .name = NULL };

	ck_assert(!clamd_server_init(&s, no_server[_i].name, &warning, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), no_server[_i].why));
	ck_assert_uint_eq(warning.len, 0);
	ck_assert_ptr_null(s.name);
	clamd_server_clear(&s);
	text_clear(&why);
}
END_TEST

static const struct {
	const char *name;
	bool local;
} kinds[] = {
	{ "/run/c", true },
	{ "unix:/run/c", true },
	{ "inet:1@127.0.0.1", false },
	{ "inet:65535", false },
	{ "inet6:3310@::1", false },
	{ "127.0.0.1:3310", false },
};

START_TEST(a_descriptor_goes_to_this_host_only)
{
	struct text why = TEXT_INIT(200);
	struct clamd_server s;

	ck_assert(clamd_server_init(&s, kinds[_i].name, &why, &why));
	ck_assert_str_eq(s.name, kinds[_i].name);
	ck_assert_int_eq(clamd_server_is_local(&s), kinds[_i].local);
	clamd_server_clear(&s);
	clamd_server_clear(&s);
}
END_TEST

/* A look is when the address is looked up anew; a failure leaves the old one. */
START_TEST(a_host_may_get_its_address_later)
{
	struct text why = TEXT_INIT(200), warning = TEXT_INIT(200);

	clamd_server_clear(&server);
	dns_is_away = true;
	ck_assert(clamd_server_init(&server, "inet:1@127.0.0.1", &warning, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&warning), "host '127.0.0.1':"));
	ck_assert_uint_eq(why.len, 0);
	ck_assert_uint_eq(clamd_server_address(&server).len, 0);
	look(" does not answer: connect: Cannot assign requested address", CLAMD_AWAY);
	dns_is_away = false;
	look(NULL, CLAMD_AWAY);
	ck_assert_uint_gt(clamd_server_address(&server).len, 0);
	dns_is_away = true;
	look(NULL, CLAMD_AWAY);
	ck_assert_uint_gt(clamd_server_address(&server).len, 0);
	text_clear(&warning);
}
END_TEST

/* What a look may take in all does not end one of its limits early. */
START_TEST(each_limit_is_had_in_full)
{
	static const struct clamd_limits some[] = { { 90000, 60000, 30000 },
		{ 90000, 30000, 60000 } };

	since_ms = monotonic_ms();
	ck_assert(clamd_server_look(&server, &some[_i], &line));
	ck_assert_int_eq(atomic_load(&server.state), CLAMD_UP);
	ck_assert_int_ge(allowed_ms, some[_i].connect);
}
END_TEST

static void *
look_often(void *self)
{
	(void)self;
	for (int i = 0; i < 50; i++)
		(void)clamd_server_look(&server, &limits, &line);
	return NULL;
}

/* For the thread sanitizer: messages take the address while a look finds it anew. */
START_TEST(its_address_is_there_at_any_moment)
{
	pthread_t thread;
	socklen_t len = clamd_server_address(&server).len;

	ck_assert_int_eq(pthread_create(&thread, NULL, look_often, NULL), 0);
	for (int i = 0; i < 5000; i++)
		ck_assert_uint_eq(clamd_server_address(&server).len, len);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clamd_server");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, only_a_change_is_news);
	tcase_add_test(t, one_that_comes_back_is_news_with_the_same_version);
	tcase_add_loop_test(t, who_does_not_answer_as_a_clamd_is_away, 0, COUNT(wrong));
	tcase_add_test(t, a_version_of_any_length_has_room);
	tcase_add_loop_test(t, what_is_no_address_is_named, 0, COUNT(no_server));
	tcase_add_loop_test(t, a_descriptor_goes_to_this_host_only, 0, COUNT(kinds));
	tcase_add_test(t, a_host_may_get_its_address_later);
	tcase_add_test(t, its_address_is_there_at_any_moment);
	tcase_add_loop_test(t, each_limit_is_had_in_full, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
