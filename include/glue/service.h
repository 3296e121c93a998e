/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_SERVICE_H
#define GLUE_SERVICE_H

/*
 * service - one policy served to libmilter: what all sessions share.
 *
 * Made once before threads start; libmilter's callbacks have no place for a
 * pointer of ours, so there is one service in a process.  Members that change
 * are atomic or have their own lock.
 */

#include <stdatomic.h>
#include <stdbool.h>

#include "glue/counters.h"
#include "glue/delay.h"
#include "glue/snapshot.h"
#include "policy/policy.h"

struct service {
	const struct policy *policy;
	struct snapshot_holder *rules;
	struct counters *counters;
	struct delay delay;
	atomic_bool draining; /* no new messages, please */
	atomic_ulong flowing; /* messages whose content is on its way */
};

/* For libmilter's callbacks: the process's service, set by service_run(). */
struct service *service_now(void);

/*
 * Hands `fd`, a listening socket, to libmilter, which will close it, and returns
 * at once; libmilter then runs in threads of its own.  False when it cannot be
 * set up.
 */
bool service_start(struct service *s, int fd);

/* True once libmilter has ended, by service_stop() or by itself. */
bool service_ended(void);

/* Tells libmilter to end; it does when it next wakes, within 5 s. */
void service_stop(void);

/* Has the thread of libmilter's that waits for clients look around once more. */
void service_wake(void);

/*
 * Waits for libmilter's main thread.  Its result tells nothing: stopped before
 * its first accept() it "fails", and when it ends unasked that is the failure.
 */
void service_join(void);

#endif
