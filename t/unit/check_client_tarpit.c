/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/client_tarpit.h"

#include <pthread.h>

#include "t/unit/runner.h"

static const struct tarpit_limits limits = {
	.refusals = 2, .window_ms = 3600000, .delay_ms = 7
};

/* Refusals of the first client, and whether the second then waits too. */
static const struct {
	const char *what;
	struct slice one, other;
	bool same;
} row[] = {
	{ "an IPv4 address", SLICE("192.0.2.1"), SLICE("192.0.2.1"), true },
	{ "its neighbour", SLICE("192.0.2.1"), SLICE("192.0.2.2"), false },
	{ "one IPv6 network", SLICE("2001:db8:1:2::1"), SLICE("2001:db8:1:2:f::2"),
	    true },
	{ "the next network", SLICE("2001:db8:1:2::1"), SLICE("2001:db8:1:3::1"), false },
	{ "IPv4 in IPv6", SLICE("192.0.2.1"), SLICE("::ffff:192.0.2.1"), true },
	{ "a local client", SLICE(""), SLICE(""), false },
	{ "what is no address", SLICE("unknown"), SLICE("unknown"), false },
	{ "what is too long",
	    SLICE("2001:0db8:0000:0000:0000:0000:0000:0000:0000:0001:0002:0003"),
	    SLICE("2001:0db8:0000:0000:0000:0000:0000:0000:0000:0001:0002:0003"), false },
};

START_TEST(a_client_is_its_address_or_network)
{
	struct client_tarpit *t = client_tarpit_new();
	struct spam_tarpit port = client_tarpit_port(t);

	ck_assert_ptr_nonnull(t);
	ck_assert_uint_eq(port.refused(port.self, &limits, row[_i].one), 0);
	ck_assert_uint_eq(port.refused(port.self, &limits, row[_i].one), 0);
	unsigned delay = port.refused(port.self, &limits, row[_i].other);
	ck_assert_msg(delay == (row[_i].same ? 7 : 0), "%s: %u ms", row[_i].what, delay);
	client_tarpit_free(t);
}
END_TEST

static void *
refuse_often(void *port)
{
	struct spam_tarpit *p = port;
	size_t delayed = 0;

	for (int i = 0; i < 1000; i++)
		delayed += p->refused(p->self, &limits, SLICE("192.0.2.9")) > 0;
	return (void *)delayed;
}

START_TEST(threads_lose_no_refusal)
{
	struct client_tarpit *t = client_tarpit_new();
	struct spam_tarpit port = client_tarpit_port(t);
	pthread_t thread[4];
	size_t delayed = 0;

	for (size_t i = 0; i < COUNT(thread); i++)
		ck_assert_int_eq(
		    pthread_create(&thread[i], NULL, refuse_often, &port), 0);
	for (size_t i = 0; i < COUNT(thread); i++) {
		void *n;
		ck_assert_int_eq(pthread_join(thread[i], &n), 0);
		delayed += (size_t)n;
	}
	ck_assert_uint_eq(delayed, 4 * 1000 - limits.refusals);
	client_tarpit_free(t);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("client_tarpit");
	TCase *t = tcase_create("client");

	tcase_add_loop_test(t, a_client_is_its_address_or_network, 0, COUNT(row));
	tcase_add_test(t, threads_lose_no_refusal);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
