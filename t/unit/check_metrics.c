/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/metrics.h"

#include <string.h>

#include "t/unit/runner.h"

static const struct metric xs = { "x_total", "counter", "Xs." };

START_TEST(escapes_what_a_label_may_not_hold)
{
	struct text t = TEXT_INIT(1000);
	const struct metric_label label[] = { { "a", "x\\y\"z\n\x01\xff" },
		{ "b", " ~\x7f" } };

	metrics_family(&t, &xs);
	metrics_sample(&t, &xs, label, 2, 18446744073709551615ULL);
	metrics_sample(&t, &xs, NULL, 0, 0);
	ck_assert_str_eq(text_cstr(&t),
	    "# HELP x_total Xs.\n# TYPE x_total counter\n"
	    "x_total{a=\"x\\\\\\\\y\\\"z\\\\x0A\\\\x01\\\\xFF\",b=\" ~\\\\x7F\"} "
	    "18446744073709551615\nx_total 0\n");
	text_clear(&t);
}
END_TEST

START_TEST(leaves_out_a_line_rather_than_tear_it)
{
	const struct metric a = { "abcdef", "gauge", "A." },
			    b = { "ghijkl", "gauge", "B." };
	struct text t = TEXT_INIT(12);

	metrics_sample(&t, &a, NULL, 0, 1);
	metrics_sample(&t, &b, NULL, 0, 1);
	ck_assert_str_eq(text_cstr(&t), "abcdef 1\n");
	text_clear(&t);
}
END_TEST

START_TEST(leaves_out_a_series_whose_label_is_too_long)
{
	char value[3000];
	const struct metric_label label = { "a", value };
	struct text t = TEXT_INIT(10000);

	memset(value, 'v', sizeof value - 1);
	value[sizeof value - 1] = '\0';
	metrics_sample(&t, &xs, &label, 1, 1);
	metrics_sample(&t, &xs, NULL, 0, 2);
	ck_assert_str_eq(text_cstr(&t), "x_total 2\n");
	text_clear(&t);
}
END_TEST

/* The number at the end of the line that begins with `series`. */
static unsigned long long
value_of(struct text *t, const char *series)
{
	const char *at = strstr(text_cstr(t), series);

	ck_assert_msg(at != NULL, "no %s in %s", series, text_cstr(t));
	return strtoull(at + strlen(series), NULL, 10);
}

START_TEST(a_histogram_adds_up_from_bucket_to_bucket)
{
	static const struct metric took = { "took_seconds", "histogram", "Time." };
	const struct metric_label label = { "filter", "x" };
	static const long long us[] = { -1, 0, 100, 101, 1000, 1500000, 30000001 };
	struct histogram h = { .sum_us = 0 };
	struct text t = TEXT_INIT(10000);

	for (size_t i = 0; i < COUNT(us); i++)
		histogram_add(&h, us[i]);
	metrics_histogram(&t, &took, &label, 1, &h);
	ck_assert_uint_eq(
	    value_of(&t, "took_seconds_bucket{filter=\"x\",le=\"0.0001\"} "), 3);
	ck_assert_uint_eq(
	    value_of(&t, "took_seconds_bucket{filter=\"x\",le=\"0.0003\"} "), 4);
	ck_assert_uint_eq(
	    value_of(&t, "took_seconds_bucket{filter=\"x\",le=\"0.001\"} "), 5);
	ck_assert_uint_eq(value_of(&t, "took_seconds_bucket{filter=\"x\",le=\"1\"} "), 5);
	ck_assert_uint_eq(value_of(&t, "took_seconds_bucket{filter=\"x\",le=\"3\"} "), 6);
	ck_assert_uint_eq(
	    value_of(&t, "took_seconds_bucket{filter=\"x\",le=\"30\"} "), 6);
	ck_assert_uint_eq(
	    value_of(&t, "took_seconds_bucket{filter=\"x\",le=\"+Inf\"} "), 7);
	ck_assert_uint_eq(value_of(&t, "took_seconds_count{filter=\"x\"} "), 7);
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&t), "took_seconds_sum{filter=\"x\"} 31.501202\n"));
	text_clear(&t);
}
END_TEST

START_TEST(a_sum_of_many_hours_is_exact)
{
	static const struct metric took = { "took_seconds", "histogram", "Time." };
	struct histogram h = { .sum_us = 0 };
	struct text t = TEXT_INIT(10000);

	histogram_add(&h, 123456789000001);
	metrics_histogram(&t, &took, NULL, 0, &h);
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&t), "\ntook_seconds_sum 123456789.000001\n"));
	text_clear(&t);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("metrics");
	TCase *t = tcase_create("all");

	tcase_add_test(t, escapes_what_a_label_may_not_hold);
	tcase_add_test(t, leaves_out_a_line_rather_than_tear_it);
	tcase_add_test(t, leaves_out_a_series_whose_label_is_too_long);
	tcase_add_test(t, a_sum_of_many_hours_is_exact);
	tcase_add_test(t, a_histogram_adds_up_from_bucket_to_bucket);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
