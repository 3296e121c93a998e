/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

/*
 * thread - the one thing of POSIX threads that is not the same everywhere.
 */

#include <stddef.h>

/*
 * Stack size in bytes of threads made from now on without attributes, such as
 * a library's own.  Where the C library cannot do that, nothing changes.
 */
void thread_default_stack(size_t bytes);

#endif
