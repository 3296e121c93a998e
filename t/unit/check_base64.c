/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/base64.h"

#include "t/unit/runner.h"

/* RFC 4648 section 10, and bytes that need the whole alphabet. */
static const struct {
	struct slice plain, encoded;
} row[] = {
	{ SLICE(""), SLICE("") },
	{ SLICE("f"), SLICE("Zg==") },
	{ SLICE("fo"), SLICE("Zm8=") },
	{ SLICE("foo"), SLICE("Zm9v") },
	{ SLICE("foob"), SLICE("Zm9vYg==") },
	{ SLICE("fooba"), SLICE("Zm9vYmE=") },
	{ SLICE("foobar"), SLICE("Zm9vYmFy") },
	{ SLICE("\0\377\0"), SLICE("AP8A") },
	{ SLICE("\373\377\277"), SLICE("+/+/") },
};

START_TEST(encodes_and_decodes)
{
	struct text t = TEXT_INIT(100), back = TEXT_INIT(100);

	ck_assert_int_eq(base64_encode(row[_i].plain, &t), TEXT_OK);
	ck_assert(slice_equal(text_slice(&t), row[_i].encoded));
	ck_assert(base64_decode(row[_i].encoded, &back));
	ck_assert(slice_equal(text_slice(&back), row[_i].plain));
	text_clear(&t);
	text_clear(&back);
}
END_TEST

static const struct slice bad[] = { SLICE("Zg"), SLICE("Zg="), SLICE("Z==="),
	SLICE("===="), SLICE("Zh=="), SLICE("Zm9="), SLICE("Zg==Zg=="), SLICE("Zm\n9"),
	SLICE("Zm9\0"), SLICE("Zm=v") };

START_TEST(refuses_what_is_not_base64)
{
	struct text t = TEXT_INIT(100);

	ck_assert_msg(!base64_decode(bad[_i], &t), "%s", bad[_i].ptr);
	ck_assert_uint_eq(t.len, 0);
	text_clear(&t);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("base64");
	TCase *t = tcase_create("rfc4648");

	tcase_add_loop_test(t, encodes_and_decodes, 0, COUNT(row));
	tcase_add_loop_test(t, refuses_what_is_not_base64, 0, COUNT(bad));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
