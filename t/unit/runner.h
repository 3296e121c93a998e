/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_RUNNER_H
#define T_UNIT_RUNNER_H

/* One main() for every unit test: RUN(name, test, test...) or RUN_SUITE(make). */

#include <check.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define RUN_SUITE(make_suite)                                                            \
	int main(void)                                                                   \
	{                                                                                \
		SRunner *sr = srunner_create(make_suite());                              \
		srunner_run_all(sr, CK_ENV);                                             \
		int failed = srunner_ntests_failed(sr);                                  \
		srunner_free(sr);                                                        \
		return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;                        \
	}

#endif
