/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tidy - told to clang-tidy only, before each file.
 *
 * concurrency-mt-unsafe lists strerror(), which glibc (2.32) and musl have
 * made safe; the check cannot be told so by name, and its other findings are
 * worth having.
 */
#include <string.h>

char *strerror_safe_today(int number);
#define strerror(number) strerror_safe_today(number)

/* The compiler's command line says it; its quotes do not survive the way here. */
#define MILTERS_CONFDIR "/etc/mail/milters"
