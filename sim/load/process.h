/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_PROCESS_H
#define SIM_LOAD_PROCESS_H

/*
 * process - what a process has used, read from /proc.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct load_usage {
	uint64_t cpu_us;           /* user and system, of all threads */
	long memory_kb;            /* resident */
	long threads, descriptors; /* -1: may not be looked at */
};

/* `pid` 0: this one.  False: it is not there. */
bool load_usage_read(pid_t pid, struct load_usage *ret);

#endif
