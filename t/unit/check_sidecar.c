/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/sidecar.h"

#include <jansson.h>

#include "t/unit/runner.h"

static const struct sidecar_file file = { "1.M2S3Q4.host", "e3b0c4", 1700000001 };

static struct text
written(const struct logger_fact *fact, size_t n)
{
	struct logger_record r = { .fact = fact,
		.nfacts = n,
		.received = 1700000000,
		.header_bytes = 10,
		.body_bytes = 20,
		.body_seen = 30 };
	struct text json = TEXT_INIT(SIDECAR_MAX);

	ck_assert_int_eq(sidecar_write(&r, &file, &json), TEXT_OK);
	return json;
}

static const struct slice hostile[] = {
	SLICE("<>"),
	SLICE("<../../etc/passwd>"),
	SLICE("rm -r * ;"),
	SLICE("<\"a\nb\"@c>"),
	SLICE("$(id)@x"),
	SLICE("|cmd"),
	SLICE("-rf"),
	SLICE("\",\"x\":[{}]\\u0000\\"),
	SLICE("\xff\xfe not utf-8"),
	SLICE("\xed\xa0\x80 a surrogate"),
	SLICE("\xc0\x80 an overlong NUL"),
	SLICE("\xf4\x90\x80\x80 beyond unicode"),
	SLICE("j\303\251r\303\264me@\360\237\220\230.example"),
	SLICE("a\0b"),
	SLICE("\0"),
	SLICE(""),
	SLICE("\x7f\x1b[2J\r\n"),
	SLICE("{\"base64\":\"AAAA\"}"),
};

START_TEST(gives_back_the_bytes_that_came)
{
	struct logger_fact fact[] = { { FACT_SENDER, hostile[_i] },
		{ FACT_SENDER_ARG, hostile[_i] }, { FACT_RCPT, hostile[_i] },
		{ FACT_RCPT_ARG, hostile[_i] } };
	struct text json = written(fact, COUNT(fact)), why = TEXT_INIT(500);
	struct sidecar s;

	ck_assert_msg(sidecar_read(text_slice(&json), &s, &why), "%s", text_cstr(&why));
	ck_assert(slice_equal(text_slice(&s.sender.path), hostile[_i]));
	ck_assert_uint_eq(s.sender.nargs, 1);
	ck_assert(slice_equal(text_slice(&s.sender.arg[0]), hostile[_i]));
	ck_assert_uint_eq(s.nrecipients, 1);
	ck_assert(slice_equal(text_slice(&s.recipient[0].path), hostile[_i]));
	ck_assert(slice_equal(text_slice(&s.recipient[0].arg[0]), hostile[_i]));
	ck_assert_int_eq(s.received, 1700000000);
	sidecar_clear(&s);
	text_clear(&json);
	text_clear(&why);
}
END_TEST

START_TEST(takes_every_byte)
{
	char all[512];
	struct text why = TEXT_INIT(500);
	struct sidecar s;

	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (char)i;
	struct logger_fact fact = { FACT_SENDER, { all, sizeof all } };
	struct text json = written(&fact, 1);
	ck_assert(sidecar_read(text_slice(&json), &s, &why));
	ck_assert(slice_equal(text_slice(&s.sender.path), fact.value));
	sidecar_clear(&s);
	text_clear(&json);
}
END_TEST

static const char *
at(json_t *top, const char *object, const char *key)
{
	return json_string_value(json_object_get(json_object_get(top, object), key));
}

/* A byte too little anywhere is no sidecar, also where jansson goes on without a key. */
START_TEST(is_written_whole_or_not_at_all)
{
	struct logger_fact fact[] = { { FACT_SENDER, SLICE("<a@b>") },
		{ FACT_RCPT, SLICE("<c@d>") } };
	struct text json = written(fact, COUNT(fact));
	struct logger_record r = { .fact = fact,
		.nfacts = COUNT(fact),
		.received = 1700000000,
		.header_bytes = 10,
		.body_bytes = 20,
		.body_seen = 30 };

	for (size_t room = 0; room <= json.len; room++) {
		struct text less = TEXT_INIT(room);
		ck_assert_int_eq(
		    sidecar_write(&r, &file, &less) == TEXT_OK, room == json.len);
		text_clear(&less);
	}
	text_clear(&json);
}
END_TEST

START_TEST(lists_all_that_is_known)
{
	const struct logger_fact fact[] = {
		{ FACT_CLIENT_NAME, SLICE("mx.example") },
		{ FACT_CLIENT_ADDRESS, SLICE("192.0.2.1") },
		{ FACT_HELO, SLICE("there") },
		{ FACT_SENDER, SLICE("<a@b>") },
		{ FACT_SENDER_ARG, SLICE("SIZE=5") },
		{ FACT_SENDER_ARG, SLICE("BODY=8BITMIME") },
		{ FACT_AUTH_USER, SLICE("jones") },
		{ FACT_TLS_VERSION, SLICE("TLSv1.3") },
		{ FACT_RCPT, SLICE("<c@d>") },
		{ FACT_RCPT_MAILER, SLICE("local") },
		{ FACT_RCPT, SLICE("<green@d>") },
		{ FACT_RCPT_REJECTED, SLICE("") },
		{ FACT_RCPT_ADDRESS, SLICE("550 5.1.1 User unknown") },
		{ FACT_QUEUE_ID, SLICE("4abc") },
	};
	struct text json = written(fact, COUNT(fact));
	json_t *top = json_loadb(json.ptr, json.len, 0, NULL);

	ck_assert_ptr_nonnull(top);
	ck_assert_str_eq(at(top, "client", "name"), "mx.example");
	ck_assert_str_eq(at(top, "client", "address"), "192.0.2.1");
	ck_assert_str_eq(at(top, "client", "helo"), "there");
	ck_assert_str_eq(at(top, "authenticated", "user"), "jones");
	ck_assert_str_eq(at(top, "tls", "version"), "TLSv1.3");
	ck_assert_str_eq(json_string_value(json_object_get(top, "queue_id")), "4abc");
	ck_assert_str_eq(
	    json_string_value(json_object_get(top, "received")), "2023-11-14T22:13:20Z");
	ck_assert_int_eq(json_integer_value(json_object_get(top, "size")), 30);
	json_t *rcpts = json_object_get(top, "recipients");
	ck_assert_uint_eq(json_array_size(rcpts), 2);
	ck_assert_str_eq(
	    json_string_value(json_object_get(json_array_get(rcpts, 0), "answer")),
	    "accepted");
	ck_assert_str_eq(
	    json_string_value(json_object_get(json_array_get(rcpts, 1), "answer")),
	    "rejected");
	ck_assert_uint_eq(
	    json_array_size(json_object_get(json_object_get(top, "sender"), "args")), 2);
	json_decref(top);
	text_clear(&json);
}
END_TEST

static const struct slice bad[] = {
	SLICE(""),
	SLICE("x"),
	SLICE("[]"),
	SLICE("{}"),
	SLICE("{\"sender\":{\"path\":7}}"),
	SLICE("{\"sender\":{\"path\":{\"base64\":\"?\"}}}"),
	SLICE("{\"sender\":{\"path\":\"\"},\"recipients\":[1]}"),
	SLICE("{\"sender\":{\"path\":\"\",\"args\":[1]}}"),
};

START_TEST(refuses_what_is_no_sidecar)
{
	struct text why = TEXT_INIT(500);
	struct sidecar s;

	ck_assert(!sidecar_read(bad[_i], &s, &why));
	ck_assert_uint_gt(why.len, 0);
	sidecar_clear(&s);
	text_clear(&why);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("sidecar");
	TCase *t = tcase_create("json");

	tcase_add_loop_test(t, gives_back_the_bytes_that_came, 0, COUNT(hostile));
	tcase_add_test(t, takes_every_byte);
	tcase_add_test(t, is_written_whole_or_not_at_all);
	tcase_add_test(t, lists_all_that_is_known);
	tcase_add_loop_test(t, refuses_what_is_no_sidecar, 0, COUNT(bad));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
