/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tidy - told to clang-tidy only, before each file.
 *
 * concurrency-mt-unsafe lists strerror(), which glibc (2.32) and musl have
 * made safe, and getopt_long(), which a main() calls before there is a second
 * thread; the check cannot be told so by name, and its other findings are
 * worth having.
 */
#include <getopt.h>
#include <string.h>

char *strerror_safe_today(int number);
#define strerror(number) strerror_safe_today(number)

int getopt_long_in_main(int argc, char *const *argv, const char *letters,
    const struct option *options, int *ret);
#define getopt_long getopt_long_in_main

/* The compiler's command line says it; its quotes do not survive the way here. */
#define MILTERS_CONFDIR "/etc/mail/milters"
#define BENCH_FLAGS     "-O2"
