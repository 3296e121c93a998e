/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/address/address_list.h"

#include "t/unit/failing_malloc.h"
#include "t/unit/runner.h"

char *__real_strdup(const char *s);
char *__wrap_strdup(const char *s);

char *
__wrap_strdup(const char *s)
{
	return ++allocations == fail_at ? NULL : __real_strdup(s);
}

/* Each allocation fails in turn: a list that is whole, or none and a reason. */
START_TEST(an_allocation_that_fails_leaves_no_half_list)
{
	const struct slice content = SLICE("a@b.example\n@c.example\n.d.example\ne@\n");
	int failures = 0;

	for (int n = 1;; n++) {
		struct text why = TEXT_INIT(400);
		struct address_list *list = NULL;

		allocations = 0;
		fail_at = n;
		bool ok = address_list_parse(content, "list", false, &list, &why);
		bool reached = allocations >= n;
		fail_at = 0;
		if (!ok)
			ck_assert_msg(strstr(text_cstr(&why), "out of memory") != NULL,
			    "allocation %d: %s", n, text_cstr(&why));
		failures += !ok;
		if (ok)
			address_list_free(list);
		text_clear(&why);
		if (!reached)
			break;
	}
	ck_assert_int_ge(failures, 5);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("address_list_memory");
	TCase *t = tcase_create("all");

	tcase_add_test(t, an_allocation_that_fails_leaves_no_half_list);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
