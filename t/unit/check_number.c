/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/number.h"

#include "t/unit/runner.h"

enum { NOT = 0, FITS = 1 };

/* clang-format off */
static const struct {
	struct slice digits;
	int exact, capped; /* is it a number for the one, for the other */
	uint64_t value;
} unsigned_row[] = {
	{ SLICE("0"), FITS, FITS, 0 },
	{ SLICE("007"), FITS, FITS, 7 },
	{ SLICE("18446744073709551615"), FITS, FITS, UINT64_MAX },
	{ SLICE("18446744073709551616"), NOT, FITS, UINT64_MAX },
	{ SLICE("18446744073709551620"), NOT, FITS, UINT64_MAX },
	{ SLICE("184467440737095516150"), NOT, FITS, UINT64_MAX },
	{ SLICE("99999999999999999999999"), NOT, FITS, UINT64_MAX },
	{ SLICE("184467440737095516160000x"), NOT, NOT, 0 },
	{ SLICE(""), NOT, NOT, 0 },
	{ SLICE("+1"), NOT, NOT, 0 },
	{ SLICE("-1"), NOT, NOT, 0 },
	{ SLICE(" 1"), NOT, NOT, 0 },
	{ SLICE("1 "), NOT, NOT, 0 },
	{ SLICE("1\0"), NOT, NOT, 0 },
	{ SLICE("/"), NOT, NOT, 0 },
	{ SLICE(":"), NOT, NOT, 0 },
	{ SLICE("\261"), NOT, NOT, 0 },
};

static const struct {
	struct slice text;
	int ok;
	uint64_t value;
} bytes_row[] = {
	{ SLICE("25"), FITS, 25 },
	{ SLICE("1k"), FITS, 1024 },
	{ SLICE("2M"), FITS, 2097152 },
	{ SLICE("1G"), FITS, 1073741824 },
	{ SLICE("1t"), FITS, 1099511627776 },
	{ SLICE("16777215T"), FITS, 18446742974197923840u },
	{ SLICE("16777216T"), FITS, UINT64_MAX },
	{ SLICE("k"), NOT, 0 },
	{ SLICE("1kk"), NOT, 0 },
	{ SLICE("1b"), NOT, 0 },
	{ SLICE("1\0"), NOT, 0 },
};

static const struct {
	struct slice text;
	int ok;
	int64_t value;
} signed_row[] = {
	{ SLICE("+5"), FITS, 5 },
	{ SLICE("-5"), FITS, -5 },
	{ SLICE("9223372036854775807"), FITS, INT64_MAX },
	{ SLICE("-9223372036854775807"), FITS, -INT64_MAX },
	{ SLICE("9223372036854775808"), NOT, 0 },
	{ SLICE("99999999999999999999"), NOT, 0 },
	{ SLICE("--5"), NOT, 0 },
	{ SLICE("-"), NOT, 0 },
	{ SLICE(""), NOT, 0 },
};
/* clang-format on */

START_TEST(digits_are_a_number_that_fits_or_is_capped)
{
	uint64_t n = 42, capped = 42;
	bool exact = number_parse(unsigned_row[_i].digits, &n);
	bool any = number_parse_capped(unsigned_row[_i].digits, &capped);

	ck_assert_int_eq(exact, unsigned_row[_i].exact);
	ck_assert_int_eq(any, unsigned_row[_i].capped);
	ck_assert_uint_eq(n, exact ? unsigned_row[_i].value : 42);
	ck_assert_uint_eq(capped, any ? unsigned_row[_i].value : 42);
}
END_TEST

START_TEST(a_size_may_have_a_unit)
{
	uint64_t n = 42;
	bool ok = number_parse_bytes(bytes_row[_i].text, &n);

	ck_assert_int_eq(ok, bytes_row[_i].ok);
	ck_assert_uint_eq(n, ok ? bytes_row[_i].value : 42);
}
END_TEST

START_TEST(a_sign_counts_where_it_is_allowed)
{
	int64_t n = 42;
	bool ok = number_parse_signed(signed_row[_i].text, &n);

	ck_assert_int_eq(ok, signed_row[_i].ok);
	ck_assert_int_eq(n, ok ? signed_row[_i].value : 42);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("number");
	TCase *t = tcase_create("number");

	tcase_add_loop_test(
	    t, digits_are_a_number_that_fits_or_is_capped, 0, COUNT(unsigned_row));
	tcase_add_loop_test(t, a_size_may_have_a_unit, 0, COUNT(bytes_row));
	tcase_add_loop_test(t, a_sign_counts_where_it_is_allowed, 0, COUNT(signed_row));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
