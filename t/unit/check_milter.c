/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/milter.h"

#include "glue/steps.h"

#include "t/unit/runner.h"

static void *
begin(const void *rules, const struct client *client)
{
	(void)client;
	return (void *)(size_t)rules;
}

static struct verdict
at_rcpt(void *msg, const struct envelope_event *ev)
{
	(void)msg;
	(void)ev;
	return CARRY_ON;
}

static struct verdict
at_body(void *msg, struct slice chunk)
{
	(void)msg;
	(void)chunk;
	return CARRY_ON;
}

enum {
	ALL_NO = SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NOMAIL | SMFIP_NORCPT |
		 SMFIP_NOBODY | SMFIP_NOHDRS | SMFIP_NOEOH,
	ALL_V6 = 0x1fffff,
};

static struct verdict
at_header(void *msg, struct slice name, struct slice value)
{
	(void)msg;
	(void)name;
	(void)value;
	return CARRY_ON;
}

static struct verdict
at_eoh(void *msg)
{
	(void)msg;
	return CARRY_ON;
}

static const struct policy virus_shape = {
	.quiet = ON_MAIL | ON_BODY,
	.begin = begin,
	.body = at_body,
};
static const struct policy quota_shape = {
	.quiet = ON_MAIL,
	.begin = begin,
	.rcpt = at_rcpt,
};
static const struct policy optional_shape = {
	.quiet = ON_HEADER | ON_EOH,
	.begin = begin,
	.header = at_header,
	.eoh = at_eoh,
	.exact_headers = true,
};
static const struct policy exact_shape = {
	.begin = begin,
	.body = at_body,
	.exact_headers = true,
	.wants_helo = true,
	.rejected_recipients = true,
};

static struct verdict
at_data(void *msg)
{
	(void)msg;
	return CARRY_ON;
}

/* A member alone asks for its own event and for no other. */
static const struct {
	struct policy filter;
	unsigned on;
} member[] = {
	{ { .begin = begin }, ON_MAIL },
	{ { .rcpt = at_rcpt }, ON_RCPT },
	{ { .data = at_data }, ON_DATA },
	{ { .header = at_header }, ON_HEADER },
	{ { .eoh = at_eoh }, ON_EOH },
	{ { .body = at_body }, ON_BODY },
	{ { .quiet = ON_MAIL | ON_BODY }, 0 },
};

START_TEST(asks_for_the_events_that_have_a_member)
{
	ck_assert_uint_eq(steps_events(&member[_i].filter, 0), member[_i].on);
	ck_assert_uint_eq(steps_events(&member[_i].filter, member[_i].on), 0);
}
END_TEST

static const struct {
	const char *what;
	const struct policy *filter;
	unsigned long offered, want;
	unsigned spared;
} row[] = {
	{ "virus, all offered", &virus_shape, ALL_V6,
	    SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NR_MAIL | SMFIP_NORCPT | SMFIP_NODATA |
		SMFIP_NOHDRS | SMFIP_NOEOH | SMFIP_NR_BODY | SMFIP_NOUNKNOWN,
	    0 },
	{ "virus, a version 2 MTA", &virus_shape, ALL_NO,
	    SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NORCPT | SMFIP_NOHDRS | SMFIP_NOEOH,
	    0 },
	{ "virus, nothing offered", &virus_shape, 0, 0, 0 },
	{ "quota, all offered", &quota_shape, ALL_V6,
	    SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NR_MAIL | SMFIP_NODATA | SMFIP_NOHDRS |
		SMFIP_NOEOH | SMFIP_NOBODY | SMFIP_NOUNKNOWN,
	    0 },
	{ "loud, with exact headers", &exact_shape, ALL_V6,
	    SMFIP_NOCONNECT | SMFIP_NR_HELO | SMFIP_NORCPT | SMFIP_NODATA | SMFIP_NOHDRS |
		SMFIP_NOEOH | SMFIP_NOUNKNOWN | SMFIP_RCPT_REJ | SMFIP_HDR_LEADSPC,
	    0 },
	{ "headers when the rules want them", &optional_shape, ALL_V6,
	    SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NORCPT | SMFIP_NODATA | SMFIP_NR_HDR |
		SMFIP_NR_EOH | SMFIP_NOBODY | SMFIP_NOUNKNOWN | SMFIP_HDR_LEADSPC,
	    0 },
	{ "headers when they do not", &optional_shape, ALL_V6,
	    SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NORCPT | SMFIP_NODATA | SMFIP_NOHDRS |
		SMFIP_NOEOH | SMFIP_NOBODY | SMFIP_NOUNKNOWN,
	    ON_HEADER | ON_EOH },
};

START_TEST(asks_for_no_packet_in_vain)
{
	unsigned long got = steps_wanted(row[_i].filter, row[_i].spared, row[_i].offered);

	ck_assert_msg(got == row[_i].want, "%s: got %#lx, want %#lx", row[_i].what, got,
	    row[_i].want);
}
END_TEST

START_TEST(gives_libmilter_no_callback_in_vain)
{
	struct smfiDesc d = milter_callbacks(&virus_shape);

	ck_assert(
	    d.xxfi_connect == NULL && d.xxfi_helo == NULL && d.xxfi_envrcpt == NULL);
	ck_assert(d.xxfi_header == NULL && d.xxfi_eoh == NULL && d.xxfi_data == NULL);
	ck_assert(d.xxfi_envfrom != NULL && d.xxfi_body != NULL && d.xxfi_eom != NULL);
	ck_assert(
	    d.xxfi_abort != NULL && d.xxfi_close != NULL && d.xxfi_negotiate != NULL);
	ck_assert_uint_eq(d.xxfi_flags, SMFIF_SETSYMLIST);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("milter");
	TCase *t = tcase_create("negotiation");

	tcase_add_loop_test(t, asks_for_no_packet_in_vain, 0, COUNT(row));
	tcase_add_loop_test(t, asks_for_the_events_that_have_a_member, 0, COUNT(member));
	tcase_add_test(t, gives_libmilter_no_callback_in_vain);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
