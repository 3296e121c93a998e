/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

/*
 * thread - what of POSIX threads takes more than one call, or is not the same everywhere.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Stack size in bytes of threads made from now on without attributes, such as
 * a library's own.  Where the C library cannot do that, nothing changes.
 */
void thread_default_stack(size_t bytes);

/*
 * A condition whose timed waits count on the monotonic clock: deadlines are
 * those of monotonic_after() (base/clock.h).  False: it cannot be made.
 */
bool thread_cond_init(pthread_cond_t *c);

#endif
