/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UNIT_FAILING_MALLOC_H
#define UNIT_FAILING_MALLOC_H

/*
 * failing_malloc - one allocation of a test program fails.
 *
 * For one file of a program that is linked with --wrap of malloc, calloc and
 * realloc: allocation number `fail_at` fails; 0: none, they are only counted.
 */

#include <stdlib.h>

static int allocations, fail_at;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

void *
__wrap_malloc(size_t n)
{
	return ++allocations == fail_at ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return ++allocations == fail_at ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return ++allocations == fail_at ? NULL : __real_realloc(p, n);
}

#endif
