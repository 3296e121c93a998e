/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/io/socket.h"

#include "sim/filters/filter.h"
#include "t/unit/runner.h"

static const struct {
	const char *name, *described, *fault; /* NULL: the other one */
} name[] = {
	{ "unix:/run/v.sock", "unix:/run/v.sock", NULL },
	{ "local:/run/v.sock", "unix:/run/v.sock", NULL },
	{ "/run/v.sock", "unix:/run/v.sock", NULL },
	{ "UNIX:/x", "unix:/x", NULL },
	{ "inet:25@127.0.0.1", "inet:25@127.0.0.1", NULL },
	{ "inet:8891@", "inet:8891@127.0.0.1", NULL },
	{ "inet:8891", "inet:8891@127.0.0.1", NULL },
	{ "inet6:25@::1", "inet6:25@::1", NULL },
	{ "inet6:25@[::1]", "inet6:25@::1", NULL },
	{ "127.0.0.1:0", "inet:0@127.0.0.1", NULL },
	{ "[::1]:25", "inet6:25@::1", NULL },
	{ "unix:", NULL, "1 to 107 bytes" },
	{ "", NULL, "is no socket" },
	{ "nowhere", NULL, "is no socket" },
	{ "inet:smtp@127.0.0.1", NULL, "'smtp' is no port" },
	{ "inet:65536@127.0.0.1", NULL, "'65536' is no port" },
	{ "inet:@127.0.0.1", NULL, "'' is no port" },
	{ "127.0.0.1:", NULL, "'' is no port" },
	{ "inet:25@::1", NULL, "host '::1'" },
};

START_TEST(reads_a_name)
{
	struct socket_address a;
	struct text got = TEXT_INIT(500), why = TEXT_INIT(500);
	bool good = socket_address_parse(slice_of(name[_i].name), &a, &why);

	if (name[_i].described == NULL) {
		ck_assert_msg(!good && strstr(text_cstr(&why), name[_i].fault) != NULL,
		    "'%s': '%s'", name[_i].name, text_cstr(&why));
	} else {
		ck_assert_msg(good, "'%s': %s", name[_i].name, text_cstr(&why));
		socket_address_describe(&a, &got);
		ck_assert_str_eq(text_cstr(&got), name[_i].described);
	}
	text_clear(&got);
	text_clear(&why);
}
END_TEST

static const struct {
	const char *words, *socket;
	enum filter_policy policy;
	long connect, send, read, eom; /* seconds */
	const char *fault;
} filter[] = {
	{ "S=unix:/v", "unix:/v", POLICY_IGNORE, 300, 10, 10, 300, NULL },
	{ "S=unix:/v, F=T, T=C:5m;S:10s;R:10s;E:5m", "unix:/v", POLICY_TEMPFAIL, 300, 10,
	    10, 300, NULL },
	{ "S=inet:1@h,F=R,T=E:7", "inet:1@h", POLICY_REJECT, 300, 10, 10, 7, NULL },
	{ "F=4, T=S:1m;R:2h, S=unix:/v", "unix:/v", POLICY_SHUTDOWN, 300, 60, 7200, 300,
	    NULL },
	{ "S=unix:/v, F=", "unix:/v", POLICY_IGNORE, 300, 10, 10, 300, NULL },
	{ "S=unix:/v, T=C:0s", "unix:/v", POLICY_IGNORE, 0, 10, 10, 300, NULL },
	{ "", NULL, 0, 0, 0, 0, 0, "no socket" },
	{ "F=T", NULL, 0, 0, 0, 0, 0, "no socket" },
	{ "S=", NULL, 0, 0, 0, 0, 0, "expected S=socket" },
	{ "S=unix:/v, F=TR", NULL, 0, 0, 0, 0, 0, "'F=TR'" },
	{ "S=unix:/v, F=t", NULL, 0, 0, 0, 0, 0, "'F=t'" },
	{ "S=unix:/v, T=C:5x", NULL, 0, 0, 0, 0, 0, "'T=C:5x'" },
	{ "S=unix:/v, T=C:", NULL, 0, 0, 0, 0, 0, "'T=C:'" },
	{ "S=unix:/v, T=C:8d", NULL, 0, 0, 0, 0, 0, "'T=C:8d'" },
	{ "S=unix:/v, T=Z:5s", NULL, 0, 0, 0, 0, 0, "'T=Z:5s'" },
	{ "S=unix:/v, X=1", NULL, 0, 0, 0, 0, 0, "'X=1'" },
	{ "S=unix:/v, F=T, , ,", NULL, 0, 0, 0, 0, 0, "''" },
	{ "S=unix:/v F=T", NULL, 0, 0, 0, 0, 0, "a comma is missing before F=T" },
	{ "S=unix:/v  T=C:5m, F=T", NULL, 0, 0, 0, 0, 0,
	    "a comma is missing before T=C:5m" },
	{ "F=T S=unix:/v", NULL, 0, 0, 0, 0, 0, "'F=T S=unix:/v'" },
	{ "S=unix:/my folder/v", "unix:/my folder/v", POLICY_IGNORE, 300, 10, 10, 300,
	    NULL },
};

START_TEST(reads_a_filter_in_sendmails_words)
{
	struct filter_config f;
	struct text why = TEXT_INIT(500);
	bool good = filter_config_parse(slice_of(filter[_i].words), &f, &why);

	if (filter[_i].socket == NULL) {
		ck_assert_msg(!good && strstr(text_cstr(&why), filter[_i].fault) != NULL,
		    "'%s': '%s'", filter[_i].words, text_cstr(&why));
	} else {
		ck_assert_msg(good, "'%s': %s", filter[_i].words, text_cstr(&why));
		ck_assert_str_eq(f.socket, filter[_i].socket);
		ck_assert_int_eq(f.policy, filter[_i].policy);
		ck_assert_int_eq(f.connect_ms, filter[_i].connect * 1000);
		ck_assert_int_eq(f.send_ms, filter[_i].send * 1000);
		ck_assert_int_eq(f.read_ms, filter[_i].read * 1000);
		ck_assert_int_eq(f.eom_ms, filter[_i].eom * 1000);
	}
	filter_config_clear(&f);
	text_clear(&why);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("socket");
	TCase *t = tcase_create("words");

	tcase_add_loop_test(t, reads_a_name, 0, COUNT(name));
	tcase_add_loop_test(t, reads_a_filter_in_sendmails_words, 0, COUNT(filter));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
